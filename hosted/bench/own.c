// SPDX-License-Identifier: MIT
/*
 * own.c - what a C library's own malloc asks for, in an image
 *
 * The image has malloc on our heap.  The library's own is taken out of its
 * archive with every name that it defines or asks for here made own_*.  It gets
 * one large block, without further cost, and no locks: less than it would cost
 * as the malloc of a program with threads.
 */
#include <errno.h>
#include <stddef.h>
#include "bench.h"

enum { ROOM = 192 << 20 };

struct _reent;
void *own_sbrk(ptrdiff_t n);
void *own__sbrk_r(struct _reent *r, ptrdiff_t n);
void own___malloc_lock(struct _reent *r);
void own___malloc_unlock(struct _reent *r);
uint64_t own_bytes(void);

static char *start, *at, *end, *most;

void *own_sbrk(ptrdiff_t n)
{
	char *old;

	if (!start) {
		start = at = table_alloc(ROOM, 1);
		end = start + ROOM;
	}
	if (n > end - at) {
		errno = ENOMEM;
		return (void *)-1;
	}
	old = at;
	at += n;
	most = at > most ? at : most;
	return old;
}

void *own__sbrk_r(struct _reent *r, ptrdiff_t n)
{
	return own_sbrk(n);
}

void own___malloc_lock(struct _reent *r)
{
}

void own___malloc_unlock(struct _reent *r)
{
}

uint64_t own_bytes(void)
{
	return (uint64_t)(most - start);
}
