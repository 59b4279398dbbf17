/* SPDX-License-Identifier: MIT */
/*
 * kernel/console.h - what a program reads from and writes to the serial line
 *
 * With stdin=escaped the host sends 0x1d 0x04 for the end of its input and
 * 0x1d 0x1d for the byte 0x1d, and every byte arrives as it is.  With
 * stdin=plain there is no end, and a carriage return is read as a newline.
 */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What there is, @n bytes at most; waits for the first.  0 at the end of the
 * input, and from then on.  One task at a time.
 */
size_t console_read(char *buf, size_t n);
/* Is there something to read, or the end, at once? */
bool console_is_ready(void);

/* Bytes as they are: a program's standard output. */
void console_write(const char *s, size_t n);

#endif /* KERNEL_CONSOLE_H */
