// SPDX-License-Identifier: MIT
/*
 * cache.c - each slot's windows on free objects
 *
 * A window has two runs of free objects of one span; the fast path of
 * kgc_alloc() moves the start of one.  The objects of the first are zero;
 * those of the second are as they were left, for those who want no zeroes.
 * There is a second one only to spare the fast path a question; it is filled
 * when the first is empty too.  What runs still hold is taken back before each
 * collection and when the slot is retired.
 *
 * (Go 2011's MCache kept lists of free objects; later Go, spans.  Runs do
 * not touch the objects.)
 *
 * When the objects of a run are set allocated in the bitmap and counted in
 * their span:
 *	while one slot is in use, after some were handed out, all of these at
 *	once (cache_set): before anybody else reads the bits, and when one of
 *	them is freed.  So a bit that is set means an object handed out, and
 *	a free need not ask where the runs are;
 *	while several are, which could free what another has just handed out,
 *	when the run is taken (cache_sets_runs).  Then a free does ask.
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

/* Say what the one slot in use may free on the fast path; it is the caller. */
void cache_set_quick(struct heap *h)
{
	const bool quick = h->swept && is_kept(h);
	unsigned int i;

	for (i = 0; !h->shared && i < h->nslots; i++)
		if (h->cache[i])
			h->cache[i]->quick =
				quick ? MIN(h->arena.used / WORD_SIZE,
					    UINT32_MAX)
				      : 0;
}

/* Is a run set allocated as it is taken? */
bool cache_sets_runs(const struct heap *h)
{
	return h->shared || !is_kept(h);
}

