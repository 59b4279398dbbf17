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
 *
 * Locking: none; all tails are looked at with the world stopped.
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

	/* It is looked at when whole: another thread may stop this one here. */
	__atomic_store_n(&t->magic, 0, __ATOMIC_SEQ_CST);
	memset((char *)p + guard_at(from), GUARD,
	       (size_t)((char *)t - (char *)p) - guard_at(from));
	*t = *from;
	__atomic_store_n(&t->magic, magic_of(t), __ATOMIC_SEQ_CST);
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

struct smashed {
	const void *p, *at;
	struct tail tail; /* a copy */
};

enum { SMASHED_MAX = 64 };
struct smashed_list {
	int n;
	struct smashed list[SMASHED_MAX];
};

/* The world is stopped: later the object may be another thread's to free. */
static void look(void *p, size_t size, unsigned int flags, void *arg)
{
	struct smashed_list *l = arg;
	const struct tail *t = flags & KGC_NOGC ? NULL : bdw_tail_at(p, size);
	const char *at = t ? bdw_smashed(p, t) : NULL;

	if (!at)
		return;
	if (l->n < SMASHED_MAX)
		l->list[l->n] = (struct smashed){ p, at, *t };
	l->n++;
}

/*
 * Look at every tail; a line on stderr for each object that was overrun, for
 * SMASHED_MAX of them at most.
 */
int bdw_report_smashed(void)
{
	struct smashed_list l;
	int i;

	l.n = 0;
	if (has_tails)
		kgc_walk(look, &l);
	for (i = 0; i < l.n && i < SMASHED_MAX; i++) {
		const struct smashed *o = &l.list[i];

		fprintf(stderr,
			"GC: object at %p of %lu bytes (%s:%d) was "
			"written behind its end, at %p\n",
			o->p, (unsigned long)o->tail.size,
			o->tail.file ? o->tail.file : "?", o->tail.line, o->at);
	}
	if (l.n > SMASHED_MAX)
		fprintf(stderr, "GC: and %d objects more\n", l.n - SMASHED_MAX);
	return l.n;
}
