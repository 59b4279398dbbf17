// SPDX-License-Identifier: MIT
/*
 * leak.c - unreachable objects, reported
 *
 * While leaks are looked for nothing is collected by itself: an object that
 * nobody can reach was forgotten, and is reported before it goes.  That is at
 * GC_gcollect(), at exit, and when as many bytes were allocated as the heap
 * had, 16 MiB at least, when it was last looked through.
 *
 * What is visited is copied to a list first, outside the heap's reach: while
 * the world is stopped nothing of kgc may be called.
 *
 * Bad at: memory.  The list takes three words for each object.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define LEAST ((size_t)16 << 20)

int GC_find_leak;
static size_t counted, limit = LEAST;

/* --- lists of objects ---------------------------------------------------- */

static void visit(void *p, size_t size, unsigned int flags, void *arg)
{
	struct objects *o = arg;

	if (flags & KGC_NOGC)
		return;
	if (o->n < o->room)
		o->list[o->n] = (struct object){ p, size, flags };
	o->n++;
}

/* The first round counts.  A later one has room for what came meanwhile. */
bool bdw_objects(struct objects *o, bool leaks_only)
{
	*o = (struct objects){ 0 };
	for (;;) {
		o->n = 0;
		if (leaks_only)
			kgc_find_leaks(visit, o);
		else
			kgc_walk(visit, o);
		if (o->n <= o->room)
			return true;
		kgc_free(o->list);
		o->room = o->n + o->n / 8 + 64;
		o->list = kgc_alloc(o->room * sizeof(*o->list),
				    KGC_NOGC | KGC_NOZERO | KGC_NOCOLLECT);
		if (!o->list)
			return false;
	}
}

void bdw_objects_free(struct objects *o)
{
	kgc_free(o->list);
}

/* --- leaks --------------------------------------------------------------- */

static void report(const struct object *o)
{
	const struct tail *t = bdw_tail_at(o->p, o->size);
	const char *kind = o->flags & KGC_NOSCAN ? "atomic" : "composite";

	if (t && t->file)
		fprintf(stderr, "Leaked %s object at %p (%s:%d, sz=%lu)\n",
			kind, (void *)o->p, t->file, t->line,
			(unsigned long)t->size);
	else
		fprintf(stderr, "Leaked %s object at %p (sz=%lu)\n", kind,
			(void *)o->p, (unsigned long)(t ? t->size : o->size));
}

static void find_and_free(void)
{
	struct kgc_memstats m;
	struct objects leaks;
	size_t i;

	if (!bdw_objects(&leaks, true)) {
		bdw_warn("GC Warning: no memory to look for leaks\n", 0);
		return;
	}
	if (leaks.n)
		fprintf(stderr, "Found %lu leaked objects:\n",
			(unsigned long)leaks.n);
	for (i = 0; i < leaks.n; i++) {
		report(&leaks.list[i]);
		kgc_free(leaks.list[i].p);
	}
	bdw_objects_free(&leaks);
	kgc_read_memstats(&m);
	counted = 0;
	limit = m.heap_alloc > LEAST ? (size_t)m.heap_alloc : LEAST;
}

/* One thread at a time; another that comes meanwhile need not. */
void bdw_leak_check(void)
{
	static bool is_checking;

	if (__atomic_test_and_set(&is_checking, __ATOMIC_ACQUIRE))
		return;
	find_and_free();
	__atomic_clear(&is_checking, __ATOMIC_RELEASE);
}

void bdw_leak_count(size_t size)
{
	size_t n = __atomic_add_fetch(&counted, size, __ATOMIC_RELAXED);

	if (n > limit && !GC_dont_gc)
		bdw_leak_check();
}

void bdw_leak_mode(bool on)
{
	if (on)
		kgc_disable();
	else
		kgc_enable();
}

/* --- what is reachable --------------------------------------------------- */

static void forget(struct objects *all, const struct objects *dead)
{
	size_t i, j = 0;

	for (i = 0; i < all->n; i++) {
		while (j < dead->n && dead->list[j].p < all->list[i].p)
			j++;
		if (j < dead->n && dead->list[j].p == all->list[i].p)
			all->list[i].size = 0;
	}
}

void GC_enumerate_reachable_objects_inner(GC_reachable_object_proc fn,
					  void *arg)
{
	struct objects all, dead = { 0 };
	size_t i;

	bdw_ready();
	kgc_disable();
	if (bdw_objects(&all, false) && bdw_objects(&dead, true)) {
		forget(&all, &dead);
		for (i = 0; i < all.n; i++)
			if (all.list[i].size)
				fn(all.list[i].p, all.list[i].size, arg);
	}
	bdw_objects_free(&all);
	bdw_objects_free(&dead);
	kgc_enable();
}
