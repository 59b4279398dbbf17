// SPDX-License-Identifier: MIT
/*
 * malloc.c - allocate, free, resize, look up
 *
 * The fast path of an allocation pins, takes the next object of a run and
 * unpins; that of a free clears the object's bit and notes where it is, for an
 * allocation that finds its run used up.  Each has one test for all that it
 * cannot do: a run that is empty, a word that is not below heap.quick.
 * Functions that it goes on to are called last, so that it needs no frame.
 *
 * All else is alloc_slow(): attach the slot, collect if that is due, find a
 * run or a span, and, when there is no memory, first finish the sweep and
 * then collect before giving up.
 *
 * Locking: none here; the pinned slot's cache, and object.c's rules.
 */
#include "internal.h"

/* --- small objects ------------------------------------------------------- */

static inline unsigned int kind_of(unsigned int flags)
{
	return (flags & (KGC_NOSCAN | KGC_UNCOLLECTABLE)) |
	       (flags & FLAG_TYPED ? KIND_TYPED : 0);
}

static inline uintptr_t rotate_right(uintptr_t v, unsigned int n)
{
	const unsigned int mask = WORD_SIZE * 8 - 1;

	return v >> (n & mask) | v << (-n & mask);
}

/* The next object of @r, or NULL. */
static inline void *take(struct run *r)
{
	const uintptr_t p = r->next;

	if (unlikely(p == r->end))
		return NULL;
	r->next = p + r->size;
	return (void *)p;
}

/* The four bits at word @at of the arena, in the lowest bits of each group. */
static inline bitword *bits_at(const struct heap *h, uintptr_t at)
{
	return (bitword *)h->arena.start + (intptr_t) ~(at / BITS_K);
}

static inline uintptr_t bits_get(bitword *word, uintptr_t at)
{
	return rotate_right(atomic_load_explicit(word, memory_order_relaxed),
			    at % BITS_K);
}

static inline void bits_put(bitword *word, uintptr_t at, uintptr_t bits)
{
	atomic_store_explicit(word, rotate_right(bits, -(at % BITS_K)),
			      memory_order_relaxed);
}

/*
 * An object of @w that was freed of late, handed out again, and not zeroed;
 * NULL if none is kept or a sample is due.
 */
static inline void *reuse(const struct heap *h, struct cache *c,
			  struct window *w)
{
	const unsigned int n = w->nrecycled;
	uintptr_t at;
	bitword *word;

	if (unlikely(!n)) /* of kgc_nobody, no more may be read */
		return NULL;
	c->next_sample -= w->size;
	if (unlikely(c->next_sample < 0)) {
		c->next_sample += w->size;
		return NULL;
	}
	w->nrecycled = n - 1;
	at = w->recycled[n - 1];
	word = bits_at(h, at);
	bits_put(word, at, bits_get(word, at) ^ w->change);
	return (void *)(h->arena.start + at * WORD_SIZE);
}

/* From the other run.  Who wants zeroes makes it his, and clears all of it. */
static void *take_other(const struct heap *h, struct cache *c, struct window *w,
			unsigned int kind, unsigned int class,
			unsigned int flags)
{
	struct run *zeroed = &w->run[RUN_ZEROED], *r = &w->run[RUN_AS_IS];

	if (flags & KGC_NOZERO || r->next == r->end)
		return flags & KGC_NOZERO ? take(zeroed) : NULL;
	if (c->source[kind][class].span->needzero && !is_hardened(h))
		memset((void *)r->next, 0, run_left(r));
	cache_moves(h, c);
	zeroed->next = r->next;
	zeroed->end = r->end;
	r->next = r->end;
	cache_moved(h, c);
	return take(zeroed);
}

/* A small object, of what the slot has; or NULL.  Pinned. */
static void *take_small(struct heap *h, struct cache *c, unsigned int class,
			unsigned int flags)
{
	const unsigned int kind = kind_of(flags);
	struct window *w = &c->window[kind][class];
	void *p = take(&w->run[run_of(flags)]);

	if (p)
		return p;
	p = reuse(h, c, w);
	if (p)
		return flags & KGC_NOZERO ? p : memset(p, 0, w->size);
	return take_other(h, c, w, kind, class, flags);
}

