/* SPDX-License-Identifier: MIT */
/* libc/malloc.h - malloc's family for the parts of libc/ */
#ifndef LIBC_MALLOC_H
#define LIBC_MALLOC_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* As the functions of these names, but errno is the caller's to set. */
void *heap_malloc(size_t size);
void *heap_calloc(size_t n, size_t size);
void *heap_realloc(void *p, size_t size);
void *heap_memalign(size_t align, size_t size);
void heap_release(void *p);
size_t heap_size(const void *p);

#pragma GCC visibility pop

#endif /* LIBC_MALLOC_H */
