// SPDX-License-Identifier: MIT
/*
 * final.c - finalizers
 *
 * An object with a finalizer is not itself kept by it, but all it points to
 * is, and so is the finalizer's argument: so of two such objects the one that
 * points to the other goes first, and a cycle through one never goes.  Other
 * orders than this one mark less (bdwgc's forms of registration).  What is
 * unmarked after that is queued, once, and is an ordinary object again from
 * then on, kept by the queue until its finalizer has run.
 *
 * kgc_run_finalizers() runs what is queued, in the caller's task, in the order
 * of queueing, with no lock held; then it collects, so that chains of
 * finalizers go on, unless the program runs them on demand.
 *
 * Locking: special.lock; with the world stopped, none.
 */
#include "internal.h"

enum { FORGET = 4096 }; /* bytes; in the kernel, waiting takes 2.5 KiB */

/* Every record of a kind, the world stopped: @fn may change its kind. */
static void for_each(struct heap *h, enum special_kind k,
		     void (*fn)(struct heap *, struct special *))
{
	struct special *r, *next;

	for (r = h->specials.list[k].first; r; r = next) {
		next = r->after;
		fn(h, r);
	}
}

static void mark_arg(struct heap *h, struct special *r)
{
	if (r->final.arg)
		mark_object(h, (uintptr_t)r->final.arg);
}

static void mark_due(struct heap *h, struct special *r)
{
	mark_object(h, r->object);
	mark_arg(h, r);
}

/* Roots: arguments, and the objects that are queued. */
void final_mark_held(struct heap *h)
{
	for_each(h, SPECIAL_FINALIZER, mark_arg);
	for_each(h, SPECIAL_QUEUED, mark_due);
}

/* Mark what the words of @p, an object of @s, point to outside it. */
static NO_SANITIZE void mark_others(struct heap *h, const struct span *s,
				    uintptr_t p)
{
	const uintptr_t *w = (const uintptr_t *)p,
			*end = (const uintptr_t *)(p + s->size);

	for (; w < end; w++)
		if (*w - p >= s->size)
			mark_object(h, *w);
}

static void mark_delayed(struct heap *h, struct special *r)
{
	const struct span *s;

	if (mark_lives(h, r->object))
		return;
	special_retype(h, r, SPECIAL_DYING);
	if (r->order == KGC_NO_ORDER)
		return;
	s = span_of(h, r->object);
	if (r->order == KGC_IGNORE_SELF && s->kind == KIND_SCAN)
		mark_others(h, s, r->object);
	else
		mark_contents(h, s, r->object);
}

/* What finalizable objects point to, not they: so they go first. */
void final_mark_contents(struct heap *h)
{
	for_each(h, SPECIAL_FINALIZER, mark_delayed);
}

static void queue(struct heap *h, struct special *r)
{
	special_retype(h, r, SPECIAL_QUEUED);
}

static void queue_or_keep(struct heap *h, struct special *r)
{
	special_retype(h, r,
		       mark_lives(h, r->object) ? SPECIAL_FINALIZER
						: SPECIAL_QUEUED);
}

static void queue_first(struct heap *h, struct special *r)
{
	if (r->order != KGC_UNREACHABLE)
		queue_or_keep(h, r);
}

static void mark_queued(struct heap *h, struct special *r)
{
	for (; r; r = r->after)
		mark_object(h, r->object);
	mark_drain(h);
}

/*
 * What is still unmarked is due, and lives until its finalizer has run.  What
 * objects without order keep alive by that is no longer unreachable.
 */
void final_queue_unmarked(struct heap *h)
{
	struct special **end = h->specials.list[SPECIAL_QUEUED].end;

	for_each(h, SPECIAL_DYING, queue_first);
	mark_queued(h, *end);
	end = h->specials.list[SPECIAL_QUEUED].end;
	for_each(h, SPECIAL_DYING, queue_or_keep);
	mark_queued(h, *end);
}

/*
 * Under the lock: the first finalizer that is due.  Its special bit is about
 * to change, so the span of its object is swept first, without the lock: a
 * sweeper writes whole bitmap words.  Then the queue may have another head.
 * Pinned, so what is swept stays so.
 */
