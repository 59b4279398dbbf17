// SPDX-License-Identifier: MIT
/*
 * roots.c - further roots, and data that is none
 *
 * bdwgc removes all ranges that lie inside the one named; kgc removes one by
 * its bounds.  So those that were added are kept in a list.
 *
 * Bad at: the data that the host shows by itself cannot be taken back, but by
 * GC_exclude_static_roots().
 *
 * Locking: bdw_lock() for the list.
 */
#include "internal.h"

struct range {
	struct range *next;
	char *lo, *hi;
};

static struct range *roots, *exclusions;

static void range_push(struct range **list, struct range *r)
{
	bdw_lock();
	r->next = *list;
	*list = r;
	bdw_unlock();
}

/* Take one that lies inside [@lo, @hi) out of the list. */
static struct range *range_pop(struct range **list, char *lo, char *hi)
{
	struct range **at, *r;

	bdw_lock();
	for (at = list; (r = *at); at = &r->next)
		if (r->lo >= lo && r->hi <= hi)
			break;
	if (r)
		*at = r->next;
	bdw_unlock();
	return r;
}

static bool range_is_known(struct range *list, char *lo, char *hi)
{
	struct range *r;

	bdw_lock();
	for (r = list; r; r = r->next)
		if (r->lo == lo && r->hi == hi)
			break;
	bdw_unlock();
	return r;
}

/* Note the range in the list, once, and give it to @fn. */
static void range_add(struct range **list, char *lo, char *hi,
		      int (*fn)(const void *lo, const void *hi))
{
	struct range *r;

	bdw_ready();
	if (lo >= hi || range_is_known(*list, lo, hi))
		return;
	r = kgc_alloc(sizeof(*r), KGC_UNCOLLECTABLE | KGC_NOSCAN);
	if (!r || fn(lo, hi)) {
		kgc_free(r);
		GC_get_abort_func()("GC: no memory for a range of roots");
		return;
	}
	r->lo = lo;
	r->hi = hi;
	range_push(list, r);
}

static void range_remove(struct range **list, char *lo, char *hi,
			 void (*fn)(const void *lo, const void *hi))
{
	struct range *r;

	bdw_ready();
	while ((r = range_pop(list, lo, hi))) {
		fn(r->lo, r->hi);
		kgc_free(r);
	}
}

void GC_add_roots(void *lo, void *hi)
{
	range_add(&roots, lo, hi, kgc_add_root);
}

void GC_remove_roots(void *lo, void *hi)
{
	range_remove(&roots, lo, hi, kgc_remove_root);
}

void GC_clear_roots(void)
{
	GC_remove_roots(NULL, (void *)UINTPTR_MAX);
}

void GC_exclude_static_roots(void *lo, void *hi)
{
	range_add(&exclusions, lo, hi, kgc_exclude_root);
}

void GC_clear_exclusion_table(void)
{
	range_remove(&exclusions, NULL, (void *)UINTPTR_MAX, kgc_include_root);
}

/* Every displacement is valid. */
void GC_register_displacement(size_t n)
{
}

void GC_debug_register_displacement(size_t n)
{
}

void GC_register_has_static_roots_callback(GC_has_static_roots_func fn)
{
}
