// SPDX-License-Identifier: MIT
/*
 * leak.c - what a collection would free
 *
 * Marks as a collection does, shows what is not marked, and takes the marks
 * back.  With the world stopped and every stack and register seen nothing
 * moves meanwhile, so that one pass is enough.
 *
 * An object that only waits for its finalizer is shown too.
 */
#include "internal.h"

static void visit_root(const void *lo, const void *hi, enum kgc_root kind,
		       const void *owner, void *arg)
{
	mark_range(arg, lo, hi);
}

static void mark_reachable(void *arg)
{
	struct heap *h = arg;

	cache_flush_all(h);
	mark_start(h);
	root_visit(h, visit_root, h);
	final_mark_held(h);
	mark_drain(h);
}

static size_t show_unmarked(struct heap *h, const struct span *s,
			    kgc_walk_fn *visit, void *arg)
{
	size_t n = 0;
	uintptr_t p, bits;
	uint32_t i;

	for (i = 0; i < s->nelems; i++) {
		p = span_base(s) + i * s->size;
		bits = bitmap_get(h, p);
		if (!(bits & BIT_ALLOC) || bits & BIT_MARK)
			continue;
		visit((void *)p, object_size(h, s, p), kind_flags(s->kind),
		      arg);
		n++;
	}
	return n;
}

size_t kgc_find_leaks(kgc_walk_fn *visit, void *arg)
{
	struct heap *h = &heap;
	struct span *s;
	size_t page = 0, n = 0;

	if (!cache_attach(h))
		return 0;
	mark_prepare(h);
	heap_stop(h);
	kgc_host_call_saved(mark_reachable, h);
	while ((s = pageheap_next(h, &page)))
		if (kind_is_collectable(s->kind))
			n += show_unmarked(h, s, visit, arg);
	mark_clear(h);
	kgc_host_start_world();
	return n;
}
