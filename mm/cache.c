// SPDX-License-Identifier: MIT
/*
 * cache.c - each slot's windows on free objects
 *
 * A window has two runs of free objects of one span that are already set
 * allocated in the bitmap and counted; the fast path of kgc_alloc() moves
 * the start of one.  The objects of the first are zero; those of the second
 * are as they were left, for those who want no zeroes.  There is a second one
 * only to spare the fast path a question; it is filled when the first is empty
 * too.  What runs still hold is taken back before each collection and when
 * the slot is retired, so that outside them an allocated bit means an object
 * handed out.
 *
 * (Go 2011's MCache kept lists of free objects; later Go, spans.  Runs do
 * not touch the objects.)
 *
 * While one slot is in use, each window also keeps a few objects that the
 * program freed of late, to hand out when the run is used up.  They are free by
 * their bits, so a second free of one is found; that they are kept is known
 * here alone, and to their span they are in use.  Nobody else can take them:
 * spans of their kind and class go to this window, and before it takes a run it
 * gives them up.  While several slots run, another could: then none is kept.
 *
 * Bad at: a heap where free objects lie alone; then each allocation takes a
 * run of its own.
 *
 * Locking: none; the owner is pinned, or the world is stopped.
 */
#include "internal.h"

/*
 * What pin_local() says of a slot that has no cache: the tables, which lead to
 * nothing but the first window, and that, which is empty.
 */
char kgc_nobody[offsetof(struct cache, window) + sizeof(struct window)]
	__attribute__((aligned(_Alignof(struct cache))));
void *kgc_locals[SLOTS_MAX] = { [0 ... SLOTS_MAX - 1] = kgc_nobody };

/* Whether anything that was freed is kept at all. */
static bool is_kept(const struct heap *h)
{
	return !ONE_BY_ONE && !is_hardened(h);
}

/* Whatever is kept is kept for the caller's slot alone, as is the fast free. */
void cache_set_quick(struct heap *h)
{
	const bool quick = !h->shared && h->swept && is_kept(h);

	atomic_store_explicit(&h->quick,
			      quick ? MIN(h->arena.used / WORD_SIZE, UINT32_MAX)
				    : 0,
			      memory_order_relaxed);
}

/* From now on no window keeps what is freed. */
static void keep_nothing(struct heap *h)
{
	struct window *w;
	unsigned int i, n;

	for (i = 0; i < h->nslots; i++)
		for (n = 0; h->cache[i] && n < NKINDS * KGC_NCLASSES; n++) {
			w = &h->cache[i]->window[0][0] + n;
			w->max = 0;
		}
}

/*
 * Several slots change the bitmap from now on, so by atomic operations.  The
 * first slot may be between a load and a store of its own: stop it first.
 */
static COLD bool share(struct heap *h)
{
	if (h->shared)
		return true;
	if (kgc_host_context() != KGC_TASK)
		return false;
	while (!h->shared)
		if (kgc_host_stop_world()) {
			cache_forget_recycled(h);
			h->shared = true;
			cache_set_quick(h);
			keep_nothing(h);
			kgc_host_start_world();
		}
	return true;
}

static COLD bool others_attached(const struct heap *h, unsigned int slot)
{
	unsigned int i;

	for (i = 0; i < h->nslots; i++)
		if (i != slot && h->cache[i])
			return true;
	return false;
}

static uint16_t offset_of(const struct cache *c, const void *p)
{
	return (const char *)p - (const char *)c->window;
}

/* How many objects of @size and @kind a window has room to keep. */
static uint32_t room_for(unsigned int kind, size_t size)
{
	if (kind > KIND_NOSCAN || size > QUICK_MAX)
		return 8;
	return MIN(RECYCLED_BYTES / size, RECYCLED_MAX);
}

static size_t room_for_all(const struct heap *h)
{
	unsigned int kind, class;
	size_t n = 0;

	for (kind = 0; kind < NKINDS; kind++)
		for (class = 1; class < KGC_NCLASSES; class ++)
			n += room_for(kind, h->classes.of[class].size);
	return n * sizeof(uint32_t);
}

/* Are objects of @size kept at all? */
static bool keeps(const struct heap *h, size_t size)
{
	return !h->shared && !h->pacer.stress && size < h->profile.rate &&
	       is_kept(h);
}