/* A large object was allocated. */
static void count_large(struct heap *h, struct cache *c, const struct span *s)
{
	c->nmalloc[0]++;
	c->large_alloc += s->size;
	pacer_add(h, s->size);
	if (s->kind == KIND_NOGC)
		h->pageheap.nogc_bytes += s->size;
}

/* A small object between guard pages; NULL if there is to be none. */
static COLD ALLOCATES void *alloc_lone(struct heap *h, struct cache *c,
				       size_t size, unsigned int kind)
{
	const struct span *s = lone_new(h, c, kind, size);

	if (!s)
		return NULL;
	count_large(h, c, s);
	return (void *)span_base(s);
}

/* A small object by way of a new run; NULL if there is no memory. */
static COLD ALLOCATES void *alloc_small(struct heap *h, size_t size,
					unsigned int flags)
{
	const unsigned int class = sizeclass_of(&h->classes, size);
	const unsigned int kind = kind_of(flags);
	struct cache *c = h->cache[kgc_host_pin()];
	struct run *r = &c->window[kind][class].run[run_of(flags)];
	void *p = take_small(h, c, class, flags);
	size_t bytes;

	if (!p && unlikely(h->lones.every)) {
		if (prof_lone_is_due(h, c, &c->source[kind][class], r->size))
			p = alloc_lone(h, c, size, kind);
		if (!p)
			p = take_small(h, c, class, flags);
	}
	if (!p && cache_refill(h, c, kind, class, flags)) {
		bytes = run_left(r);
		p = take(r);
		if (!(flags & KGC_NOPROFILE))
			prof_run(h, c, &c->source[kind][class], (uintptr_t)p,
				 r->size, bytes);
	}
	if (p && is_hardened(h))
		harden_new(h, p, size, flags);
	kgc_host_unpin();
	return p;
}

/* --- large objects ------------------------------------------------------- */

/* A span of its own; NULL if there is no memory. */
static COLD ALLOCATES void *alloc_large(struct heap *h, size_t size,
					size_t align, unsigned int flags)
{
	const unsigned int kind = flags & KGC_NOGC ? KIND_NOGC : kind_of(flags);
	const size_t size_asked = size;
	struct cache *c;
	struct span *s;
	bool zero;
	void *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	c = h->cache[kgc_host_pin()];
	s = span_new_large(h, kind,
			   (MAX(size, 1) + PAGE_SIZE - 1) >> PAGE_SHIFT, align);
	if (!s) {
		kgc_host_unpin();
		return NULL;
	}
	p = (void *)s->start;
	size = s->size;
	zero = s->needzero && !(flags & KGC_NOZERO);
	count_large(h, c, s);
	if (!(flags & KGC_NOPROFILE) && kind != KIND_NOGC)
		prof_large(h, c, s->start, size);
	if (is_hardened(h) && kind != KIND_NOGC) {
		harden_new(h, p, size_asked, flags);
		size = harden_size(s, s->start);
	}
	kgc_host_unpin();
	if (zero) /* not pinned: this may take long */
		memset(p, 0, size);
	return p;
}

static COLD ALLOCATES void *alloc_once(struct heap *h, size_t size,
				       size_t align, unsigned int flags)
{
	if (size <= SMALL_MAX && align <= 1 && !(flags & KGC_NOGC))
		return alloc_small(h, size, flags);
	return alloc_large(h, size, align, flags);
}

/*
 * Once until an allocation as large succeeds again, and once a second: a
 * program that lives at its limit would say little else.
 */
static bool oom_is_news(struct heap *h, size_t size)
{
	const uint64_t now = kgc_host_nanotime();

	if (h->oom.size && size >= h->oom.size)
		return false;
	h->oom.size = size;
	if (h->oom.said_ns && now - h->oom.said_ns < 1000000000) {
		h->oom.unsaid++;
		return false;
	}
	h->oom.said_ns = now;
	return true;
}

/*
 * Say it; and, in the model's words, once that the host has address space
 * only where the bitmap does not reach.
 */
