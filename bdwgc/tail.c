// SPDX-License-Identifier: MIT
/*
 * tail.c - a record at the end of an object
 *
 * An object with a tail is a block of
 *
 *	the client's bytes, to a word's end | guard | struct tail
 *
 * and its base is the client's pointer, so that GC_base() and GC_free() do
 * not care.  The record is known by a word that depends on its address.  The
 * guard's bytes have one value: another one there was written by who ran over
 * the end.
 *
 * Bad at: who overwrites the tail too makes the object one without.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define GUARD 0xdb
/* The highest bits are set: no address of the heap looks like this. */
#define MAGIC ((~(uintptr_t)0 << (8 * sizeof(uintptr_t) - 4)) | 0x6b676302)

static bool has_tails; /* no object has had one so far if false */

static uintptr_t magic_of(const struct tail *t)
{
	return MAGIC ^ ((uintptr_t)t >> 4);
}

static struct tail *tail_place(const void *p, size_t block_size)
{
	size_t at = (block_size - sizeof(struct tail)) & -sizeof(uintptr_t);

	return (struct tail *)((char *)p + at);
}

struct tail *bdw_tail_at(const void *p, size_t block_size)
{
	struct tail *t;

	if (!has_tails || block_size <= sizeof(*t))
		return NULL;
	t = tail_place(p, block_size);
	return t->magic == magic_of(t) ? t : NULL;
}

struct tail *bdw_tail_of(const void *p)
{
	size_t size;

	if (!has_tails || !p || kgc_lookup(p, &size) != p)
		return NULL;
	return bdw_tail_at(p, size);
}

/* Clients clear and read whole words: their last one is not guarded. */
static size_t guard_at(const struct tail *t)
{
	return (t->size + sizeof(uintptr_t) - 1) & -sizeof(uintptr_t);
}

static void tail_set(void *p, size_t block_size, const struct tail *from)
{
	struct tail *t = tail_place(p, block_size);

	memset((char *)p + guard_at(from), GUARD,
	       (size_t)((char *)t - (char *)p) - guard_at(from));
	*t = *from;
	t->magic = magic_of(t);
	has_tails = true;
}

void *bdw_alloc_tail(size_t size, int kind, const char *file, int line)
{
	const struct tail tail = {
		.file = file, .line = line, .kind = (short)kind, .size = size
	};
	char *p;

	if (size < BDW_MAX_SIZE)
		p = bdw_alloc_kind(size + sizeof(tail) + 2 * sizeof(uintptr_t),
				   kind);
	else
		p = bdw_allocated(NULL, size);
	/* What an oom_fn returned may be no object, or a smaller one. */
	if (p && GC_size(p) > size + sizeof(tail) + sizeof(uintptr_t)) {
		tail_set(p, GC_size(p), &tail);
		bdw_kind_watch(p, kind);
	}
	return p;
}

const char *bdw_smashed(const void *p, const struct tail *t)
{
	const char *at = (const char *)p + guard_at(t);

	for (; at < (const char *)t; at++)
		if (*(const unsigned char *)at != GUARD)
			return at;
	return NULL;
}

/* Look at every tail; one line on stderr for each object that was overrun. */
int bdw_report_smashed(void)
{
	struct objects all;
	int found = 0;
	size_t i;

	if (!has_tails || !bdw_objects(&all, false))
		return 0;
	for (i = 0; i < all.n; i++) {
		struct object *o = &all.list[i];
		const struct tail *t = bdw_tail_at(o->p, o->size);
		const char *at = t ? bdw_smashed(o->p, t) : NULL;

		if (!at)
			continue;
		found++;
		fprintf(stderr,
			"GC: object at %p of %lu bytes (%s:%d) was "
			"written behind its end, at %p\n",
			(void *)o->p, (unsigned long)t->size,
			t->file ? t->file : "?", t->line, (const void *)at);
	}
	bdw_objects_free(&all);
	return found;
}
