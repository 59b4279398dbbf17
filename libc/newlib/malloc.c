// SPDX-License-Identifier: MIT
/*
 * malloc.c - the forms of malloc's family that newlib itself calls
 *
 * The library passes the state whose errno is to be set, which is the task's
 * own: that of errno.  They go by the public names, so that a program with an
 * allocator of its own has one heap, and may free what strdup() returns.
 */
#include <malloc.h>
#include <reent.h>
#include <stdint.h>
#include <stdlib.h>

#include <kgc/kgc.h>
#include <lib/noroot.h>
#include <libc/malloc.h>

ALLOCATES void *_malloc_r(struct _reent *reent, size_t size)
{
	return malloc(size);
}

ALLOCATES void *_calloc_r(struct _reent *reent, size_t n, size_t size)
{
	return calloc(n, size);
}

ALLOCATES void *_realloc_r(struct _reent *reent, void *p, size_t size)
{
	return realloc(p, size);
}

void _free_r(struct _reent *reent, void *p)
{
	free(p);
}

ALLOCATES void *_memalign_r(struct _reent *reent, size_t align, size_t size)
{
	return memalign(align, size);
}

size_t _malloc_usable_size_r(struct _reent *reent, void *p)
{
	return malloc_usable_size(p);
}

int _malloc_trim_r(struct _reent *reent, size_t pad)
{
	return kgc_trim(SIZE_MAX) > 0;
}

struct mallinfo _mallinfo_r(struct _reent *reent)
{
	/* 3 KiB: too much for a stack. */
	static struct kgc_memstats NOROOT stats;
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
