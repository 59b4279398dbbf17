// SPDX-License-Identifier: MIT
/*
 * printk.c - lines to the console, and a ring of the last ones
 *
 * Bytes go out as they are, interrupts off meanwhile, so that one call's bytes
 * stay together; a line of 100 takes 120 us in QEMU.  What libc writes goes
 * out in pieces of 128 for the sake of the tick.  All of it also enters the
 * ring, from which a panic prints the last lines.
 *
 * Locking: interrupts off.  There is one CPU.
 */
#include <kernel/printk.h>

#include <stdbool.h>

#include <arch/console.h>
#include <arch/cpu.h>
#include <arch/upcall.h>
#include <kernel/log.h>
#include <lib/format.h>

enum {
	RING_SIZE = 8192, /* 20 lines of 100, and a trace line of 200 */
	PIECE = 128,
};

static char ring[RING_SIZE];
static size_t ring_count; /* bytes ever written; the ring holds the last */
static bool ring_frozen;

static void emit(void *arg, const char *s, size_t n)
{
	size_t i;

	arch_console_write(s, n);
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
		arch_irq_restore(irq);
	}
}

void log_freeze(void)
{
	ring_frozen = true;
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
			arch_console_write("  | ", 4);
		arch_console_write(&c, 1);
		begins = c == '\n';
	}
	if (!begins)
		arch_console_write("\n", 1);
	ring_frozen = frozen;
	arch_irq_restore(irq);
}
