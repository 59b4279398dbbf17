// SPDX-License-Identifier: MIT
/*
 * malloc.c - the rest of malloc's family, which would bring in the library's
 *
 * cfree() is in the same member as its free(), and the others look at its free
 * list.
 */
#include <malloc.h>
#include <stdint.h>

#include <kgc/kgc.h>
#include <lib/noroot.h>
#include <libc/malloc.h>

void cfree(void *p)
{
	heap_release(p);
}

int malloc_trim(size_t pad)
{
	return kgc_trim(SIZE_MAX) > 0;
}

struct mallinfo mallinfo(void)
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

int mallopt(int option, int value)
{
	return 0;
}

void malloc_stats(void)
{
}
