// SPDX-License-Identifier: MIT
/*
 * pageheap.c - runs of pages: take, split, merge, grow, give back
 *
 * Free runs are spans in bins by length: below 64 pages a bin for each
 * length, above it eight for each power of two.  A bit map of the bins that
 * are not empty finds the first run that is long enough in a few word tests.
 * A run in a bin of a range of lengths may be too short for a request of that
 * range, so a request looks in the bins above first, where all fit, and then
 * at a few runs of its own bin.  (Two-level segregated fit: Masmano and
 * others, ECRTS 2004; for pages: tcmalloc, Go 2011 mheap.c.)
 *
 * Free neighbours are merged at once.  A page of a free run may have been
 * given back to the host (released): a bit for each page says so, so that
 * runs merge whatever the state of their pages; taking a run makes it Ready.
 *
 * Bad at: choosing among runs that fit; it takes the latest freed.
 *
 * Locking: everything under pageheap.lock.
 */
#include "internal.h"

#define OWN_BIN_ATTEMPTS 16

/* --- bins --- */

/* The bin of runs of @npages: the last whose least length is not above it. */
static unsigned int bin_of(size_t npages)
{
	unsigned int log;

	if (npages < BIN_EXACT)
		return npages;
	log = sizeof(long) * 8 - 1 - __builtin_clzl(npages);
	return MIN(BIN_EXACT + (log - 6) * 8 + (npages >> (log - 3) & 7),
		   NBINS - 1);
}

static void bin_insert(struct pageheap *ph, struct span *s)
{
	const unsigned int b = bin_of(s->npages);
	struct spanlist *l = &ph->bin[b];

	s->prev = NULL;
	s->next = l->first;
	if (l->first)
		l->first->prev = s;
	else
		l->last = s;
	l->first = s;
	ph->nonempty[b / 32] |= 1u << b % 32;
}

static void bin_remove(struct pageheap *ph, struct span *s)
{
	const unsigned int b = bin_of(s->npages);

	spanlist_remove(&ph->bin[b], s);
	if (!ph->bin[b].first)
		ph->nonempty[b / 32] &= ~(1u << b % 32);
}

/* The first bin from @b on that is not empty, or NBINS. */
static unsigned int bin_next(const struct pageheap *ph, unsigned int b)
{
	unsigned int i = b / 32;
	uint32_t bits;

	if (b >= NBINS)
		return NBINS;
	bits = ph->nonempty[i] & ~0u << b % 32;
	while (!bits) {
		if (++i == sizeof(ph->nonempty) / sizeof(*ph->nonempty))
			return NBINS;
		bits = ph->nonempty[i];
	}
	return i * 32 + __builtin_ctz(bits);
}

/* A free run of at least @npages, still in its bin, or NULL. */
static struct span *bin_find(const struct pageheap *ph, size_t npages)
{
	const unsigned int own = bin_of(npages);
	const bool all_fit = own < BIN_EXACT;
	unsigned int b = bin_next(ph, all_fit ? own : own + 1);
	struct span *s;
	int i;

	if (b < NBINS - 1)
		return ph->bin[b].first;
	/* The last bin has no upper bound, so its runs are compared as well. */
	for (s = ph->bin[own].first, i = 0; s && i < OWN_BIN_ATTEMPTS;
	     s = s->next, i++)
		if (s->npages >= npages)
			return s;
	for (s = ph->bin[NBINS - 1].first; s; s = s->next)
		if (s->npages >= npages)
			return s;
	return NULL;
}

/* --- released pages --- */

static uint8_t *released_byte(struct heap *h, size_t page)
{
	return (uint8_t *)h->pageheap.released.base + page / 8;
}

static bool page_is_released(struct heap *h, size_t page)
{
	return *released_byte(h, page) >> page % 8 & 1;
}

/*
 * Length of the stretch of pages from @page on, within @s, that are released
 * or not as @page is.
 */
static size_t stretch(struct heap *h, const struct span *s, size_t page)
{
	const size_t end = page_of(h, s->start) + s->npages;
	const bool released = page_is_released(h, page);
	size_t n = 1;

	while (page + n < end && page_is_released(h, page + n) == released)
		n++;
	return n;
}