/* From now on no window keeps what is freed. */
static void keep_nothing(struct heap *h)
{
	struct window *w;
	unsigned int i, n;

	for (i = 0; i < h->nslots; i++) {
		if (!h->cache[i])
			continue;
		h->cache[i]->quick = 0;
		for (n = 0; n < NKINDS * KGC_NCLASSES; n++) {
			w = &h->cache[i]->window[0][0] + n;
			w->kept_max = w->kept_min;
		}
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
			cache_flush_all(h);
			h->shared = true;
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
	return MIN(KEPT_BYTES / size, KEPT_MAX);
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
	unsigned int kind, class;
	uint32_t room = 0;
	struct window *w;
	uint32_t size;

	for (kind = 0; kind < NKINDS; kind++)
		for (class = 1; class < KGC_NCLASSES; class ++) {
			size = h->classes.of[class].size;
			w = &c->window[kind][class];
			w->size = w->size_again = size;
			w->kept = w->kept_min = w->kept_max = room;
			room += room_for(kind, size);
			if (keeps(h, size))
				w->kept_max = room;
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
		cache_set_quick(h);
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

/* The runs of @c change: others, who look for a block in them, wait. */
static void moves(const struct heap *h, struct cache *c)
{
	if (h->shared)
		atomic_fetch_add(&c->moves, 1);
}

static void moved(const struct heap *h, struct cache *c)
{
	if (h->shared)
		atomic_store_explicit(&c->moves, c->moves + 1,
				      memory_order_release);
}

/* span_take_run(), so that others see the bits and the run change at once. */
static uint32_t take_run(struct heap *h, struct cache *c, struct span *s,
			 struct run *r, uint32_t max)
{
	uint32_t n;

	moves(h, c);
	n = span_take_run(h, s, r, max, cache_sets_runs(h));
	moved(h, c);
	return n;
}

/* Set allocated what was handed out of the runs of a window and is not yet. */
void cache_set(struct heap *h, struct cache *c, unsigned int kind,
	       unsigned int class)
{
	struct source *from = &c->source[kind][class];
	struct span *s = from->span;
	uintptr_t next;
	uint32_t first;
	int i;

	if (!s || cache_sets_runs(h))
		return;
	for (i = 0; i < NRUNS; i++) {
		next = c->window[kind][class].run[i].next;
		if (next == from->unset[i])
			continue;
		if (h->dead &&
		    (from->unset[i] < s->start || next > span_end(s)))
			continue; /* it may be what is damaged */
		first = span_index(h, s, from->unset[i]);
		bitmap_set(h, s, first, span_index(h, s, next - 1) + 1 - first);
		from->unset[i] = next;
	}
}

/* Was the object @p of @s, which is not set allocated, handed out?  Then set
 * it.  @c is the caller's slot's, pinned. */
bool cache_set_object(struct heap *h, struct cache *c, const struct span *s,
		      uintptr_t p)
{
	if (!s->sizeclass || c->source[s->kind][s->sizeclass].span != s)
		return false;
	cache_set(h, c, s->kind, s->sizeclass);
	return bitmap_get(h, p) & BIT_ALLOC;
}

/*
 * The empty run of zeroed objects becomes what the other one is, cleared as a
 * whole unless it is zero.  False if that is empty, too.
 */
COLD bool cache_clear_run(struct heap *h, struct cache *c, unsigned int kind,
			  unsigned int class)
{
	const size_t left = window_left(c, kind, class, RUN_AS_IS);
	struct source *from = &c->source[kind][class];
	struct run *run = c->window[kind][class].run;
	struct run *zeroed = &run[RUN_ZEROED], *as_is = &run[RUN_AS_IS];

	if (!left)
		return false;
	cache_set(h, c, kind, class);
	if (from->span->needzero && !is_hardened(h))
		memset((void *)as_is->next, 0, left);
	moves(h, c);
	from->unset[RUN_ZEROED] = from->unset[RUN_AS_IS];
	zeroed->next = as_is->next;
	from->end[RUN_ZEROED] = zeroed->end = as_is->next + left;
	as_is->next = as_is->end = from->end[RUN_AS_IS];
	if (!cache_sets_runs(h))
		from->unset[RUN_AS_IS] = as_is->next;
	moved(h, c);
	return true;
}

/*
 * What was freed of late is handed out before what is left of the runs: it is
 * in the processor's cache, and its bits need not be set by the window.  Runs
 * look empty until cache_resume_runs().
 */
void cache_pause_runs(struct cache *c, unsigned int kind, unsigned int class)
{
	struct run *run = c->window[kind][class].run;

	run[RUN_ZEROED].end = run[RUN_ZEROED].next;
	run[RUN_AS_IS].end = run[RUN_AS_IS].next;
}

/* Nothing that is kept can be had.  False if nothing waited. */
bool cache_resume_runs(struct cache *c, unsigned int kind, unsigned int class)
{
	const uintptr_t *end = c->source[kind][class].end;
	struct run *run = c->window[kind][class].run;

	if (run[RUN_ZEROED].end == end[RUN_ZEROED] &&
	    run[RUN_AS_IS].end == end[RUN_AS_IS])
		return false;
	run[RUN_ZEROED].end = end[RUN_ZEROED];
	run[RUN_AS_IS].end = end[RUN_AS_IS];
	return true;
}

/* Objects.  One of a run takes 20 instructions, one that is kept 48: so a
 * longer run comes alone. */
enum { SHORT_RUN = 16 };

/*
 * A run was short: keep some of the next objects that are free as well, at
 * most @max, as if they had been freed of late.
 */
static void gather(struct heap *h, struct cache *c, unsigned int kind,
		   unsigned int class, uint32_t max)
{
	struct span *s = c->source[kind][class].span;
	struct window *w = &c->window[kind][class];
	uint32_t n;

	/* As kgc_free(), no further than recycled[] reaches. */
	if (page_of(h, span_end(s)) > UINT32_MAX / (PAGE_SIZE / WORD_SIZE))
		return;
	n = bitmap_gather(h, s, &c->recycled[w->kept],
			  MIN(max, w->kept_max - w->kept));

	w->kept += n;
	c->nfree[class] -= n; /* whoever counts adds what is kept */
	span_count(h, s, n);
	pacer_add(h, n * s->size);
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

	cache_set(h, c, kind, class);
	cache_spill(h, c, kind, class, window_kept(w));
	while (!from->span || !(n = take_run(h, c, from->span, r, max))) {
		if (from->span)
			central_release(h, from->span);
		from->span = central_take(h, kind, class, c->slot);
		if (!from->span)
			return false;
	}
	from->unset[run_of(flags)] = cache_sets_runs(h) ? 0 : r->next;
	from->end[run_of(flags)] = r->end;
	if (n < SHORT_RUN && max > n)
		gather(h, c, kind, class, max - n);
	fill(h, c, r, class, n,
	     from->span->needzero && run_of(flags) == RUN_ZEROED &&
		     !is_hardened(h));
	return true;
}

/* --- what was freed of late --- */

/* Add what the window counted to the cache's counts, and end its lease. */
static void settle(const struct heap *h, struct cache *c, struct window *w,
		   unsigned int class)
{
	const uint32_t reused = window_reused(w);

	c->nfree[class] += reused;
	c->nmalloc[class] += reused;
	prof_return(h, c, w->lease * w->size);
	w->lease = w->leased = 0;
}

/* Objects: so much of a lease that ends unused is not missed by the profile. */
enum { LEASE_MAX = 256 };

/*
 * Let some kept objects of a window be reused: as many as the profile's next
 * sample is away.
 */
void cache_lease(const struct heap *h, struct cache *c, unsigned int kind,
		 unsigned int class)
{
	struct window *w = &c->window[kind][class];

	settle(h, c, w, class);
	w->lease = w->leased = prof_lease(h, c, w->size, LEASE_MAX);
}

/* Keep no longer the @n objects that were recycled first. */
void cache_spill(struct heap *h, struct cache *c, unsigned int kind,
		 unsigned int class, uint32_t n)
{
	struct window *w = &c->window[kind][class];
	uint32_t *kept = &c->recycled[w->kept_min];
	uint32_t i;

	settle(h, c, w, class);
	c->nfree[class] += n;
	for (i = 0; i < n; i++)
		central_drop_used(h, kind, class,
				  h->pages[kept[i] / (PAGE_SIZE / WORD_SIZE)]);
	w->kept -= n;
	memmove(kept, kept + n, window_kept(w) * sizeof(*kept));
}

static COLD void settle_slot(struct heap *h, struct cache *c)
{
	unsigned int kind, class;
	struct window *w;

	for (kind = 0; kind < NKINDS; kind++)
		for (class = 1; class < KGC_NCLASSES; class ++) {
			w = &c->window[kind][class];
			if (w->leased || window_kept(w))
				cache_spill(h, c, kind, class, window_kept(w));
			cache_set(h, c, kind, class);
		}
}

/*
 * The world is stopped: let every span count what it has, and the bits tell
 * what was handed out.
 */
void cache_settle(struct heap *h)
{
	unsigned int i;

	for (i = 0; i < h->nslots; i++)
		if (h->cache[i])
			settle_slot(h, h->cache[i]);
}

/* Take back what @r, of @s, holds; returns how many objects. */
static COLD uint32_t run_flush(struct heap *h, struct span *s, struct run *r,
			       uintptr_t end)
{
	const uint32_t n = (uint32_t)(end - r->next) / r->size;
	uintptr_t p;

	if (cache_sets_runs(h)) {
		for (p = r->next; p != end; p += r->size)
			bitmap_free(h, p);
		span_count(h, s, -n);
	}
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

	moves(h, c);
	n = run_flush(h, s, &w->run[RUN_ZEROED], from->end[RUN_ZEROED]) +
	    run_flush(h, s, &w->run[RUN_AS_IS], from->end[RUN_AS_IS]);
	moved(h, c);
	c->nmalloc[class] -= n;
	pacer_add(h, -(n * s->size));
	*from = (struct source){ .sample = from->sample, .lone = from->lone };
	central_release(h, s);
}

/* Take back what @c holds. */
COLD void cache_flush(struct heap *h, struct cache *c)
{
	unsigned int kind, class;

	settle_slot(h, c);
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

/* Was @p, of the small span @s, handed out and is not set allocated yet? */
NO_SANITIZE bool cache_handed_out(const struct heap *h, const struct span *s,
				  uintptr_t p)
{
	const struct source *from;
	const struct cache *c;
	int i;

	if (s->where != SPAN_CACHED || s->owner >= h->nslots ||
	    cache_sets_runs(h))
		return false;
	c = h->cache[s->owner];
	if (!c)
		return false;
	from = &c->source[s->kind][s->sizeclass];
	for (i = 0; i < NRUNS; i++)
		if (from->span == s &&
		    p - from->unset[i] <
			    c->window[s->kind][s->sizeclass].run[i].next -
				    from->unset[i])
			return true;
	return false;
}

/*
 * Is @p in a window of another slot than @slot, which runs, or was it until
 * now?  The caller saw it set allocated before.  Who was handed @p out, and
 * gave it to the caller, had moved the run's start beyond it; a start that is
 * older than others that are read is no harm, since only what @moves tells of
 * makes a run longer.
 */
COLD NO_SANITIZE bool cache_other_holds(const struct heap *h,
					const struct span *s, uintptr_t p,
					unsigned int slot)
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
