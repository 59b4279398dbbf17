// SPDX-License-Identifier: MIT
/*
 * final.c - finalizers
 *
 * An object with a finalizer is not itself kept by it, but all it points to
 * is, and so is the finalizer's argument: so of two such objects the one that
 * points to the other goes first, and a cycle through one never goes.  What
 * is unmarked after that is queued, once, and is an ordinary object again
 * from then on, kept by the queue until its finalizer has run.
 *
 * kgc_run_finalizers() runs what is queued, in the caller's task, in the order
 * of queueing, with no lock held; then it collects, so that chains of
 * finalizers go on.
 *
 * Locking: special.lock; with the world stopped, none.
 */
#include "internal.h"

/* Every finalizer in the table, the world stopped: @fn may remove it. */
static void for_each(struct heap *h,
		     void (*fn)(struct heap *, struct special *))
{
	struct specials *t = &h->specials;
	struct special *r, *next;
	size_t i;

	for (i = 0; i < t->nbuckets && t->n; i++)
		for (r = t->table[i]; r; r = next) {
			next = r->next;
			if (r->kind == SPECIAL_FINALIZER)
				fn(h, r);
		}
}

static void mark_arg(struct heap *h, struct special *r)
{
	mark_object(h, (uintptr_t)r->final.arg);
}

/* Roots: arguments, and the objects that are queued. */
void final_mark_held(struct heap *h)
{
	struct special *r;

	for_each(h, mark_arg);
	for (r = h->specials.queue; r; r = r->next) {
		mark_object(h, r->object);
		mark_arg(h, r);
	}
}

static void mark_contents(struct heap *h, struct special *r)
{
	const struct span *s = span_of(h, r->object);

	if (kind_is_scanned(s->kind) && !mark_is_marked(h, r->object))
		mark_range(h, (void *)r->object, (void *)(r->object + s->size));
}

void final_mark_contents(struct heap *h)
{
	for_each(h, mark_contents);
}

static void queue_if_unmarked(struct heap *h, struct special *r)
{
	struct specials *t = &h->specials;
	const struct span *s = span_of(h, r->object);

	if (mark_is_marked(h, r->object) || !kind_is_collectable(s->kind))
		return;
	special_remove(h, r);
	special_flag(h, r->object, true); /* so that a free looks for it */
	r->next = NULL;
	*t->queue_end = r;
	t->queue_end = &r->next;
	t->nqueued++;
}

/* What is still unmarked is due, and lives until its finalizer has run. */
void final_queue_unmarked(struct heap *h)
{
	struct special *r;

	for_each(h, queue_if_unmarked);
	for (r = h->specials.queue; r; r = r->next)
		mark_object(h, r->object);
}

/*
 * Its special bit is about to change, so the span of the first queued object
 * is swept first: a sweeper writes whole bitmap words.  The queue may have
 * another head by the time the lock is taken again; then that one is looked
 * at.  Pinned, so what is swept stays so.
 */
static void sweep_first_queued(struct heap *h)
{
	struct specials *t = &h->specials;
	struct span *s;

	for (;;) {
		lock_take(&t->lock);
		s = t->queue ? span_of(h, t->queue->object) : NULL;
		lock_drop(&t->lock);
		if (!s || sweep_is_done(h, s))
			return;
		sweep_span(h, s);
	}
}

/* The first queued finalizer, into *@r; its object is the caller's to hold. */
static bool dequeue(struct heap *h, struct special *r)
{
	struct specials *t = &h->specials;
	bool found;

	kgc_host_pin();
	sweep_first_queued(h);
	lock_take(&t->lock);
	found = t->queue;
	if (found) {
		*r = *t->queue;
		special_dequeue(h, &t->queue);
	}
	lock_drop(&t->lock);
	kgc_host_unpin();
	return found;
}

int kgc_run_finalizers(void)
{
	/* Holds the object for a collection that another task runs. */
	volatile struct special r;
	int n = 0;

	if (!cache_attach(&heap))
		return 0;
	while (dequeue(&heap, (struct special *)&r)) {
		r.final.fn((void *)r.object, r.final.arg);
		n++;
	}
	r.object = 0;
	r.final.arg = NULL;
	if (n && kgc_host_context() == KGC_TASK)
		kgc_collect();
	return n;
}

static int remove_finalizer(struct heap *h, uintptr_t p)
{
	struct specials *t = &h->specials;
	struct special *r;

	lock_take(&t->lock);
	r = special_find(h, p, SPECIAL_FINALIZER);
	if (r) {
		special_remove(h, r);
		fixalloc_free(&t->records, r);
	}
	lock_drop(&t->lock);
	return 0;
}

int kgc_set_finalizer(void *p, void (*fn)(void *p, void *arg), void *arg)
{
	struct special r = { .kind = SPECIAL_FINALIZER };
	int err;

	if (!cache_attach(&heap))
		return -KGC_ENOMEM;
	/* Pinned to the end: the span that object_of() swept stays so. */
	kgc_host_pin();
	r.object = object_of(&heap, p, "set_finalizer").base;
	r.final.fn = fn;
	r.final.arg = arg;
	err = fn ? special_add(&heap, &r) : remove_finalizer(&heap, r.object);
	kgc_host_unpin();
	return err;
}
