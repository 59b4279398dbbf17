/* SPDX-License-Identifier: MIT */
/* libc/malloc.h - malloc's family for the parts of libc/ */
#ifndef LIBC_MALLOC_H
#define LIBC_MALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* Its frames are no part of a backtrace that tells who allocated. */
#define ALLOCATES __attribute__((section("kgc_alloc_text")))

#pragma GCC visibility push(hidden)

enum malloc_mode {
	MALLOC_GC,     /* unreachable blocks are collected; free is honoured */
	MALLOC_MANUAL, /* nothing is collected */
	MALLOC_LEAK,   /* nothing is collected, and what was lost is told */
};
extern enum malloc_mode malloc_mode;

/*
 * Blocks of all modes may be there at once; with the second and third the
 * collector is disabled.
 */
void malloc_set_mode(enum malloc_mode mode);
/* What malloc= says, or what the program was linked for. */
void malloc_init(void);

/* As the functions of these names, but errno is the caller's to set. */
void *heap_malloc(size_t size);
void *heap_calloc(size_t n, size_t size);
void *heap_realloc(void *p, size_t size);
void *heap_memalign(size_t align, size_t size);
void heap_release(void *p);
size_t heap_size(const void *p);

/*
 * leak.c: the note at the end of a block of @have bytes that the program asked
 * @size of.
 */
size_t leak_note_size(void);
void leak_note_write(void *p, size_t have, size_t size);
/* Clear it; false if there is none. */
bool leak_note_clear(void *p, size_t have);

#pragma GCC visibility pop

#endif /* LIBC_MALLOC_H */
