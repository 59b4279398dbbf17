// SPDX-License-Identifier: MIT
/*
 * printk.c - lines to the log, and a ring of the last ones
 *
 * The log is the console, or with log=channel the second channel.  Bytes go
 * out as they are, interrupts off meanwhile, so that one call's bytes stay
 * together; a line of 100 takes 120 us in QEMU.  What libc writes goes out in
 * pieces of 128 for the sake of the tick.  All of it also enters the ring, from
 * which a panic prints the last lines.
 *
 * A format comes in small pieces.  For the channel they are put together to
 * one record a call, or one for each 256 bytes.
 *
 * Locking: interrupts off.  There is one CPU.
 */
#include <kernel/printk.h>

#include <stdbool.h>

#include <arch/console.h>
#include <arch/cpu.h>
#include <arch/upcall.h>
#include <kernel/channel.h>
#include <kernel/log.h>
#include <kernel/param.h>
#include <lib/format.h>

enum {
	RING_SIZE = 8192, /* 20 lines of 100, and a trace line of 200 */
	PIECE = 128,
	RECORD_MAX = 256,
};

static char ring[RING_SIZE];
static size_t ring_count; /* bytes ever written; the ring holds the last */
static bool ring_frozen;

static char record[RECORD_MAX]; /* for the channel, not yet written */
static size_t record_size;

static void record_flush(void)
{
	const size_t n = record_size;

	record_size = 0;
	channel_write("err", record, n);
}

/* To the log and not into the ring. */
static void log_write(const char *s, size_t n)
{
	size_t i;

	if (!params.log_channel) {
		arch_console_write(s, n);
		return;
	}
	for (i = 0; i < n; i++) {
		record[record_size++] = s[i];
		if (record_size == RECORD_MAX)
			record_flush();
	}
}

static void emit(void *arg, const char *s, size_t n)
{
	size_t i;

	log_write(s, n);
	if (ring_frozen)
		return;
	for (i = 0; i < n; i++)
		ring[(ring_count + i) % RING_SIZE] = s[i];
	ring_count += n;
}

void vprintk(const char *fmt, va_list ap)
{
	const unsigned long irq = arch_irq_save();

	format(emit, NULL, fmt, ap);
	record_flush();
	arch_irq_restore(irq);
}

void printk(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintk(fmt, ap);
	va_end(ap);
}

void kernel_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintk(fmt, ap);
	va_end(ap);
}

void printk_write(const char *s, size_t n)
{
	unsigned long irq;
	size_t piece;

	for (; n; n -= piece, s += piece) {
		piece = n < PIECE ? n : PIECE;
		irq = arch_irq_save();
		emit(NULL, s, piece);
		record_flush();
		arch_irq_restore(irq);
	}
}

void log_freeze(void)
{
	ring_frozen = true;
}

void log_begin_line(void)
{
	if (!log_ends_in_line())
		log_write("\n", 1);
	record_flush();
}

bool log_is_empty(void)
{
	return !ring_count;
}

bool log_ends_in_line(void)
{
	return !ring_count || ring[(ring_count - 1) % RING_SIZE] == '\n';
}

/* Where the last @lines lines of the ring begin. */
static size_t tail_start(int lines)
{
	const size_t oldest =
		ring_count > RING_SIZE ? ring_count - RING_SIZE : 0;
	size_t at = ring_count;

	/* The newline that ends the last line begins none. */
	if (at > oldest && log_ends_in_line())
		at--;
	for (; at > oldest; at--)
		if (ring[(at - 1) % RING_SIZE] == '\n' && --lines <= 0)
			break;
	return at;
}

void printk_dump_tail(int lines)
{
	const unsigned long irq = arch_irq_save();
	const bool frozen = ring_frozen;
	size_t at = tail_start(lines);
	bool begins = true;
	char c;

	ring_frozen = true;
	for (; at < ring_count; at++) {
		c = ring[at % RING_SIZE];
		if (begins)
			log_write("  | ", 4);
		log_write(&c, 1);
		begins = c == '\n';
	}
	if (!begins)
		log_write("\n", 1);
	record_flush();
	ring_frozen = frozen;
	arch_irq_restore(irq);
}