static COLD void init_windows(const struct heap *h, struct cache *c)
{
	uint32_t *room = (uint32_t *)(c + 1);
	unsigned int kind, class;
	struct window *w;
	uint32_t size;

	for (kind = 0; kind < NKINDS; kind++)
		for (class = 1; class < KGC_NCLASSES; class ++) {
			size = h->classes.of[class].size;
			w = &c->window[kind][class];
			w->size = w->size_again = size;
			w->max = keeps(h, size) ? room_for(kind, size) : 0;
			w->recycled = room;
			room += room_for(kind, size);
			w->change = BIT_ALLOC;
			if (kind_is_scanned(kind))
				w->change |= BIT_NOSCAN;
			c->window_at[layout_of(kind, class)] = offset_of(c, w);
		}
}

static COLD void init_runs(const struct heap *h, struct cache *c)
{
	unsigned int flags, class, kind;
	struct window *w;
	size_t size;

	for (flags = 0; flags <= QUICK_FLAGS; flags++)
		for (size = 0; size <= QUICK_MAX; size += 8) {
			class = sizeclass_of(&h->classes, size);
			kind = flags & ~(unsigned int)KGC_NOZERO;
			w = &c->window[kind][class];
			c->run_at[size | flags] =
				offset_of(c, &w->run[run_of(flags)]);
		}
}

static COLD struct cache *cache_new(struct heap *h)
{
	const size_t bytes = round_up(
		sizeof(struct cache) + WINDOW_SIZE + room_for_all(h), 64);
	struct cache *c = meta_alloc(&h->meta, bytes);

	if (!c)
		return NULL;
	c = (struct cache *)round_up((uintptr_t)c, WINDOW_SIZE);
	h->caches_sys += bytes;
	prof_start(h, c);
	init_windows(h, c);
	init_runs(h, c);
	return c;
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

	context_check();
	if (!h->nslots) /* no heap yet */
		return NULL;
	slot = kgc_host_pin();
	c = h->cache[slot];
	others = !c && others_attached(h, slot);
	if (c && h == &heap)
		kgc_host_set_local(c);
	kgc_host_unpin();
	if (c)
		return c;
	if (others && !share(h))
		return NULL;
	c = cache_new(h);
	if (!c)
		return NULL;
	slot = kgc_host_pin();
	if (h->cache[slot]) { /* by another that shares the slot: one is lost */
		c = h->cache[slot];
	} else {
		c->slot = slot;
		c->random = 0x49f6428a + slot;
		h->cache[slot] = c;
	}
	kgc_host_unpin();
	return c;
}

/* Count @n objects of @run, and clear them if that is wanted. */
static void fill(struct heap *h, struct cache *c, const struct run *r,
		 unsigned int class, uint32_t n, bool zero)
{
	const size_t bytes = run_left(r);

	if (zero)
		memset((void *)r->next, 0, bytes);
	c->nmalloc[class] += n;
	pacer_add(h, bytes);
}

/* span_take_run(), so that others see the bits and the run change at once. */
static uint32_t take_run(struct heap *h, struct cache *c, struct span *s,
			 struct run *r, uint32_t max)
{
	uint32_t n;

	cache_moves(h, c);
	n = span_take_run(h, s, r, max);
	cache_moved(h, c);
	return n;
}

/*
 * Find another run of @kind and @class for @c, whose owner is pinned; both
 * runs are empty.  Under gcstress, and where windows hold one, it has one
 * object, so that every allocation comes this way.  False if there is no
 * memory.
 */
bool cache_refill(struct heap *h, struct cache *c, unsigned int kind,
		  unsigned int class, unsigned int flags)
{
	const uint32_t max =
		h->pacer.stress || ONE_BY_ONE
			? 1
			: prof_limit(h, c, h->classes.of[class].size);
	struct source *from = &c->source[kind][class];
	struct window *w = &c->window[kind][class];
	struct run *r = &w->run[run_of(flags)];
	uint32_t n;

	cache_spill(h, c, kind, class, w->nrecycled);
	while (!from->span || !(n = take_run(h, c, from->span, r, max))) {
		if (from->span)
			central_release(h, from->span);
		from->span = central_take(h, kind, class, c->slot);
		if (!from->span)
			return false;
	}
	fill(h, c, r, class, n,
	     from->span->needzero && run_of(flags) == RUN_ZEROED &&
		     !is_hardened(h));
	return true;
}

/* --- what was freed of late --- */

