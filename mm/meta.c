// SPDX-License-Identifier: MIT
/*
 * meta.c - memory for the collector's own structures
 *
 * A region is reserved address space that is made Ready from its low end on,
 * as far as it is needed: the page table, the mark list.  meta_alloc() cuts
 * chunks for records from a region and takes a further one when it is full.
 * meta_table_alloc() is for tables that are replaced by larger ones.
 *
 * None of it is in the arena, so none of it is ever a root.
 */
#include "internal.h"

#define META_HEADER 64	      /* for the region before, at the start of each */
#define META_STEP   (8 * KIB) /* made Ready at a time */

/* Reserve @size bytes, none Ready.  False if there is no room. */
bool region_init(struct region *r, size_t size)
{
	size = round_up(size, PAGE_SIZE);
	*r = (struct region){ .base = kgc_host_reserve(size, NULL, NULL),
			      .size = size };
	return r->base != NULL;
}

/* Make at least the first @need bytes Ready.  False: nothing changed. */
bool region_grow(struct region *r, size_t need)
{
	need = round_up(need, PAGE_SIZE);
	if (need <= r->ready)
		return true;
	if (need > r->size ||
	    kgc_host_commit(r->base + r->ready, need - r->ready))
		return false;
	r->ready = need;
	return true;
}

void region_destroy(struct region *r)
{
	if (r->base)
		kgc_host_release(r->base, r->size);
}

/*
 * @size bytes, zeroed, a multiple of a page; NULL if there is no memory.
 * The tail of a full region is left: regions are large, chunks small.
 */
void *meta_alloc(struct meta *m, size_t size)
{
	struct region fresh;
	void *p = NULL;

	lock_take(&m->lock);
	if (m->used + size > m->region.size) {
		if (!region_init(&fresh, MAX(m->step, META_HEADER + size)))
			goto out;
		if (!region_grow(&fresh, META_HEADER)) {
			kgc_host_release(fresh.base, fresh.size);
			goto out;
		}
		*(struct region *)fresh.base = m->region;
		m->sys += fresh.ready;
		m->region = fresh;
		m->used = META_HEADER;
	}
	m->sys -= m->region.ready;
	if (region_grow(&m->region, round_up(m->used + size, META_STEP)) ||
	    region_grow(&m->region, m->used + size)) {
		p = m->region.base + m->used;
		m->used += size;
	}
	m->sys += m->region.ready;
out:
	lock_drop(&m->lock);
	return p;
}

/* Give everything back. */
void meta_destroy(struct meta *m)
{
	struct region r = m->region, last;

	for (; r.base; r = last) {
		last = *(struct region *)r.base;
		kgc_host_release(r.base, r.size);
	}
}

/* A zeroed table of whole pages, or NULL. */
void *meta_table_alloc(size_t size)
{
	struct region r;

	if (!region_init(&r, size))
		return NULL;
	if (region_grow(&r, size))
		return r.base;
	kgc_host_release(r.base, r.size);
	return NULL;
}

void meta_table_free(void *p, size_t size)
{
	if (p)
		kgc_host_release(p, round_up(size, PAGE_SIZE));
}