static struct special *first_due(struct heap *h)
{
	struct special *r;
	struct span *s;

	while ((r = special_due(h))) {
		s = span_of(h, r->object);
		if (sweep_is_done(h, s))
			break;
		lock_drop(&h->specials.lock);
		sweep_span(h, s);
		lock_take(&h->specials.lock);
	}
	return r;
}

/* The first queued finalizer, into *@r; its object is the caller's to hold. */
static bool dequeue(struct heap *h, struct special *r)
{
	struct specials *t = &h->specials;
	struct special *due;

	kgc_host_pin();
	lock_take(&t->lock);
	due = first_due(h);
	if (due) {
		*r = *due;
		special_remove(h, due);
		fixalloc_free(&t->records, due);
	}
	lock_drop(&t->lock);
	kgc_host_unpin();
	return due;
}

/*
 * What finalizers and a collection left below this frame would be scanned, not
 * written over, as part of the frames in which the caller waits.
 */
static NOINLINE void forget_stack(void)
{
	volatile uintptr_t below[FORGET / sizeof(uintptr_t)];
	size_t i;

	for (i = 0; i < sizeof(below) / sizeof(below[0]); i++)
		below[i] = 0;
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
	forget_stack();
	if (n && !heap.specials.on_demand && kgc_host_context() == KGC_TASK) {
		kgc_collect();
		forget_stack();
	}
	return n;
}

/* Under the lock: exchange the finalizer of the object @p and *@f. */
int final_swap(struct heap *h, uintptr_t p, struct kgc_finalizer *f)
{
	const struct special new = { .object = p,
				     .kind = SPECIAL_FINALIZER,
				     .order = f->order,
				     .final = { f->fn, f->arg } };
	struct special *r = special_find(h, p, SPECIAL_FINALIZER);

	if (!r) {
		if (f->fn && !special_insert(h, &new))
			return -KGC_ENOMEM;
		*f = (struct kgc_finalizer){ 0 };
		return 0;
	}
	*f = (struct kgc_finalizer){ r->final.fn, r->final.arg, r->order };
	if (new.final.fn) {
		r->final = new.final;
		r->order = new.order;
	} else {
		special_remove(h, r);
		fixalloc_free(&h->specials.records, r);
	}
	return 0;
}

/* @replace: whatever it had; else -KGC_EBUSY if it has one. */
static int swap(struct heap *h, void *p, struct kgc_finalizer *f, bool replace,
		const char *operation)
{
	struct specials *t = &h->specials;
	uintptr_t base;
	int err;

	if (!cache_attach(h))
		return -KGC_ENOMEM;
	/* Pinned to the end: the span that object_of() swept stays so. */
	kgc_host_pin();
	base = object_of(h, p, operation).base;
	lock_take(&t->lock);
	if (!replace && f->fn && special_find(h, base, SPECIAL_FINALIZER))
		err = -KGC_EBUSY;
	else
		err = final_swap(h, base, f);
	lock_drop(&t->lock);
	kgc_host_unpin();
	return err;
}

int kgc_swap_finalizer(void *p, struct kgc_finalizer *f)
{
	return swap(&heap, p, f, true, "swap_finalizer");
}

int kgc_set_finalizer(void *p, void (*fn)(void *p, void *arg), void *arg)
{
	struct kgc_finalizer f = { fn, arg, KGC_ORDERED };

	return swap(&heap, p, &f, false, "set_finalizer");
}

void kgc_queue_finalizers(void)
{
	if (!cache_attach(&heap))
		return;
	heap_stop(&heap);
	for_each(&heap, SPECIAL_FINALIZER, queue);
	kgc_host_start_world();
	if (heap.specials.nqueued && !heap.specials.on_demand)
		kgc_host_wake_finalizer();
}

size_t kgc_finalizers_due(void)
{
	return heap.specials.nqueued;
}

void kgc_finalize_on_demand(bool on)
{
	context_check();
	heap.specials.on_demand = on;
}