static COLD void *out_of_memory(struct heap *h, size_t size)
{
	unsigned int unsaid;

	if (h->pageheap.refused == REFUSED) {
		h->pageheap.refused = REFUSED_TOLD;
		kgc_printf("runtime: memory allocated by OS not in usable "
			   "range\n");
	}
	if (!oom_is_news(h, size))
		return NULL;
	cycle_failed(h, size);
	unsaid = atomic_exchange(&h->oom.unsaid, 0);
	if (unsaid)
		kgc_printf("gc: out of memory: %u times more, not said\n",
			   unsaid);
	kgc_printf("gc: out of memory: %lu bytes asked for, %lu KiB of heap, "
		   "%lu KiB in use\n",
		   (unsigned long)size, (unsigned long)(h->pageheap.sys >> 10),
		   (unsigned long)(h->pageheap.inuse >> 10));
	return NULL;
}

/* Once, and if need be after all that mm/ can do for it. */
static COLD ALLOCATES void *alloc_hard(struct heap *h, size_t size,
				       size_t align, unsigned int flags,
				       bool may_collect)
{
	void *p = alloc_once(h, size, align, flags);

	if (likely(p) || size > h->arena.reach)
		return p;
	sweep_all(h);
	p = alloc_once(h, size, align, flags);
	if (!p && may_collect && pacer_is_on(h) && !pacer_is_in_vain(h)) {
		collect(h, true);
		p = alloc_once(h, size, align, flags);
	}
	return p;
}

/* Everything that is not the fast path.  @align above 1: a large object. */
static COLD ALLOCATES void *alloc_slow(struct heap *h, size_t size,
				       size_t align, unsigned int flags)
{
	const bool may_collect =
		!(flags & KGC_NOCOLLECT) && kgc_host_context() == KGC_TASK;
	unsigned int tries = 0;
	void *p;

	kgc_assert(kind_of(flags) < NKINDS);
	if (!h->ready)
		return NULL;
	if (!cache_attach(h))
		return out_of_memory(h, size);
	pacer_count(h);
	if (may_collect && pacer_is_due(h))
		collect(h, false);
	do
		p = alloc_hard(h, size, align, flags, may_collect);
	while (unlikely(!p) && may_collect && h->oom.ask &&
	       h->oom.ask(h, size, tries++));
	if (unlikely(!p))
		return out_of_memory(h, size);
	if (unlikely(h->oom.size) && size >= h->oom.size)
		h->oom.size = 0;
	return p;
}

static COLD ALLOCATES void *alloc_any(struct heap *h, size_t size,
				      unsigned int flags)
{
	struct cache *c;
	void *p = NULL;

	if (likely(size <= SMALL_MAX && !(flags & KGC_NOGC))) {
		c = h->cache[kgc_host_pin()];
		if (likely(c))
			p = take_small(h, c, sizeclass_of(&h->classes, size),
				       flags);
		if (p && is_hardened(h))
			harden_new(h, p, size, flags);
		kgc_host_unpin();
		if (likely(p))
			return p;
	}
	return alloc_slow(h, size, 1, flags);
}

/*
 * A word more, for a canary or a fence, if the heap has them.  SIZE_MAX: too
 * much.
 */
static size_t guarded_size(const struct heap *h, size_t size,
			   unsigned int flags)
{
	enum { ALIGNED = 16 }; /* as the classes from there on are */

	if (!is_guarded(h) || (is_hardened(h) && flags & KGC_NOGC))
		return size;
	if (size > SIZE_MAX / 2)
		return SIZE_MAX;
	size = round_up(MAX(size, 1), WORD_SIZE) + WORD_SIZE;
	return KGC_FENCES ? MAX(size, ALIGNED) : size;
}

/* As kgc_alloc(), from @h. */
COLD ALLOCATES void *heap_alloc(struct heap *h, size_t size, unsigned int flags)
{
	void *p = alloc_any(h, guarded_size(h, size, flags), flags);

	return fenced(h, p, flags & FLAG_TYPED ? size - WORD_SIZE : size);
}

/* At level 3: after every operation. */
static void check_operation(void)
{
	if (KGC_CHECK >= 3 && kgc_host_context() == KGC_TASK && kgc_check())
		kgc_host_panic("gc: check %d: the heap is damaged", 3);
}

