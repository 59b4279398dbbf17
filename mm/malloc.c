// SPDX-License-Identifier: MIT
/*
 * malloc.c - allocate, free, resize, look up
 *
 * The fast path of an allocation pins, takes the next object of a window and
 * unpins.  All else is alloc_slow(): attach the slot, collect if that is due,
 * find a window or a span, and, when there is no memory, first finish the
 * sweep and then collect before giving up.
 *
 * Locking: none here; the pinned slot's cache, and object.c's rules.
 */
#include "internal.h"

#define KIND_FLAGS (KGC_NOSCAN | KGC_UNCOLLECTABLE | KIND_TYPED)

/* The next object of @w, zeroed if that is wanted; NULL if it is empty. */
static inline void *take(struct window *w, unsigned int flags)
{
	const uintptr_t p = w->next;

	if (unlikely(p == w->end))
		return NULL;
	w->next = p + w->size;
	if (unlikely(w->dirty) && !(flags & KGC_NOZERO))
		memset((void *)p, 0, w->size);
	return (void *)p;
}

static inline struct window *window_for(struct heap *h, struct cache *c,
					size_t size, unsigned int flags)
{
	return &c->window[flags & KIND_FLAGS][sizeclass_of(&h->classes, size)];
}

/* A small object by way of a new window; NULL if there is no memory. */
static ALLOCATES void *alloc_small(struct heap *h, size_t size,
				   unsigned int flags)
{
	const unsigned int class = sizeclass_of(&h->classes, size);
	struct cache *c = h->cache[kgc_host_pin()];
	struct window *w = window_for(h, c, size, flags);
	void *p = take(w, flags);
	size_t bytes;

	if (!p && cache_refill(h, c, flags & KIND_FLAGS, class, flags)) {
		bytes = window_left(w);
		p = take(w, flags);
		if (!(flags & KGC_NOPROFILE))
			prof_window(h, c, w, (uintptr_t)p, bytes);
	}
	kgc_host_unpin();
	return p;
}

/* A large object was allocated. */
static void count_large(struct heap *h, struct cache *c, const struct span *s)
{
	c->nmalloc[0]++;
	c->large_alloc += s->size;
	atomic_fetch_add_explicit(&h->pacer.allocated, s->size,
				  memory_order_relaxed);
	if (s->kind == KIND_NOGC)
		h->pageheap.nogc_bytes += s->size;
}

/* A span of its own; NULL if there is no memory. */
static ALLOCATES void *alloc_large(struct heap *h, size_t size, size_t align,
				   unsigned int flags)
{
	const unsigned int kind =
		flags & KGC_NOGC ? KIND_NOGC : flags & KIND_FLAGS;
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
	kgc_host_unpin();
	if (zero) /* not pinned: this may take long */
		memset(p, 0, size);
	return p;
}

