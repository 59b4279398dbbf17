// SPDX-License-Identifier: MIT
/*
 * cache.c - each slot's windows on free objects
 *
 * A window is a run of free objects of one span that are already set
 * allocated in the bitmap and counted; the fast path of kgc_alloc() moves
 * its start.  What a window still holds is taken back before each collection
 * and when the slot is retired, so that outside the windows an allocated bit
 * means an object handed out.
 *
 * (Go 2011's MCache kept lists of free objects; later Go, spans.  Windows do
 * not touch the objects, and a free needs no cache.)
 *
 * While one slot is in use, each window also keeps a few objects that the
 * program freed of late.  They are free by their bits, so a second free of one
 * is found; that they are kept is known here alone.
 *
 * Bad at: a heap where free objects lie alone; then each allocation takes a
 * window of its own.
 *
 * Locking: none; the owner is pinned, or the world is stopped.
 */
#include "internal.h"

/*
 * Several slots change the bitmap from now on, so by atomic operations.  The
 * first slot may be between a load and a store of its own: stop it first.
 */
static bool share(struct heap *h)
{
	if (h->shared)
		return true;
	if (kgc_host_context() != KGC_TASK)
		return false;
	while (!h->shared)
		if (kgc_host_stop_world()) {
			cache_forget_recycled(h);
			h->shared = true;
			kgc_host_start_world();
		}
	return true;
}

static bool others_attached(const struct heap *h, unsigned int slot)
{
	unsigned int i;

	for (i = 0; i < h->nslots; i++)
		if (i != slot && h->cache[i])
			return true;
	return false;
}

/*
 * Give the caller's slot a cache.  Not pinned.  Returns it, for the fields
 * that stay; NULL if there is no memory, or if the second slot comes from a
 * pinned section.
 */
struct cache *cache_attach(struct heap *h)
{
	struct cache *c;
	unsigned int slot;
	bool others;

	if (!h->nslots) /* no heap yet */
		return NULL;
	slot = kgc_host_pin();
	c = h->cache[slot];
	others = !c && others_attached(h, slot);
	kgc_host_unpin();
	if (c)
		return c;
	if (others && !share(h))
		return NULL;
	c = meta_alloc(&h->meta, round_up(sizeof(*c), 64));
	if (!c)
		return NULL;
	h->caches_sys += round_up(sizeof(*c), 64);
	slot = kgc_host_pin();
	if (h->cache[slot]) { /* by another that shares the slot: one is lost */
		c = h->cache[slot];
	} else {
		c->slot = slot;
		c->random = 0x49f6428a + slot;
		c->next_sample = h->profile.rate;
		h->cache[slot] = c;
	}
	kgc_host_unpin();
	return c;
}

/* Count what @w was given, and clear it if that is wanted. */
static void fill(struct heap *h, struct cache *c, struct window *w,
		 unsigned int class, bool zero)
{
	const size_t bytes = window_left(w);

	w->size = w->span->size;
	w->dirty = w->span->needzero;
	if (w->dirty && zero) {
		memset((void *)w->next, 0, bytes);
		w->dirty = false;
	}
	c->nmalloc[class] += bytes / w->size;
	atomic_fetch_add_explicit(&h->pacer.allocated, bytes - c->freed,
				  memory_order_relaxed);
	c->freed = 0;
}

/*
 * Find another window of @kind and @class for @c, whose owner is pinned.
 * Under gcstress and at level 3 it holds one object, so that every allocation
 * comes this way.  False if there is no memory.
 */
bool cache_refill(struct heap *h, struct cache *c, unsigned int kind,
		  unsigned int class, unsigned int flags)
{
	const uint32_t max =
		h->pacer.stress || KGC_CHECK >= 3
			? 1
			: prof_limit(h, c, h->classes.of[class].size);
	struct window *w = &c->window[kind][class];
	struct span *s = w->span;

	while (!s || !span_take_run(h, s, w, max)) {
		w->span = NULL;
		if (s)
			central_release(h, s);
		s = central_take(h, kind, class, c->slot);
		if (!s)
			return false;
	}
	fill(h, c, w, class, !(flags & KGC_NOZERO));
	return true;
}

/* --- what was freed of late --- */

/*
 * Keep the object at @p, which is free by its bits, for the next allocation
 * from @w; the span goes on counting it, and so stays what it is.  Whoever
 * takes a run of the span may take it nevertheless, and makes the count one
 * too many until cache_reuse() comes to it.  While several slots run, two
 * could take it at once: then nothing is kept.
 */
bool cache_recycle(struct heap *h, struct window *w, uintptr_t p)
{
	const uintptr_t at = (p - h->arena.start) / WORD_SIZE;

	if (h->shared || w->nrecycled == RECYCLED_MAX || at > UINT32_MAX ||
	    KGC_CHECK >= 3)
		return false;
	w->recycled[w->nrecycled++] = at;
	return true;
}