/* kgc_alloc() of more than the fast path takes. */
static COLD NOINLINE ALLOCATES void *alloc_other(size_t size,
						 unsigned int flags)
{
	void *p;

	context_check(); /* a handler's slot has no windows */
	p = heap_alloc(&heap, size, flags);
	check_operation();
	return p;
}

static COLD NOINLINE ALLOCATES void *alloc_unpinned(size_t size,
						    unsigned int flags)
{
	kgc_host_unpin();
	return alloc_other(size, flags);
}

/* What unpin has to do more, before @p of @size is returned. */
static COLD NOINLINE void *unpin_for(void *p, size_t size, unsigned int flags)
{
	kgc_host_unpin_rest();
	return flags & KGC_NOZERO ? p : memset(p, 0, size);
}

/* kgc_alloc() when @r, of @c, is empty.  Pinned. */
static NOINLINE ALLOCATES void *alloc_next(size_t size, unsigned int flags,
					   struct cache *c, struct run *r)
{
	struct window *w =
		(struct window *)((uintptr_t)r & -(uintptr_t)WINDOW_SIZE);
	void *p = reuse(&heap, c, w);

	if (unlikely(!p))
		return alloc_unpinned(size, flags);
	size = w->size;
	if (unlikely(kgc_host_unpin_due()))
		return unpin_for(p, size, flags);
	return flags & KGC_NOZERO ? p : memset(p, 0, size);
}

ALLOCATES void *kgc_alloc(size_t size, unsigned int flags)
{
	struct cache *c;
	struct run *r;
	uintptr_t p;

	if (unlikely(size > QUICK_MAX || flags > QUICK_FLAGS) ||
	    is_guarded(&heap))
		return alloc_other(size, flags);
	c = kgc_host_pin_local();
	r = (struct run *)((char *)c->window +
			   c->run_at[(((unsigned int)size + 7) & ~7u) | flags]);
	p = r->next;
	if (unlikely(p == r->end))
		return alloc_next(size, flags, c, r);
	r->next = p + r->size;
	if (unlikely(kgc_host_unpin_due()))
		return unpin_for((void *)p, 0, flags);
	return (void *)p;
}

ALLOCATES void *kgc_alloc_array(size_t n, size_t size, unsigned int flags)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return kgc_alloc(bytes, flags);
}

/*
 * Spans begin at pages, so the objects of a class whose size is a multiple of
 * @align are aligned to it, up to a page.
 */
static COLD ALLOCATES void *alloc_in_class(struct heap *h, size_t size,
					   unsigned int class,
					   unsigned int flags)
{
	const size_t have = h->classes.of[class].size;
	void *p;

	if (!is_guarded(h))
		return kgc_alloc(have, flags);
	p = kgc_alloc(have - WORD_SIZE, flags);
	if (p && is_hardened(h))
		harden_set_size(span_of(h, (uintptr_t)p), (uintptr_t)p, size);
	return fenced(h, p, size);
}

COLD ALLOCATES void *kgc_alloc_aligned(size_t size, size_t align,
				       unsigned int flags)
{
	const size_t need = guarded_size(&heap, size, flags);
	struct heap *h = &heap;
	unsigned int class;

	if (!align || align & (align - 1) || align > MIB)
		return NULL;
	if (align <= 8 || flags & KGC_NOGC)
		return align <= PAGE_SIZE
			       ? kgc_alloc(size, flags)
			       : fenced(h, alloc_slow(h, need, align, flags),
					size);
	if (need <= SMALL_MAX && align <= PAGE_SIZE)
		for (class = sizeclass_of(&h->classes, need);
		     class < KGC_NCLASSES; class ++)
			if (!(h->classes.of[class].size & (align - 1)))
				return alloc_in_class(h, size, class, flags);
	return fenced(h, alloc_slow(h, need, MAX(align, PAGE_SIZE), flags),
		      size);
}

/* --- free --- */

static COLD ALLOCATES void free_large(struct heap *h, struct cache *c,
				      struct span *s)
{
	if (unlikely(span_is_lone(s)))
		lone_note_free(s);
	c->nfree[0]++;
	c->large_free += s->size;
	pacer_add(h, -s->size);
	if (s->kind == KIND_NOGC)
		h->pageheap.nogc_bytes -= s->size;
	s->nused = 0;
	s->where = SPAN_LEAVING;
	span_free_pages(h, s);
}

