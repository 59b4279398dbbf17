/* SPDX-License-Identifier: MIT */
/*
 * lib/mem.h - the functions of memory and strings that any context may call
 *
 * The mem* four are defined by lib/mem.c with the C library's names, and win
 * over its own.
 */
#ifndef LIB_MEM_H
#define LIB_MEM_H

#include <stdbool.h>
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

size_t text_length(const char *s);
bool text_equal(const char *a, const char *b);
/* Does @s begin with @prefix? */
bool text_begins(const char *s, const char *prefix);

#endif /* LIB_MEM_H */
