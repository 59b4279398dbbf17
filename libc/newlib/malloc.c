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
 * The library calls the forms that end in _r, programs the others.  All that
 * it would bring of its own allocator is defined here, so nothing of it gets
 * linked; what is not (valloc, mallinfo, ...) it builds on these.
 */
#include <errno.h>
#include <malloc.h>
#include <reent.h>
#include <stdint.h>
#include <stdlib.h>

#include <kgc/kgc.h>

enum { LEAST = 16 };

/* What to ask the heap for; 0 if no object may be that large. */
static size_t padded(size_t size)
{
	if (size >= PTRDIFF_MAX)
		return 0;
	return size < LEAST ? LEAST : size + 1;
}

static void *checked(struct _reent *reent, void *p)
{
	if (!p)
		reent->_errno = ENOMEM;
	return p;
}

void *_malloc_r(struct _reent *reent, size_t size)
{
	size = padded(size);
	return checked(reent, size ? kgc_alloc(size, 0) : NULL);
}

void *_calloc_r(struct _reent *reent, size_t n, size_t size)
{
	if (__builtin_mul_overflow(n, size, &size))
		size = SIZE_MAX;
	return _malloc_r(reent, size);
}

void *_realloc_r(struct _reent *reent, void *p, size_t size)
{
	size = padded(size);
	return checked(reent, size ? kgc_realloc(p, size) : NULL);
}

void _free_r(struct _reent *reent, void *p)
{
	kgc_free(p);
}

void *_memalign_r(struct _reent *reent, size_t align, size_t size)
{
	if (!align || (align & (align - 1))) {
		reent->_errno = EINVAL;
		return NULL;
	}
	size = padded(size);
	return checked(reent, size ? kgc_alloc_aligned(size, align, 0) : NULL);
}

size_t _malloc_usable_size_r(struct _reent *reent, void *p)
{
	return p ? kgc_usable_size(p) - 1 : 0;
}

int _malloc_trim_r(struct _reent *reent, size_t pad)
{
	return kgc_trim(SIZE_MAX) > 0;
}

struct mallinfo _mallinfo_r(struct _reent *reent)
{
	static struct kgc_memstats stats; /* 3 KiB: too much for a stack */
	struct mallinfo info = { 0 };

	kgc_read_memstats(&stats);
	info.arena = stats.heap_sys;
	info.uordblks = stats.heap_alloc;
	info.fordblks = stats.heap_sys - stats.heap_alloc;
	return info;
}

int _mallopt_r(struct _reent *reent, int option, int value)
{
	return 0;
}

void _malloc_stats_r(struct _reent *reent)
{
}

void *malloc(size_t size)
{
	return _malloc_r(_REENT, size);
}

void *calloc(size_t n, size_t size)
{
	return _calloc_r(_REENT, n, size);
}

void *realloc(void *p, size_t size)
{
	return _realloc_r(_REENT, p, size);
}

void *reallocarray(void *p, size_t n, size_t size)
{
	if (__builtin_mul_overflow(n, size, &size))
		size = SIZE_MAX;
	return realloc(p, size);
}

void free(void *p)
{
	kgc_free(p);
}

void *memalign(size_t align, size_t size)
{
	return _memalign_r(_REENT, align, size);
}

void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

int posix_memalign(void **result, size_t align, size_t size)
{
	void *p;

	if (align % sizeof(void *) || !align || (align & (align - 1)))
		return EINVAL;
	size = padded(size);
	p = size ? kgc_alloc_aligned(size, align, 0) : NULL;
	if (!p)
		return ENOMEM;
	*result = p;
	return 0;
}

size_t malloc_usable_size(void *p)
{
	return _malloc_usable_size_r(_REENT, p);
}