/* As kgc_free(), into @h; the caller's slot has a cache. */
COLD ALLOCATES void heap_free(struct heap *h, void *p)
{
	struct cache *c = h->cache[kgc_host_pin()];
	const struct object o = object_of(h, p, "free");
	const struct bucket *site = NULL;

	if (is_hardened(h)) {
		harden_check(h, &o, "free");
		site = object_site(h, o.base);
	}
	if (unlikely(bitmap_get(h, o.base) & BIT_SPECIAL))
		special_forget(h, o.base, o.span->size);
	if (unlikely(!o.span->sizeclass)) {
		free_large(h, c, o.span);
	} else if (is_hardened(h)) {
		harden_free(h, c, &o, site);
	} else {
		c->nfree[o.span->sizeclass]++;
		bitmap_free(h, o.base);
		central_drop_used(h, o.span->kind, o.span->sizeclass, o.span);
	}
	kgc_host_unpin();
}

/* Keep the object at word @at of the arena, of @w; false if none is kept. */
static inline bool keep(struct heap *h, struct cache *c, struct window *w,
			const struct span *s, uintptr_t at)
{
	if (at >= atomic_load_explicit(&h->quick, memory_order_relaxed) ||
	    !w->max)
		return false;
	if (w->nrecycled == w->max)
		cache_spill(h, c, s->kind, s->sizeclass, w->max / 2);
	w->recycled[w->nrecycled++] = at;
	w->nfreed++;
	return true;
}

/*
 * What heap_free() comes to for the base of a small object of which nothing is
 * recorded.  False, and nothing is done, if @p is anything else.
 */
static COLD bool free_small(struct heap *h, struct cache *c, uintptr_t p)
{
	const uintptr_t off = p - h->arena.start;
	unsigned int class;
	struct window *w;
	struct span *s;

	if (is_hardened(h) || off >= h->arena.used ||
	    !h->layout[off >> PAGE_SHIFT])
		return false;
	s = h->pages[off >> PAGE_SHIFT];
	if (off % WORD_SIZE ||
	    (bitmap_get(h, p) & (BIT_ALLOC | BIT_SPECIAL)) != BIT_ALLOC ||
	    !sweep_is_done(h, s) || cache_window_holds(c, s, p) ||
	    (h->shared && cache_other_holds(h, s, p, c->slot)))
		return false;
	class = s->sizeclass;
	w = &c->window[s->kind][class];
	bitmap_free(h, p);
	if (!keep(h, c, w, s, off / WORD_SIZE)) {
		c->nfree[class]++;
		central_drop_used(h, s->kind, class, s);
	}
	return true;
}

/* kgc_free() of what the fast path does not take. */
static COLD NOINLINE ALLOCATES void free_other(void *p)
{
	struct heap *h = &heap;
	bool done;

	context_check();
	if (!p || !cache_attach(h))
		return;
	done = free_small(h, h->cache[kgc_host_pin()], (uintptr_t)p);
	kgc_host_unpin();
	if (!done)
		heap_free(h, p);
	check_operation();
}

static COLD NOINLINE ALLOCATES void free_unpinned(void *p)
{
	kgc_host_unpin();
	free_other(p);
}

/*
 * An address that is no word's has high bits when it is rotated, and so is not
 * below heap.quick.
 */
void kgc_free(void *p)
{
	const struct heap *h = &heap;
	struct cache *const c = kgc_host_pin_local();
	const uintptr_t at = rotate_right((uintptr_t)p - h->arena.start,
					  __builtin_ctz(WORD_SIZE));
	uintptr_t bits;
	struct window *w;
	bitword *word;
	unsigned int n;

	if (unlikely(at >=
		     atomic_load_explicit(&h->quick, memory_order_relaxed)))
		return free_unpinned(p);
	w = (struct window
		     *)((char *)c->window +
			c->window_at[h->layout[at / (PAGE_SIZE / WORD_SIZE)] &
				     LAYOUT_WINDOW]);
	n = w->nrecycled;
	if (unlikely(n == w->max ||
		     (KGC_CHECK >= 1 &&
		      (run_holds(&w->run[RUN_ZEROED], (uintptr_t)p) ||
		       run_holds(&w->run[RUN_AS_IS], (uintptr_t)p)))))
		return free_unpinned(p);
	word = bits_at(h, at);
	bits = bits_get(word, at);
	if (unlikely((bits & (BIT_ALLOC | BIT_SPECIAL)) != BIT_ALLOC))
		return free_unpinned(p);
	bits_put(word, at, (bits - BIT_ALLOC) | BIT_NOSCAN);
	w->recycled[n] = at;
	w->nrecycled = n + 1;
	w->nfreed++;
	if (unlikely(kgc_host_unpin_due()))
		kgc_host_unpin_rest();
}

