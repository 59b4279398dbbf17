// SPDX-License-Identifier: MIT
/*
 * root.c - where marking starts
 *
 * Roots are what the host shows, less struct heap itself; the ranges that
 * kgc_add_root() named; both without what kgc_exclude_root() named; and the
 * contents of uncollectable objects.  Who walks
 * them, the marker or a reader, gives a visitor.
 *
 * Locking: root.lock for the registered ranges; walking needs the world
 * stopped.
 */
#include "internal.h"

struct visit {
	kgc_host_visit_fn *visit;
	void *arg;
	const struct root *excluded;
};

void root_init(struct heap *h)
{
	lock_init(&h->roots.lock, RANK_ROOT);
	fixalloc_init(&h->roots.records, &h->meta, sizeof(struct root));
}

/*
 * Show static data, without what is excluded: from @lo to the first byte that
 * is, then on behind that.  Not by recursion: the stack is bounded, and the
 * number of ranges is not.
 */
static void visit_data(const struct visit *v, const char *lo, const char *hi,
		       const void *owner)
{
	const char *end, *next;
	const struct root *x;

	for (; lo < hi; lo = next) {
		end = next = hi;
		for (x = v->excluded; x; x = x->next) {
			const char *xlo = x->lo, *xhi = x->hi;

			if (xhi <= lo || xlo >= end)
				continue;
			end = MAX(lo, xlo);
			next = xhi;
		}
		if (lo < end)
			v->visit(lo, end, KGC_ROOT_DATA, owner, v->arg);
	}
}

static void visit_range(const struct visit *v, const void *lo, const void *hi,
			enum kgc_root kind, const void *owner)
{
	if (kind == KGC_ROOT_DATA)
		visit_data(v, lo, hi, owner);
	else
		v->visit(lo, hi, kind, owner, v->arg);
}

/* Show a range of the host's, without the part that is struct heap. */
static void visit_clipped(const void *lo, const void *hi, enum kgc_root kind,
			  const void *owner, void *arg)
{
	const struct visit *v = arg;
	const char *own = (const char *)&heap, *own_end = own + sizeof(heap);
	const char *from = lo, *to = hi;

	if (to <= own || from >= own_end) {
		visit_range(v, lo, hi, kind, owner);
		return;
	}
	if (from < own)
		visit_range(v, from, own, kind, owner);
	if (to > own_end)
		visit_range(v, own_end, to, kind, owner);
}

/* The contents of every uncollectable object that is scanned. */
static void visit_uncollectable(struct heap *h, const struct visit *v)
{
	struct span *s;
	uintptr_t p;
	size_t page = 0;
	uint32_t i;

	while (h->uncollectable && (s = pageheap_next(h, &page))) {
		if (s->kind != KIND_UNCOLLECTABLE)
			continue;
		for (i = 0; i < s->nelems; i++) {
			p = span_base(s) + i * s->size;
			if (bitmap_get(h, p) & BIT_ALLOC &&
			    !cache_holds(h, s, p))
				v->visit((void *)p, (void *)(p + s->size),
					 KGC_ROOT_HEAP, (void *)p, v->arg);
		}
	}
}

/* Show every root range; the world is stopped. */
void root_visit(struct heap *h, kgc_host_visit_fn *visit, void *arg)
{
	struct visit v = { visit, arg, h->roots.excluded };
	const struct root *r;

	kgc_host_roots(visit_clipped, &v);
	for (r = h->roots.list; r; r = r->next)
		visit_range(&v, r->lo, r->hi, KGC_ROOT_DATA, r);
	visit_uncollectable(h, &v);
}

static int add(struct roots *roots, struct root **list, const void *lo,
	       const void *hi)
{
	struct root *r;

	lock_take(&roots->lock);
	r = fixalloc_alloc(&roots->records);
	if (r) {
		*r = (struct root){ .next = *list, .lo = lo, .hi = hi };
		*list = r;
	}
	lock_drop(&roots->lock);
	return r ? 0 : -KGC_ENOMEM;
}

int kgc_add_root(const void *lo, const void *hi)
{
	return add(&heap.roots, &heap.roots.list, lo, hi);
}

int kgc_exclude_root(const void *lo, const void *hi)
{
	return add(&heap.roots, &heap.roots.excluded, lo, hi);
}

static void forget(struct roots *roots, struct root **list, const void *lo,
		   const void *hi)
{
	struct root *r, **at;

	lock_take(&roots->lock);
	for (at = list; (r = *at); at = &r->next)
		if (r->lo == lo && r->hi == hi) {
			*at = r->next;
			fixalloc_free(&roots->records, r);
			break;
		}
	lock_drop(&roots->lock);
}

void kgc_remove_root(const void *lo, const void *hi)
{
	forget(&heap.roots, &heap.roots.list, lo, hi);
}

void kgc_include_root(const void *lo, const void *hi)
{
	forget(&heap.roots, &heap.roots.excluded, lo, hi);
}