static void set_released(struct heap *h, struct span *s, size_t page, size_t n,
			 bool released)
{
	const size_t end = page + n;

	for (; page < end; page++)
		if (released)
			*released_byte(h, page) |= 1u << page % 8;
		else
			*released_byte(h, page) &= ~(1u << page % 8);
	s->nreleased += released ? n : -n;
	h->pageheap.released_bytes += (released ? n : -n) * PAGE_SIZE;
}

/*
 * Make every page of @s Ready.  On failure the pages that became so stay so:
 * the record tells the truth either way.
 */
static bool make_ready(struct heap *h, struct span *s)
{
	const size_t first = page_of(h, s->start);
	size_t page, n;

	for (page = first; s->nreleased && page < first + s->npages;
	     page += n) {
		n = stretch(h, s, page);
		if (!page_is_released(h, page))
			continue;
		if (kgc_host_commit(
			    (void *)(h->arena.start + (page << PAGE_SHIFT)),
			    n << PAGE_SHIFT))
			return false;
		set_released(h, s, page, n, false);
	}
	return true;
}

/* Give the Ready pages of the free run @s back; returns how many bytes. */
static size_t release(struct heap *h, struct span *s)
{
	const size_t first = page_of(h, s->start);
	size_t page, n, bytes = 0;

	for (page = first; page < first + s->npages; page += n) {
		n = stretch(h, s, page);
		if (page_is_released(h, page))
			continue;
		kgc_host_decommit(
			(void *)(h->arena.start + (page << PAGE_SHIFT)),
			n << PAGE_SHIFT);
		set_released(h, s, page, n, true);
		bytes += n << PAGE_SHIFT;
	}
	/* Pages come back from the host zeroed. */
	s->needzero = false;
	return bytes;
}

/* --- free runs --- */

/*
 * Make @s a record of pages that nobody uses.  Field by field: a sweeper may
 * still hold a pointer to the record from before, and look at its number.
 */
static void record_set(struct heap *h, struct span *s, uintptr_t start,
		       size_t npages)
{
	s->next = s->prev = s->next_pending = NULL;
	s->start = start;
	s->size = 0;
	s->npages = npages;
	s->idle_since = 0;
	s->nused = 0;
	s->sweepgen = h->sweepgen;
	s->nreleased = 0;
	s->state = SPAN_DEAD;
	s->where = SPAN_NOWHERE;
	s->sizeclass = s->kind = 0;
	s->owner = 0;
	s->needzero = s->pending = false;
}

struct span *span_record_new(struct heap *h, uintptr_t start, size_t npages)
{
	struct span *s = fixalloc_alloc(&h->pageheap.records);

	if (s)
		record_set(h, s, start, npages);
	return s;
}

void span_record_free(struct heap *h, struct span *s)
{
	s->state = SPAN_DEAD;
	s->npages = 0;
	fixalloc_free(&h->pageheap.records, s);
}

/*
 * The free run that covers @page, or NULL.  The entry of a page that was in
 * the middle of a run is stale: while a run is cut, its last page's is.
 */
static struct span *free_at(struct heap *h, size_t page)
{
	struct span *s;

	if (page >= h->arena.used >> PAGE_SHIFT)
		return NULL;
	s = h->pages[page];
	return s && s->state == SPAN_FREE &&
			       page - page_of(h, s->start) < s->npages
		       ? s
		       : NULL;
}

static void absorb(struct heap *h, struct span *s, struct span *neighbour)
{
	bin_remove(&h->pageheap, neighbour);
	if (neighbour->start < s->start)
		s->start = neighbour->start;
	s->npages += neighbour->npages;
	s->nreleased += neighbour->nreleased;
	s->needzero |= neighbour->needzero;
	span_record_free(h, neighbour);
}