/* The object last recycled of @w is not kept any more. */
static uintptr_t unrecycle(struct heap *h, struct window *w)
{
	return h->arena.start +
	       (uintptr_t)w->recycled[--w->nrecycled] * WORD_SIZE;
}

/* Is a sample due, or every allocation counted? */
static bool must_be_slow(struct heap *h, struct cache *c, size_t size)
{
	if (h->pacer.stress)
		return true;
	if (h->profile.rate == KGC_PROFILE_OFF)
		return false;
	if (size >= h->profile.rate || c->next_sample <= (intptr_t)size)
		return true;
	c->next_sample -= size;
	return false;
}

/* An object that was freed of late, handed out again; or NULL. */
void *cache_reuse(struct heap *h, struct cache *c, unsigned int kind,
		  unsigned int class, unsigned int flags)
{
	struct window *w = &c->window[kind][class];
	const size_t size = h->classes.of[class].size;
	struct bitpos b;
	uintptr_t p, bits;

	if (must_be_slow(h, c, size))
		return NULL;
	while (w->nrecycled) {
		p = unrecycle(h, w);
		b = bitmap_at(h->arena.start, p);
		bits = atomic_load_explicit(b.word, memory_order_relaxed);
		if (unlikely(bits >> b.shift & BIT_ALLOC)) {
			central_drop_used(h, kind, class,
					  h->pages[page_of(h, p)]);
			continue;
		}
		bits |= BIT_ALLOC << b.shift;
		if (kind_is_scanned(kind))
			bits &= ~(BIT_NOSCAN << b.shift);
		atomic_store_explicit(b.word, bits, memory_order_relaxed);
		c->nmalloc[class]++;
		c->freed -= size;
		return flags & KGC_NOZERO ? (void *)p
					  : memset((void *)p, 0, size);
	}
	return NULL;
}

static void forget_recycled(struct heap *h, struct cache *c)
{
	unsigned int kind, class;
	struct window *w;

	for (kind = 0; kind < NKINDS; kind++)
		for (class = 1; class < KGC_NCLASSES; class ++) {
			w = &c->window[kind][class];
			while (w->nrecycled)
				central_drop_used(
					h, kind, class,
					h->pages[page_of(h, unrecycle(h, w))]);
		}
}

/* The world is stopped: let every span count what it has. */
void cache_forget_recycled(struct heap *h)
{
	unsigned int i;

	for (i = 0; i < h->nslots; i++)
		if (h->cache[i])
			forget_recycled(h, h->cache[i]);
}

/* Take back what the window holds. */
static void window_flush(struct heap *h, struct cache *c, struct window *w,
			 unsigned int class)
{
	struct span *s = w->span;
	uintptr_t p;
	uint32_t n = 0;

	for (p = w->next; p != w->end; p += w->size, n++)
		bitmap_free(h, p);
	atomic_fetch_sub_explicit(&s->nused, n, memory_order_relaxed);
	c->nmalloc[class] -= n;
	atomic_fetch_sub_explicit(&h->pacer.allocated, n * w->size,
				  memory_order_relaxed);
	w->next = w->end = 0;
	w->span = NULL;
	central_release(h, s);
}

/* Take back what @c holds. */
void cache_flush(struct heap *h, struct cache *c)
{
	unsigned int kind, class;

	forget_recycled(h, c);
	for (kind = 0; kind < NKINDS; kind++)
		for (class = 1; class < KGC_NCLASSES; class ++)
			if (c->window[kind][class].span)
				window_flush(h, c, &c->window[kind][class],
					     class);
	atomic_fetch_sub_explicit(&h->pacer.allocated, c->freed,
				  memory_order_relaxed);
	c->freed = 0;
}

/* The world is stopped. */
void cache_flush_all(struct heap *h)
{
	unsigned int i;

	for (i = 0; i < h->nslots; i++)
		if (h->cache[i])
			cache_flush(h, h->cache[i]);
}

/* Is @p, of the small span @s, in a window of @c? */
bool cache_window_holds(const struct cache *c, const struct span *s,
			uintptr_t p)
{
	const struct window *w = &c->window[s->kind][s->sizeclass];

	return w->span == s && p >= w->next && p < w->end;
}

/*
 * Is @p in a window, and so set allocated but not handed out?  While the world
 * is stopped; for the caller's own slot there is cache_window_holds().
 */
bool cache_holds(const struct heap *h, const struct span *s, uintptr_t p)
{
	const struct cache *c;

	if (s->where != SPAN_CACHED)
		return false;
	c = h->cache[s->owner];
	return c && cache_window_holds(c, s, p);
}
