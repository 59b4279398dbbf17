/* SPDX-License-Identifier: MIT */
/*
 * kernel/printk.h - print to the log, and keep the last lines
 *
 * The log is the console or, with log=channel, the second channel.
 * The conversions are those of <lib/format.h>.  Any context may print; a call's
 * bytes are never mixed with another's.  Nothing here enters libc.
 */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <stdarg.h>
#include <stddef.h>

void printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void vprintk(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/* Bytes as they are, in order with what printk() writes: libc's stderr. */
void printk_write(const char *s, size_t n);

/* Print the last @lines lines once more, each behind "  | ". */
void printk_dump_tail(int lines);

#endif /* KERNEL_PRINTK_H */
