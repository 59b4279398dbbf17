// SPDX-License-Identifier: MIT
/*
 * sweep.c - free what a cycle did not mark
 *
 * heap.sweepgen rises by 2 at each cycle, with the world stopped.  A span is
 *	sweepgen - 2	to be swept,
 *	sweepgen - 1	being swept, by whoever changed it to this,
 *	sweepgen	swept.
 * Whoever needs a span, to allocate from it, free into it or look at it,
 * sweeps it first or waits until it is swept; the collector sweeps all of
 * them after the world runs again.  A cycle begins with no span behind.
 * (Go 2014, "concurrent sweep".)
 *
 * The sweep of a span is word arithmetic on its bits (bitmap_sweep).  Objects
 * are touched only by what is recorded of them (special.c).
 */
#include "internal.h"

#define SWEEP_BATCH 32 /* spans swept in one pinned section */

/* The world is stopped, every span is swept, the marks are complete. */
void sweep_start(struct heap *h)
{
	h->sweepgen += 2;
	h->sweep_page = 0;
	h->swept = false;
	cache_set_quick(h);
}

/*
 * Forget what is recorded of the objects of @s that are about to die, and see
 * whether any others have records.
 */
static void forget_dead(struct heap *h, struct span *s)
{
	const size_t n = bitmap_words(s);
	bitword *base = bitmap_of_span(h, s);
	/* What bit 0 of the first of these words describes. */
	const uintptr_t start = span_base(s) & -(uintptr_t)BITS_BYTES;
	uintptr_t w, dead, at, left = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		w = atomic_load_explicit(base - i, memory_order_relaxed);
		if (likely(!(w >> 3 * BITS_K)))
			continue;
		dead = w & ~(w >> 2 * BITS_K) & w >> 3 * BITS_K & BIT_GROUP;
		left |= w >> 3 * BITS_K & ~dead;
		for (; dead; dead &= dead - 1) {
			at = i * BITS_K + __builtin_ctzl(dead);
			special_forget(h, start + at * WORD_SIZE, s->size);
		}
	}
	s->special = left;
}

/* Sweep @s, which the caller has claimed. */
static void sweep_claimed(struct heap *h, struct span *s, struct cache *c)
{
	const uint32_t before = s->nused, left = s->nlive;
	bool empty;

	if (s->kind == KIND_NOGC) {
		atomic_store_explicit(&s->sweepgen, h->sweepgen,
				      memory_order_release);
		return;
	}
	if (left == before) {
		bitmap_unmark(h, s);
	} else {
		if (s->special && kind_is_collectable(s->kind))
			forget_dead(h, s);
		if (is_hardened(h) && s->sizeclass &&
		    kind_is_collectable(s->kind))
			harden_sweep(h, s);
		bitmap_sweep(h, s);
	}
	c->nfree[s->sizeclass] += before - left;
	if (s->sizeclass) {
		empty = central_swept(h, s, left);
	} else {
		s->nused = left;
		empty = left != before; /* a lone one may have been free */
		if (empty) {
			c->large_free += s->size;
			s->where = SPAN_LEAVING;
		}
		atomic_store_explicit(&s->sweepgen, h->sweepgen,
				      memory_order_release);
	}
	if (empty)
		span_free_pages(h, s);
}

/* See that @s is swept.  The caller's slot has a cache. */
void sweep_span(struct heap *h, struct span *s)
{
	const unsigned int slot = kgc_host_pin();
	uint32_t behind = h->sweepgen - 2;

	if (atomic_compare_exchange_strong_explicit(
		    &s->sweepgen, &behind, behind + 1, memory_order_acquire,
		    memory_order_relaxed))
		sweep_claimed(h, s, h->cache[slot]);
	else
		while (!sweep_is_done(h, s))
			kgc_host_relax();
	kgc_host_unpin();
}

/* @s has no objects, and is no span soon: nobody is to sweep it later. */
void sweep_nothing(struct heap *h, struct span *s)
{
	uint32_t behind = h->sweepgen - 2;

	if (!atomic_compare_exchange_strong_explicit(
		    &s->sweepgen, &behind, h->sweepgen, memory_order_acquire,
		    memory_order_relaxed))
		while (!sweep_is_done(h, s))
			kgc_host_relax();
}

/*
 * Sweep some of the spans that are behind, from *@page on, which moves past
 * them; returns how many pages they have, 0 at the end of the arena.  Pinned
 * from finding to sweeping: no cycle may begin in between, after which a
 * record that was freed meanwhile would look like one that is behind.
 */
static size_t sweep_batch(struct heap *h, size_t *page)
{
	struct span *found[SWEEP_BATCH], *s;
	unsigned int i, n = 0;
	size_t npages = 0;

	kgc_host_pin();
	lock_take(&h->pageheap.lock);
	while (n < SWEEP_BATCH && (s = pageheap_next(h, page)))
		if (!sweep_is_done(h, s)) {
			found[n++] = s;
			npages += s->npages;
		}
	lock_drop(&h->pageheap.lock);
	for (i = 0; i < n; i++)
		sweep_span(h, found[i]);
	kgc_host_unpin();
	return npages;
}

/*
 * About to take @npages from the page heap: sweep as many first, if there
 * are as many, so that the heap does not grow where it need not.
 */
void sweep_some(struct heap *h, size_t npages)
{
	size_t n, done = 0;

	while (!h->swept && done < npages) {
		n = sweep_batch(h, &h->sweep_page);
		if (!n)
			return;
		done += n;
	}
}

/* Sweep every span that is behind; also waits for those being swept. */
void sweep_all(struct heap *h)
{
	const uint32_t gen = h->sweepgen;
	size_t page = 0;

	if (h->swept)
		return;
	while (sweep_batch(h, &page))
		;
	kgc_host_pin(); /* no cycle begins between the test and the store */
	if (gen == h->sweepgen) {
		h->swept = true;
		cache_set_quick(h);
	}
	kgc_host_unpin();
}