/* Add what the window counted to the cache's counts. */
static void settle(struct cache *c, struct window *w, unsigned int class)
{
	c->nfree[class] += w->nfreed;
	c->nmalloc[class] += w->nfreed - w->nrecycled;
	w->nfreed = 0;
}

/* Keep no longer the @n objects that were recycled first. */
void cache_spill(struct heap *h, struct cache *c, unsigned int kind,
		 unsigned int class, uint32_t n)
{
	struct window *w = &c->window[kind][class];
	uint32_t i;

	settle(c, w, class);
	for (i = 0; i < n; i++)
		central_drop_used(
			h, kind, class,
			h->pages[w->recycled[i] / (PAGE_SIZE / WORD_SIZE)]);
	w->nrecycled -= n;
	memmove(w->recycled, w->recycled + n,
		w->nrecycled * sizeof(*w->recycled));
	/* Those that stay are counted when they are reused. */
	c->nfree[class] -= w->nrecycled;
	w->nfreed = w->nrecycled;
}

static void forget_recycled(struct heap *h, struct cache *c)
{
	unsigned int kind, class;

	for (kind = 0; kind < NKINDS; kind++)
		for (class = 1; class < KGC_NCLASSES; class ++)
			if (c->window[kind][class].nfreed)
				cache_spill(h, c, kind, class,
					    c->window[kind][class].nrecycled);
}

/* The world is stopped: let every span count what it has. */
void cache_forget_recycled(struct heap *h)
{
	unsigned int i;

	for (i = 0; i < h->nslots; i++)
		if (h->cache[i])
			forget_recycled(h, h->cache[i]);
}

/* Take back what @r, of @s, holds; returns how many objects. */
static uint32_t run_flush(struct heap *h, struct run *r)
{
	uintptr_t p;
	uint32_t n = 0;

	for (p = r->next; p != r->end; p += r->size, n++)
		bitmap_free(h, p);
	r->next = r->end = 0;
	return n;
}

static COLD void window_flush(struct heap *h, struct cache *c,
			      unsigned int kind, unsigned int class)
{
	struct source *from = &c->source[kind][class];
	struct window *w = &c->window[kind][class];
	struct span *s = from->span;
	uint32_t n;

	cache_moves(h, c);
	n = run_flush(h, &w->run[RUN_ZEROED]) +
	    run_flush(h, &w->run[RUN_AS_IS]);
	cache_moved(h, c);
	span_count(h, s, -n);
	c->nmalloc[class] -= n;
	pacer_add(h, -(n * s->size));
	from->span = NULL;
	central_release(h, s);
}

/* Take back what @c holds. */
COLD void cache_flush(struct heap *h, struct cache *c)
{
	unsigned int kind, class;

	forget_recycled(h, c);
	if (is_hardened(h))
		harden_flush(h, c);
	for (kind = 0; kind < NKINDS; kind++)
		for (class = 1; class < KGC_NCLASSES; class ++)
			if (c->source[kind][class].span)
				window_flush(h, c, kind, class);
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
NO_SANITIZE bool cache_window_holds(const struct cache *c, const struct span *s,
				    uintptr_t p)
{
	const struct window *w = &c->window[s->kind][s->sizeclass];

	return run_holds(&w->run[RUN_ZEROED], p) ||
	       run_holds(&w->run[RUN_AS_IS], p);
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

/*
 * Is @p in a window of another slot than @slot, which runs, or was it until
 * now?  The caller saw it set allocated before.  Who was handed @p out, and
 * gave it to the caller, had moved the run's start beyond it; a start that is
 * older than others that are read is no harm, since only what @moves tells of
 * makes a run longer.
 */
NO_SANITIZE bool cache_other_holds(const struct heap *h, const struct span *s,
				   uintptr_t p, unsigned int slot)
{
	const unsigned int owner = s->owner;
	struct cache *c = h->cache[owner];
	uint32_t before, after;
	bool held;

	if (s->where != SPAN_CACHED || owner == slot || !c)
		return false;
	for (;;) {
		before = atomic_load_explicit(&c->moves, memory_order_acquire);
		held = cache_window_holds(c, s, p) ||
		       !(bitmap_get(h, p) & BIT_ALLOC); /* given back since */
		/* Not a load, which could come before what is read above. */
		after = atomic_fetch_or(&c->moves, 0);
		if (!(before & 1) && before == after)
			return held;
		kgc_host_relax();
	}
}
