// SPDX-License-Identifier: MIT
/*
 * malloc.c - malloc's family over the collected heap
 *
 * A block has one byte more than was asked for, and 16 at least, so that a
 * pointer one past the end still lies in it and keeps it, and so that every
 * block is aligned to 16.  Blocks are scanned and zeroed: one that held stale
 * pointers would keep what they point to.
 *
 * free() is honoured at once, and not needed.
 *
 * All that a C library would bring of its own allocator is defined here, and in
 * the folder of that library, so nothing of it gets linked; what is not
 * (valloc, mallinfo, ...) it builds on these.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include <kgc/kgc.h>
#include <libc/malloc.h>

enum { LEAST = 16 };

/* What to ask the heap for; 0 if no object may be that large. */
static size_t padded(size_t size)
{
	if (size >= PTRDIFF_MAX)
		return 0;
	return size < LEAST ? LEAST : size + 1;
}

void *heap_malloc(size_t size)
{
	size = padded(size);
	return size ? kgc_alloc(size, 0) : NULL;
}

void *heap_calloc(size_t n, size_t size)
{
	if (__builtin_mul_overflow(n, size, &size))
		return NULL;
	return heap_malloc(size);
}

void *heap_realloc(void *p, size_t size)
{
	size = padded(size);
	return size ? kgc_realloc(p, size) : NULL;
}

/* @align is a power of two. */
void *heap_memalign(size_t align, size_t size)
{
	size = padded(size);
	return size ? kgc_alloc_aligned(size, align, 0) : NULL;
}

void heap_release(void *p)
{
	kgc_free(p);
}

size_t heap_size(const void *p)
{
	return p ? kgc_usable_size(p) - 1 : 0;
}

static void *checked(void *p)
{
	if (!p)
		errno = ENOMEM;
	return p;
}

void *malloc(size_t size)
{
	return checked(heap_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return checked(heap_calloc(n, size));
}

void *realloc(void *p, size_t size)
{
	return checked(heap_realloc(p, size));
}

void *reallocarray(void *p, size_t n, size_t size)
{
	if (__builtin_mul_overflow(n, size, &size))
		size = SIZE_MAX;
	return realloc(p, size);
}

void free(void *p)
{
	heap_release(p);
}

static bool is_power_of_2(size_t n)
{
	return n && !(n & (n - 1));
}

void *memalign(size_t align, size_t size)
{
	if (!is_power_of_2(align)) {
		errno = EINVAL;
		return NULL;
	}
	return checked(heap_memalign(align, size));
}

void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

int posix_memalign(void **result, size_t align, size_t size)
{
	void *p;

	if (align % sizeof(void *) || !is_power_of_2(align))
		return EINVAL;
	p = heap_memalign(align, size);
	if (!p)
		return ENOMEM;
	*result = p;
	return 0;
}

size_t malloc_usable_size(void *p)
{
	return heap_size(p);
}
