/* SPDX-License-Identifier: MIT */
/* arch/console.h - bytes out and in, polled, usable from the first line on */
#ifndef ARCH_CONSOLE_H
#define ARCH_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

void arch_console_init(void);
/*
 * Waits for room, so nothing is lost unless there is none for half a minute.
 * No newline translation.
 */
void arch_console_write(const char *s, size_t n);
/* Next byte of input, or -1 if there is none now. */
int arch_console_read(void);

/* The second channel: bytes to the host by isa-debugcon (port 0xe9). */
void arch_channel_write(const char *s, size_t n);

#endif /* ARCH_CONSOLE_H */