static ALLOCATES void *alloc_once(struct heap *h, size_t size, size_t align,
				  unsigned int flags)
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
static void *out_of_memory(struct heap *h, size_t size)
{
	unsigned int unsaid;

	if (h->pageheap.refused == REFUSED) {
		h->pageheap.refused = REFUSED_TOLD;
		kgc_printf("runtime: memory allocated by OS not in usable "
			   "range\n");
	}
	if (!oom_is_news(h, size))
		return NULL;
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

/* Everything that is not the fast path.  @align above 1: a large object. */
static ALLOCATES void *alloc_slow(struct heap *h, size_t size, size_t align,
				  unsigned int flags)
{
	const bool may_collect =
		!(flags & KGC_NOCOLLECT) && kgc_host_context() == KGC_TASK;
	void *p;

	kgc_assert((flags & KIND_FLAGS) < NKINDS);
	if (!h->ready)
		return NULL;
	if (!cache_attach(h))
		return out_of_memory(h, size);
	pacer_count(h);
	if (may_collect && pacer_is_due(h))
		collect(h, false);
	p = alloc_once(h, size, align, flags);
	if (unlikely(!p) && size <= h->arena.reach) {
		sweep_all(h);
		p = alloc_once(h, size, align, flags);
		if (!p && may_collect && pacer_is_on(h)) {
			collect(h, true);
			p = alloc_once(h, size, align, flags);
		}
	}
	if (unlikely(!p))
		return out_of_memory(h, size);
	if (unlikely(h->oom.size) && size >= h->oom.size)
		h->oom.size = 0;
	return p;
}

/* As kgc_alloc(), from @h. */
ALLOCATES inline void *heap_alloc(struct heap *h, size_t size,
				  unsigned int flags)
{
	struct window *w;
	struct cache *c;
	void *p = NULL;

	if (likely(size <= SMALL_MAX && !(flags & KGC_NOGC))) {
		c = h->cache[kgc_host_pin()];
		if (likely(c)) {
			w = window_for(h, c, size, flags);
			if (w->nrecycled)
				p = cache_reuse(h, c, flags & KIND_FLAGS,
						sizeclass_of(&h->classes, size),
						flags);
			if (!p)
				p = take(w, flags);
		}
		kgc_host_unpin();
		if (likely(p))
			return p;
	}
	return alloc_slow(h, size, 1, flags);
}

/* At level 3: after every operation. */
static void check_operation(void)
{
	if (KGC_CHECK >= 3 && kgc_host_context() == KGC_TASK && kgc_check())
		kgc_host_panic("gc: check %d: the heap is damaged", 3);
}

ALLOCATES void *kgc_alloc(size_t size, unsigned int flags)
{
	void *p = heap_alloc(&heap, size, flags);

	check_operation();
	return p;
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
ALLOCATES void *kgc_alloc_aligned(size_t size, size_t align, unsigned int flags)
{
	struct heap *h = &heap;
	unsigned int class;

	if (!align || align & (align - 1) || align > MIB)
		return NULL;
	if (align <= 8 || flags & KGC_NOGC)
		return align <= PAGE_SIZE ? kgc_alloc(size, flags)
					  : alloc_slow(h, size, align, flags);
	if (size <= SMALL_MAX && align <= PAGE_SIZE)
		for (class = sizeclass_of(&h->classes, size);
		     class < KGC_NCLASSES; class ++)
			if (!(h->classes.of[class].size & (align - 1)))
				return kgc_alloc(h->classes.of[class].size,
						 flags);
	return alloc_slow(h, size, MAX(align, PAGE_SIZE), flags);
}

/* --- free --- */

static void free_large(struct heap *h, struct cache *c, struct span *s)
{
	c->nfree[0]++;
	c->large_free += s->size;
	atomic_fetch_sub_explicit(&h->pacer.allocated, s->size,
				  memory_order_relaxed);
	if (s->kind == KIND_NOGC)
		h->pageheap.nogc_bytes -= s->size;
	s->nused = 0;
	s->where = SPAN_LEAVING;
	span_free_pages(h, s);
}

/* As kgc_free(), into @h; the caller's slot has a cache. */
void heap_free(struct heap *h, void *p)
{
	struct cache *c = h->cache[kgc_host_pin()];
	const struct object o = object_of(h, p, "free");

	if (unlikely(bitmap_get(h, o.base) & BIT_SPECIAL))
		special_forget(h, o.base, o.span->size);
	if (likely(o.span->sizeclass)) {
		c->nfree[o.span->sizeclass]++;
		c->freed += o.span->size;
		bitmap_free(h, o.base);
		central_drop_used(h, o.span->kind, o.span->sizeclass, o.span);
	} else {
		free_large(h, c, o.span);
	}
	kgc_host_unpin();
}

/*
 * What heap_free() comes to for the base of a small object of which nothing is
 * recorded.  False, and nothing is done, if @p is anything else.
 */
static inline bool free_fast(struct heap *h, struct cache *c, uintptr_t p)
{
	const uintptr_t off = p - h->arena.start;
	unsigned int layout, class, kind;
	struct window *w;
	uintptr_t bits;
	struct bitpos b;
	struct span *s;

	if (off >= h->arena.used)
		return false;
	layout = h->layout[off >> PAGE_SHIFT];
	b = bitmap_at(h->arena.start, p);
	bits = atomic_load_explicit(b.word, memory_order_relaxed) >> b.shift;
	s = h->pages[off >> PAGE_SHIFT];
	if (unlikely(!layout || off % WORD_SIZE ||
		     (bits & (BIT_ALLOC | BIT_SPECIAL)) != BIT_ALLOC ||
		     !sweep_is_done(h, s)))
		return false;
	kind = s->kind;
	class = layout & LAYOUT_CLASS;
	w = &c->window[kind][class];
	if (unlikely(p - w->next < w->end - w->next))
		return false;
	c->nfree[class]++;
	c->freed += s->size;
	bitmap_free(h, p);
	if (!cache_recycle(h, w, p))
		central_drop_used(h, kind, class, s);
	return true;
}

void kgc_free(void *p)
{
	struct heap *h = &heap;
	struct cache *c;
	bool done = false;

	if (!p)
		return;
	c = h->cache[kgc_host_pin()];
	if (likely(c))
		done = free_fast(h, c, (uintptr_t)p);
	kgc_host_unpin();
	if (unlikely(!done)) {
		if (!cache_attach(h))
			return;
		heap_free(h, p);
	}
	check_operation();
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

ALLOCATES void *kgc_realloc(void *p, size_t size)
{
	struct object o;
	size_t have;
	unsigned int kind;
	void *to;

	if (!p)
		return kgc_alloc(size, 0);
	if (!cache_attach(&heap))
		return NULL;
	kgc_host_pin();
	o = object_of(&heap, p, "realloc");
	have = span_usable(o.span);
	kind = o.span->kind;
	kgc_host_unpin();
	if (fits(size, have)) {
		memset((char *)p + size, 0, have - size);
		return p;
	}
	to = kind == KIND_TYPED ? typed_like(&heap, p, have, size)
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
	size_t size;

	if (!p || !cache_attach(&heap))
		return 0;
	kgc_host_pin();
	size = span_usable(object_of(&heap, p, "usable_size").span);
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
			*size = span_usable(o.span);
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
