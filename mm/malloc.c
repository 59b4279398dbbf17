// SPDX-License-Identifier: MIT
/*
 * malloc.c - allocate
 *
 * The fast path pins, takes the next object of a run and unpins.  It has one
 * test for all that it cannot do: a run that is empty.  Functions that it goes
 * on to are called last, so that it needs no frame.  When the run is used up,
 * the next object is one that was freed of late (free.c).
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

enum { ZERO_INLINE = 128 }; /* bytes; from there on a call is no loss */

/* @p, its @size bytes, whole words, cleared. */
static inline void *zero(void *p, size_t size)
{
	volatile uintptr_t *word = p; /* or it would be made a call */

	if (size > ZERO_INLINE)
		return memset(p, 0, size);
	for (size /= WORD_SIZE; size; size--)
		*word++ = 0;
	return p;
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

/*
 * An object of @w that was freed of late, handed out again, and not zeroed;
 * NULL if none is kept or the profile has to be asked first.
 */
static inline void *reuse(const struct heap *h, const struct cache *c,
			  struct window *w)
{
	const unsigned int n = w->kept;
	uintptr_t at;
	bitword *word;

	if (unlikely(n == w->kept_min || !w->lease))
		return NULL;
	w->lease--;
	w->kept = n - 1;
	at = c->recycled[n - 1];
	word = bits_at(h, at);
	bits_put(word, at, bits_get(word, at) ^ w->change);
	return (void *)(h->arena.start + at * WORD_SIZE);
}

/* From the other run.  Who wants zeroes makes it his, and clears all of it. */
static void *take_other(struct heap *h, struct cache *c, unsigned int kind,
			unsigned int class, unsigned int flags)
{
	struct run *zeroed = &c->window[kind][class].run[RUN_ZEROED];

	if (!(flags & KGC_NOZERO) && !cache_clear_run(h, c, kind, class))
		return NULL;
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
	if (!w->lease && window_kept(w))
		cache_lease(h, c, kind, class);
	p = reuse(h, c, w);
	if (p)
		return flags & KGC_NOZERO ? p : zero(p, w->size);
	if (cache_resume_runs(c, kind, class) &&
	    (p = take(&w->run[run_of(flags)])))
		return p;
	return take_other(h, c, kind, class, flags);
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

/* The same if one is due; else what can be taken after all, for who stopped for
 * another reason. */
static COLD ALLOCATES void *take_lone(struct heap *h, struct cache *c,
				      unsigned int class, size_t size,
				      unsigned int flags)
{
	const unsigned int kind = kind_of(flags);
	void *p = NULL;

	if (prof_lone_is_due(h, c, &c->source[kind][class],
			     h->classes.of[class].size))
		p = alloc_lone(h, c, size, kind);
	return p ? p : take_small(h, c, class, flags);
}

/* A small object, from a new run if need be; NULL if there is no memory.
 * Pinned. */
static ALLOCATES void *take_or_refill(struct heap *h, struct cache *c,
				      size_t size, unsigned int flags)
{
	const unsigned int class = sizeclass_of(&h->classes, size);
	const unsigned int kind = kind_of(flags);
	struct run *r = &c->window[kind][class].run[run_of(flags)];
	void *p = take_small(h, c, class, flags);
	size_t bytes;

	if (!p && unlikely(h->lones.every))
		p = take_lone(h, c, class, size, flags);
	if (p || !cache_refill(h, c, kind, class, flags))
		return p;
	bytes = run_left(r);
	p = take(r);
	if (!(flags & KGC_NOPROFILE))
		prof_run(h, c, &c->source[kind][class], (uintptr_t)p, r->size,
			 bytes);
	return p;
}

/* A small object by way of a new run; NULL if there is no memory. */
static COLD ALLOCATES void *alloc_small(struct heap *h, size_t size,
					unsigned int flags)
{
	struct cache *c = h->cache[kgc_host_pin()];
	void *p = take_or_refill(h, c, size, flags);

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
	return flags & KGC_NOZERO ? p : zero(p, size);
}

/*
 * kgc_alloc() when @c has nothing at hand, or has to ask the profile.  Pinned,
 * and so it stays, if there is no reason to collect.
 */
static NOINLINE ALLOCATES void *alloc_run(size_t size, unsigned int flags,
					  struct cache *c)
{
	struct heap *h = &heap;
	void *p = NULL;

	context_check(); /* a host without inline pins has one word a slot */
	if ((char *)c != kgc_nobody && !h->oom.size && !h->pacer.stress &&
	    !pacer_is_due(h))
		p = take_or_refill(h, c, size, flags);
	if (unlikely(!p))
		return alloc_unpinned(size, flags);
	if (unlikely(kgc_host_unpin_due()))
		kgc_host_unpin_rest();
	return p;
}

/* kgc_alloc() when @r, of @c, is empty.  Pinned. */
static NOINLINE ALLOCATES void *alloc_next(size_t size, unsigned int flags,
					   struct cache *c, struct run *r)
{
	struct window *w =
		(struct window *)((uintptr_t)r & -(uintptr_t)WINDOW_SIZE);
	void *p = reuse(&heap, c, w);

	if (unlikely(!p))
		return alloc_run(size, flags, c);
	size = w->size;
	if (unlikely(kgc_host_unpin_due()))
		return unpin_for(p, size, flags);
	return flags & KGC_NOZERO ? p : zero(p, size);
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
		return unpin_for((void *)p, 0, KGC_NOZERO);
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
