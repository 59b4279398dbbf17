// SPDX-License-Identifier: MIT
/*
 * free.c - take a block back
 *
 * The fast path of a free clears the object's bit and notes where it is, for
 * an allocation that finds its run used up.  It takes the base of a small
 * object that is set allocated and of which nothing is recorded; one bit says
 * the first three.  free_next() does the same for an object that was handed
 * out since its window was last set (cache_set), or that finds no room; it
 * stays pinned.  All else, mistakes included, is heap_free()'s.
 *
 * Locking: none here; the pinned slot's cache, and object.c's rules.
 */
#include "internal.h"

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
	const unsigned int max = w->kept_max - w->kept_min;

	if (at >= c->quick || !max)
		return false;
	if (w->kept == w->kept_max)
		cache_spill(h, c, s->kind, s->sizeclass, max / 2);
	c->recycled[w->kept++] = at;
	return true;
}

/*
 * What heap_free() comes to for the base of a small object of which nothing is
 * recorded.  False, and nothing is done, if @p is anything else.
 */
static bool free_small(struct heap *h, struct cache *c, uintptr_t p)
{
	const uintptr_t off = p - h->arena.start;
	unsigned int class;
	struct window *w;
	struct span *s;
	bool unset;

	if (is_hardened(h) || off >= h->arena.used ||
	    !h->layout[off >> PAGE_SHIFT])
		return false;
	s = h->pages[off >> PAGE_SHIFT];
	if (off % WORD_SIZE || !sweep_is_done(h, s))
		return false;
	unset = !(bitmap_get(h, p) & BIT_ALLOC);
	if (unset && !cache_set_object(h, c, s, p))
		return false;
	if ((bitmap_get(h, p) & BIT_SPECIAL) || cache_window_holds(c, s, p) ||
	    (h->shared && cache_other_holds(h, s, p, c->slot)))
		return false;
	class = s->sizeclass;
	w = &c->window[s->kind][class];
	bitmap_free(h, p);
	if (!keep(h, c, w, s, off / WORD_SIZE)) {
		c->nfree[class]++;
		central_drop_used(h, s->kind, class, s);
	} else if (unset) {
		cache_pause_runs(c, s->kind, class);
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

/* kgc_free() of an object that its window has no room for, or does not know yet
 * as handed out; or of anything else. */
static NOINLINE ALLOCATES void free_next(void *p, struct cache *c)
{
	context_check();
	if (unlikely(!free_small(&heap, c, (uintptr_t)p)))
		return free_unpinned(p);
	if (unlikely(kgc_host_unpin_due()))
		kgc_host_unpin_rest();
}

/*
 * An address that is no word's has high bits when it is rotated, and so is not
 * below cache.quick.
 */
void kgc_free(void *p)
{
	const struct heap *h = &heap;
	struct cache *const c = kgc_host_pin_local();
	const uintptr_t at = rotate_right((uintptr_t)p - h->arena.start,
					  __builtin_ctz(WORD_SIZE));
	struct window *w;
	uintptr_t bits;
	bitword *word;
	unsigned int n;

	if (unlikely(at >= c->quick))
		return free_unpinned(p);
	w = window_of(c, h->layout[at / (PAGE_SIZE / WORD_SIZE)]);
	word = bits_at(h, at);
	bits = bits_get(word, at) ^ w->change;
	n = w->kept;
	if (unlikely(bits & (BIT_ALLOC | BIT_SPECIAL) || n == w->kept_max))
		return free_next(p, c);
	bits_put(word, at, bits);
	c->recycled[n] = at;
	w->kept = n + 1;
	if (unlikely(kgc_host_unpin_due()))
		kgc_host_unpin_rest();
}
