// SPDX-License-Identifier: MIT
/*
 * reserve.c - memory for a critical section, taken before it
 *
 * A reservation is one run of pages that the page heap counts as in use, and
 * a pin: so nobody else allocates on the slot, and no collection comes.  While
 * it lasts the slot's spans are cut from the front of the run, with records
 * that were taken along; nothing is asked of the host.
 *
 * How many pages that is follows from the worst that the bytes can be used
 * for: objects of the class that fills its pages least; and besides, one each
 * of as many classes and kinds as the bytes go round, of which each takes a
 * span of its own.
 *
 * Bad at: small reservations; 4 KiB take 35 pages while they last.  Large ones
 * in a heap without a free run as long.
 *
 * Locking: pageheap.lock; a slot's entry belongs to its pinned owner.
 */
#include "internal.h"

enum { KINDS = 2 }; /* that are promised: scanned and noscan */

/* Of classes not in @used the one whose span is most for an object; or 0. */
static unsigned int worst_class(const struct sizeclasses *t, uint64_t used)
{
	unsigned int class, worst = 0;

	for (class = 1; class < KGC_NCLASSES; class ++)
		if (!(used >> class & 1) &&
		    (!worst || t->of[class].npages * t->of[worst].size >
				       t->of[worst].npages * t->of[class].size))
			worst = class;
	return worst;
}

/* Pages of spans that are begun with objects of @bytes in sum. */
static size_t pages_begun(const struct sizeclasses *t, size_t bytes)
{
	size_t pages = 0, n;
	uint64_t used = 0;
	unsigned int class;

	while (bytes && (class = worst_class(t, used))) {
		used |= (uint64_t)1 << class;
		n = MIN(bytes / t->of[class].size + 1, KINDS);
		pages += n * t->of[class].npages;
		bytes -= MIN(bytes, n * t->of[class].size);
	}
	return pages;
}

/* Of every class at least 3/4 of a span is objects. */
static size_t pages_for(const struct heap *h, size_t bytes)
{
	const size_t full = bytes / 3 * 4 + 4;

	return (full >> PAGE_SHIFT) + 1 + pages_begun(&h->classes, bytes);
}

/* Records for as many spans as @npages can be; false: no memory. */
static bool take_records(struct heap *h, struct reserved *r, size_t npages)
{
	struct span *s;

	for (; npages; npages--) {
		s = span_record_new(h, 0, 0);
		if (!s)
			return false;
		s->next = r->records;
		r->records = s;
	}
	return true;
}

static void drop_records(struct heap *h, struct reserved *r)
{
	struct span *s, *next;

	for (s = r->records; s; s = next) {
		next = s->next;
		span_record_free(h, s);
	}
	r->records = NULL;
}

/*
 * Cut a span of @npages from the caller's newest reservation that has them.
 * NULL: it has none, or no more.  Called by pageheap_alloc(), under its lock.
 */
static struct span *cut(struct heap *h, size_t npages, size_t align)
{
	struct reserved *r = &h->reserved[kgc_host_pin()];
	struct span *from = r->pages, *s = NULL;

	kgc_host_unpin(); /* the caller's pin lasts */
	while (from && from->npages < npages)
		from = from->next;
	if (from && r->records && align <= PAGE_SIZE) {
		s = r->records;
		r->records = s->next;
		s->next = NULL;
		s->start = from->start;
		s->npages = npages;
		s->needzero = from->needzero;
		from->start += npages << PAGE_SHIFT;
		from->npages -= npages;
		if (!from->npages)
			from->state = SPAN_DEAD;
		h->pageheap.inuse -= npages << PAGE_SHIFT; /* counted again */
	}
	return s;
}

/* Stay pinned, and have a reservation; false: no memory. */
static bool take(struct heap *h, size_t npages)
{
	struct reserved *r = &h->reserved[kgc_host_pin()];
	struct span *outer = r->pages, *s;
	bool done;

	r->pages = NULL; /* not from the reservation outside */
	s = pageheap_alloc(h, npages, PAGE_SIZE);
	r->pages = outer;
	if (s) {
		lock_take(&h->pageheap.lock);
		done = take_records(h, r, npages);
		if (!done && !outer)
			drop_records(h, r);
		lock_drop(&h->pageheap.lock);
		if (done) {
			s->next = outer;
			r->pages = s;
			return true;
		}
		pageheap_free(h, s);
	}
	kgc_host_unpin();
	return false;
}

static bool prepare(struct heap *h)
{
	struct reserved *none = NULL, *table;

	if (h->reserved)
		return true;
	table = meta_table_alloc(SLOTS_MAX * sizeof(*table));
	if (!table)
		return false;
	h->cut_reserved = cut;
	if (!atomic_compare_exchange_strong(&h->reserved, &none, table))
		meta_table_free(table, SLOTS_MAX * sizeof(*table));
	return true;
}

/* As kgc_reserve(), from @h. */
int reserve_begin(struct heap *h, size_t bytes)
{
	const bool may_collect = kgc_host_context() == KGC_TASK;
	size_t npages;

	if (!cache_attach(h) || bytes > h->arena.reach || !prepare(h))
		return -KGC_ENOMEM;
	npages = pages_for(h, bytes);
	if (take(h, npages))
		return 0;
	sweep_all(h);
	if (take(h, npages))
		return 0;
	if (!may_collect || !pacer_is_on(h))
		return -KGC_ENOMEM;
	collect(h, true);
	return take(h, npages) ? 0 : -KGC_ENOMEM;
}

/* As kgc_release(), of @h. */
void reserve_end(struct heap *h)
{
	struct reserved *r = h->reserved ? &h->reserved[kgc_host_pin()] : NULL;
	struct span *s = r ? r->pages : NULL;

	if (!s)
		kgc_host_panic("gc: release %d: nothing is reserved", 0);
	r->pages = s->next;
	s->next = NULL;
	if (s->npages)
		pageheap_free(h, s);
	lock_take(&h->pageheap.lock);
	if (!s->npages)
		span_record_free(h, s);
	if (!r->pages)
		drop_records(h, r);
	lock_drop(&h->pageheap.lock);
	kgc_host_unpin();
	kgc_host_unpin(); /* that of reserve_begin() */
}

int kgc_reserve(size_t bytes)
{
	context_check();
	return reserve_begin(&heap, bytes);
}

void kgc_release(void)
{
	context_check();
	reserve_end(&heap);
}