/* Make the record @s, whose pages nobody uses since @s->idle_since, a run. */
void pageheap_insert(struct heap *h, struct span *s)
{
	const size_t page = page_of(h, s->start);
	struct span *before = page ? free_at(h, page - 1) : NULL;
	struct span *after = free_at(h, page + s->npages);

	if (before)
		absorb(h, s, before);
	if (after)
		absorb(h, s, after);
	s->state = SPAN_FREE;
	h->pages[page_of(h, s->start)] = s;
	h->pages[page_of(h, s->start) + s->npages - 1] = s;
	bin_insert(&h->pageheap, s);
}

/*
 * Cut @s, which is in no bin, after @npages; the rest, described by the
 * record @rest, becomes a free run.
 */
static void split(struct heap *h, struct span *s, size_t npages,
		  struct span *rest)
{
	const size_t cut = page_of(h, s->start) + npages;
	size_t page;

	record_set(h, rest, s->start + (npages << PAGE_SHIFT),
		   s->npages - npages);
	rest->needzero = s->needzero;
	rest->idle_since = s->idle_since;
	if (s->nreleased)
		for (page = cut; page < cut + rest->npages; page++)
			rest->nreleased += page_is_released(h, page);
	s->nreleased -= rest->nreleased;
	s->npages = npages;
	pageheap_insert(h, rest);
}

/* --- the interface --- */

/* Give every idle page back to the host; returns how many bytes went. */
static size_t release_all(struct heap *h)
{
	unsigned int b;
	struct span *s;
	size_t bytes = 0;

	for (b = 0; b < NBINS; b++)
		for (s = h->pageheap.bin[b].first; s; s = s->next)
			bytes += release(h, s);
	return bytes;
}

/* Cut the part of @s that is before an address aligned to @align, if any. */
static bool align_run(struct heap *h, struct span **s, size_t align)
{
	const uintptr_t at = round_up((*s)->start, align);
	struct span *rest;

	if (at == (*s)->start)
		return true;
	rest = span_record_new(h, 0, 0);
	if (!rest)
		return false;
	split(h, *s, (at - (*s)->start) >> PAGE_SHIFT, rest);
	bin_remove(&h->pageheap, rest);
	rest->state = SPAN_DEAD;
	pageheap_insert(h, *s);
	*s = rest;
	return true;
}

static struct span *take_run(struct heap *h, size_t npages, size_t align)
{
	const size_t want = npages + (align >> PAGE_SHIFT) - 1;
	struct pageheap *ph = &h->pageheap;
	struct span *rest, *s = bin_find(ph, want);

	if (!s && arena_grow(h, want))
		s = bin_find(ph, want);
	if (!s)
		return NULL;
	rest = span_record_new(h, 0, 0);
	if (!rest)
		return NULL;
	bin_remove(ph, s);
	s->state = SPAN_DEAD; /* nobody's neighbour while it is cut */
	if (!align_run(h, &s, align))
		goto fail;
	if (s->npages > npages)
		split(h, s, npages, rest);
	else
		span_record_free(h, rest);
	rest = NULL;
	if (make_ready(h, s) &&
	    arena_describe(&h->arena, span_end(s) - h->arena.start))
		return s;
fail:
	pageheap_insert(h, s);
	if (rest)
		span_record_free(h, rest);
	return NULL;
}

/*
 * A run of @npages at a multiple of @align bytes, Ready, in use; the caller
 * makes it a span.  NULL if there is no memory.
 */
struct span *pageheap_alloc(struct heap *h, size_t npages, size_t align)
{
	struct pageheap *ph = &h->pageheap;
	struct span *s = NULL;
	size_t page, i;

