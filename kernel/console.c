// SPDX-License-Identifier: MIT
/*
 * console.c - a program's bytes in and out of the serial line
 *
 * The line has no interrupt: a reader asks it.  As long as bytes come it asks
 * again at once, and returns 50 us after the last of them, in which QEMU fills
 * the FIFO several times over.  A reader for whom there is nothing yet asks
 * every 50 us while the last byte is less than 100 ms ago, letting other tasks
 * run, and then once a tick.  So a pipe is read at the pace of QEMU even on a
 * busy host, and who waits for a user costs little.
 *
 * Output goes in pieces of 128 bytes, interrupts off meanwhile, so that the
 * lines of two tasks seldom mix and the tick still comes.
 *
 * Bad at: a byte that is typed is read up to a tick later.
 *
 * Locking: one reader at a time, the caller's care.
 */
#include <kernel/console.h>

#include <stdint.h>

#include <arch/console.h>
#include <arch/cpu.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <lib/noroot.h>

enum {
	ESCAPE = 0x1d,
	ESCAPE_END = 0x04,
	PIECE = 128,
	POLL_NS = 50000,
	EAGER_NS = 100000000,
	PAUSES = 16, /* between two looks at the line, which QEMU also needs */
};

/* The reader's: what an escape has told. */
static bool escape_seen, at_end;
static int ahead = -1;		/* a byte that console_is_ready() found */
static uint64_t NOROOT last_ns; /* when a byte came last */

/* One byte of the line as it is, or -1. */
static int line_byte(void)
{
	const int c = ahead;

	ahead = -1;
	return c >= 0 ? c : arch_console_read();
}

/* What the byte @c means: a byte to read, or -1 for none. */
static int decode(int c)
{
	if (!params.stdin_escaped)
		return c == '\r' ? '\n' : c;
	if (!escape_seen && c == ESCAPE) {
		escape_seen = true;
		return -1;
	}
	if (escape_seen && c == ESCAPE_END)
		at_end = true;
	escape_seen = false;
	return at_end ? -1 : c;
}

/* Bytes until none comes for a while; waits for none. */
static size_t read_burst(char *buf, size_t n)
{
	uint64_t idle_since = time_now_ns();
	size_t got = 0;
	int c, i;

	while (got < n && !at_end) {
		c = line_byte();
		if (c >= 0) {
			c = decode(c);
			if (c >= 0)
				buf[got++] = (char)c;
			idle_since = 0;
			continue;
		}
		if (!idle_since)
			idle_since = last_ns = time_now_ns();
		else if (time_now_ns() - idle_since > POLL_NS)
			break;
		for (i = 0; i < PAUSES; i++)
			arch_relax();
	}
	return got;
}

size_t console_read(char *buf, size_t n)
{
	size_t got = 0;

	while (n && !at_end) {
		got = read_burst(buf, n);
		if (got || at_end)
			break;
		if (last_ns && time_now_ns() - last_ns < EAGER_NS)
			task_yield();
		else
			task_sleep_ns(time_tick_ns());
	}
	return got;
}

bool console_is_ready(void)
{
	if (ahead < 0 && !at_end)
		ahead = arch_console_read();
	return ahead >= 0 || at_end;
}

void console_write(const char *s, size_t n)
{
	unsigned long irq;
	size_t piece;

	if (!params.log_channel) {
		printk_write(s, n);
		return;
	}
	for (; n; n -= piece, s += piece) {
		piece = n < PIECE ? n : PIECE;
		irq = arch_irq_save();
		arch_console_write(s, piece);
		arch_irq_restore(irq);
	}
}