/* --- resize --- */

/*
 * Stay in place when the block is large enough and not twice too large.  What
 * lies beyond @size is cleared then, so that growing again finds zeroes.
 */
static bool fits(size_t size, size_t have)
{
	return size <= have && (size > have / 2 || have <= 32);
}

/* Give the object @o, of @have bytes, @size in place; false if it must move. */
static COLD bool resize_hardened(const struct object *o, size_t have,
				 size_t size)
{
	if (!harden_fits(o->span, size) ||
	    !fits(size, span_usable(o->span) - WORD_SIZE))
		return false;
	harden_set_size(o->span, o->base, size);
	have = round_up(have, WORD_SIZE);
	if (size > have)
		memset((char *)o->base + have, 0,
		       round_up(size, WORD_SIZE) - have);
	else
		memset((char *)o->base + size, 0,
		       round_up(MAX(size, 1), WORD_SIZE) - size);
	return true;
}

COLD ALLOCATES void *kgc_realloc(void *p, size_t size)
{
	struct object o;
	size_t have, usable;
	unsigned int kind;
	void *to;

	if (!p)
		return kgc_alloc(size, 0);
	if (!cache_attach(&heap))
		return NULL;
	kgc_host_pin();
	o = object_of(&heap, p, "realloc");
	if (is_hardened(&heap))
		harden_check(&heap, &o, "realloc");
	usable = span_usable(o.span);
	have = object_size(&heap, o.span, o.base);
	kind = o.span->kind;
	kgc_host_unpin();
	if (is_hardened(&heap) && kind != KIND_NOGC) {
		if (resize_hardened(&o, have, size))
			return p;
	} else if (fits(size, have)) {
		memset((char *)p + size, 0, have - size);
		return fenced(&heap, p, size);
	}
	to = kind == KIND_TYPED ? typed_like(&heap, p, usable, size)
				: kgc_alloc(size, kind);
	if (!to)
		return NULL;
	memcpy(to, p, MIN(size, have));
	kgc_free(p);
	return to;
}

/* --- ask --- */

size_t kgc_usable_size(const void *p)
{
	struct object o;
	size_t size;

	if (!p || !cache_attach(&heap))
		return 0;
	kgc_host_pin();
	o = object_of(&heap, p, "usable_size");
	if (is_hardened(&heap))
		harden_check(&heap, &o, "usable_size");
	size = object_size(&heap, o.span, o.base);
	kgc_host_unpin();
	return size;
}

void *kgc_lookup(const void *p, size_t *size)
{
	struct object o;
	void *base = NULL;

	if (!cache_attach(&heap))
		return NULL;
	heap.cache[kgc_host_pin()]->nlookup++;
	if (object_find(&heap, (uintptr_t)p, &o)) {
		base = (void *)o.base;
		if (size)
			*size = object_size(&heap, o.span, o.base);
	}
	kgc_host_unpin();
	return base;
}

int kgc_flags(const void *p)
{
	struct object o;
	int flags = -KGC_EINVAL;

	if (!cache_attach(&heap))
		return flags;
	kgc_host_pin();
	if (object_find(&heap, (uintptr_t)p, &o))
		flags = (int)kind_flags(o.span->kind);
	kgc_host_unpin();
	return flags;
}

/* --- copies --- */

ALLOCATES void *kgc_memdup(const void *p, size_t size)
{
	void *to = kgc_alloc(size, KGC_NOSCAN | KGC_NOZERO);

	return to ? memcpy(to, p, size) : NULL;
}

ALLOCATES char *kgc_strdup(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return kgc_memdup(s, end - s + 1);
}