	if (npages > h->arena.reach >> PAGE_SHIFT)
		return NULL;
	lock_take(&ph->lock);
	ph->no_space = false;
	if (unlikely(h->reserved))
		s = h->cut_reserved(h, npages, align);
	if (!s)
		s = take_run(h, npages, MAX(align, PAGE_SIZE));
	/* What is held for reports alone may be what is missing. */
	if (!s && lone_give_back_locked(h, 0))
		s = take_run(h, npages, MAX(align, PAGE_SIZE));
	/* Idle pages elsewhere may be the memory that the host lacks. */
	if (!s && !ph->no_space && release_all(h))
		s = take_run(h, npages, MAX(align, PAGE_SIZE));
	if (s) {
		page = page_of(h, s->start);
		for (i = 0; i < npages; i++)
			h->pages[page + i] = s;
		ph->inuse += npages << PAGE_SHIFT;
		s->sweepgen = h->sweepgen;
		/* Without objects, and nobody's to free, until it is made. */
		s->size = 0;
		s->nelems = s->cursor = 0;
		s->sizeclass = 0;
		s->where = SPAN_LEAVING;
		s->state = SPAN_INUSE;
	}
	lock_drop(&ph->lock);
	return s;
}

/* Take back the pages of @s, whose bits are clear already. */
void pageheap_free(struct heap *h, struct span *s)
{
	struct pageheap *ph = &h->pageheap;

	lock_take(&ph->lock);
	kgc_assert(s->state == SPAN_INUSE && s->where == SPAN_LEAVING);
	ph->inuse -= (size_t)s->npages << PAGE_SHIFT;
	s->idle_since = h->numgc;
	pageheap_insert(h, s);
	lock_drop(&ph->lock);
}

/* The same, of a span whose pages are not Ready any more. */
void pageheap_free_reserved_locked(struct heap *h, struct span *s)
{
	h->pageheap.inuse -= (size_t)s->npages << PAGE_SHIFT;
	s->idle_since = h->numgc;
	s->needzero = false;
	s->nreleased = 0;
	set_released(h, s, page_of(h, s->start), s->npages, true);
	pageheap_insert(h, s);
}

/*
 * Give free runs that have been so for @min_age cycles back to the host until
 * @bytes went; returns how many did.  0 when the page heap is busy, which is
 * how a host that asks from inside its own commit is answered.
 */
size_t pageheap_release(struct heap *h, size_t bytes, uint32_t min_age)
{
	struct pageheap *ph = &h->pageheap;
	size_t done = 0;
	unsigned int b;
	struct span *s;

	if (!lock_try(&ph->lock))
		return 0;
	for (b = NBINS; b-- > 0 && done < bytes;)
		for (s = ph->bin[b].first; s && done < bytes; s = s->next)
			if (s->nreleased < s->npages &&
			    h->numgc - s->idle_since >= min_age)
				done += release(h, s);
	lock_drop(&ph->lock);
	return done;
}

/*
 * The first span in use that begins at or after page *@page, which moves past
 * it; NULL at the end of the arena.  When the lock was dropped meanwhile the
 * page may lie inside a run by now, where entries are stale: go on page by
 * page until one is the first of its run.
 */
struct span *pageheap_next(struct heap *h, size_t *page)
{
	struct span *s;

	while (*page < h->arena.used >> PAGE_SHIFT) {
		s = h->pages[*page];
		if (!s || s->state == SPAN_DEAD ||
		    page_of(h, s->start) != *page) {
			++*page;
			continue;
		}
		*page += s->npages;
		if (s->state == SPAN_INUSE)
			return s;
	}
	return NULL;
}

int pageheap_init(struct heap *h, const struct kgc_config *config)
{
	struct pageheap *ph = &h->pageheap;
	const size_t npages = h->arena.reach >> PAGE_SHIFT;

	lock_init(&ph->lock, RANK_PAGEHEAP);
	if (!region_init(&h->page_table, npages * sizeof(*h->pages)) ||
	    !region_init(&h->layout_table, npages * sizeof(*h->layout)) ||
	    !region_init(&ph->released, npages / 8 + 1))
		return -KGC_ENOMEM;
	h->layout = (uint16_t *)h->layout_table.base;
	h->pages = (struct span **)h->page_table.base;
	ph->max = config->heap_max ? config->heap_max : ~(size_t)0;
	fixalloc_init(&ph->records, &h->meta, sizeof(struct span));
	return 0;
}

void pageheap_destroy(struct heap *h)
{
	region_destroy(&h->pageheap.released);
	region_destroy(&h->layout_table);
	region_destroy(&h->page_table);
}
