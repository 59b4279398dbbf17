// SPDX-License-Identifier: MIT
/*
 * channel.c - records on the second channel
 *
 * Data is copied before the first byte of a record goes out: if it cannot be
 * read, the fault's own report follows whole records.  A record has 1 KiB at
 * most, which takes 0.8 ms in QEMU, so that the tick comes in time.
 *
 * Locking: interrupts off while one record goes out.  There is one CPU.
 */
#include <kernel/channel.h>

#include <arch/console.h>
#include <arch/cpu.h>
#include <lib/format.h>
#include <lib/mem.h>

enum { RECORD = 1024, HEAD = 32 };

static char record[RECORD];

static void record_write(const char *kind, const char *data, size_t n)
{
	const unsigned long irq = arch_irq_save();
	char head[HEAD];

	memcpy(record, data, n);
	arch_channel_write(head, (size_t)format_buffer(head, sizeof(head),
						       "%.16s %zu\n", kind, n));
	arch_channel_write(record, n);
	arch_irq_restore(irq);
}

void channel_write(const char *kind, const void *data, size_t n)
{
	const char *s = data;
	size_t piece;

	for (; n; n -= piece, s += piece) {
		piece = n < RECORD ? n : RECORD;
		record_write(kind, s, piece);
	}
}

void channel_write_exit(int status)
{
	char line[HEAD];

	arch_channel_write(line, (size_t)format_buffer(line, sizeof(line),
						       "exit %d\n", status));
}
