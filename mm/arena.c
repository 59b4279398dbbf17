// SPDX-License-Identifier: MIT
/*
 * arena.c - the heap's address space: reserve it, grow into it
 *
 * Bitmap and arena are reserved as one piece, the bitmap below.  The arena
 * grows into its reservation by at least 1 MiB and, once it is larger than
 * 8 MiB, to a multiple of 2 MiB, for the host's large pages.  When the
 * reservation is used up, further ones inside the bitmap's reach continue it;
 * what lies between two is a gap, a span that nobody uses.
 *
 * The tables are grown before arena.used: who reads it without the lock finds
 * entries for every page below it.
 *
 * Locking: pageheap.lock.
 */
#include "internal.h"

#define GROW_MIN	MIB
#define GROW_UNIT	(64 * KIB)
#define GROW_LARGE_FROM (8 * MIB)
#define GROW_LARGE	(2 * MIB)
#define BITMAP_CHUNK	(8 * KIB)
#define EXTEND_STEP	(64 * MIB) /* of address space */

/*
 * Map the bitmap for the first @used bytes of the arena.  It follows the spans
 * in use, not the arena's growth: the last free run needs no bits.
 */
bool arena_describe(struct arena *a, size_t used)
{
	const size_t need =
		round_up(used / BITS_BYTES * WORD_SIZE, BITMAP_CHUNK);

	if (need <= a->bitmap_mapped)
		return true;
	if (kgc_host_commit((void *)(a->start - need), need - a->bitmap_mapped))
		return false;
	a->bitmap_mapped = need;
	return true;
}

/* Metadata for the arena up to @used bytes. */
static bool grow_tables(struct heap *h, size_t used)
{
	const size_t npages = used >> PAGE_SHIFT;

	return region_grow(&h->page_table, npages * sizeof(*h->pages)) &&
	       region_grow(&h->layout_table, npages * sizeof(*h->layout)) &&
	       region_grow(&h->pageheap.released, npages / 8 + 1);
}

/*
 * Reserve @bytes more inside the bitmap's reach; 0 if there is no room.  If
 * the host has room only elsewhere, that is noted for alloc_slow() to say.
 */
static uintptr_t reserve_more(struct heap *h, size_t bytes)
{
	struct arena *a = &h->arena;
	const uintptr_t limit = a->start + a->reach;
	void *p = NULL;

	if (bytes <= limit - a->end)
		p = kgc_host_reserve(bytes, (void *)a->end, (void *)limit);
	if (!p && !h->pageheap.refused) {
		p = kgc_host_reserve(bytes, NULL, NULL);
		if (p) {
			kgc_host_release(p, bytes);
			h->pageheap.refused = REFUSED;
		}
		p = NULL;
	}
	return (uintptr_t)p;
}

/* The pages from the end of what is used to @p are nobody's: a gap. */
static bool make_gap(struct heap *h, uintptr_t p)
{
	struct arena *a = &h->arena;
	const uintptr_t from = a->start + a->used;
	struct span *gap = span_record_new(h, from, (p - from) >> PAGE_SHIFT);

	if (!gap)
		return false;
	if (!grow_tables(h, p - a->start)) {
		span_record_free(h, gap);
		return false;
	}
	gap->state = SPAN_GAP;
	h->pages[page_of(h, from)] = gap;
	a->used = p - a->start;
	cache_set_quick(h);
	return true;
}

/* The reservation is used up, or what is left is too short for @bytes. */
static bool extend(struct heap *h, size_t bytes)
{
	struct arena *a = &h->arena;
	const size_t step =
		MAX(bytes, MIN(EXTEND_STEP, a->reach / 16) & ~(GROW_UNIT - 1));
	struct extent *e = fixalloc_alloc(&h->arena.extent_records);
	uintptr_t p;

	if (!e)
		return false;
	e->size = step;
	p = reserve_more(h, step);
	if (!p && step > bytes) {
		e->size = bytes;
		p = reserve_more(h, bytes);
	}
	if (!p || (p != a->end && !make_gap(h, p))) {
		if (p)
			kgc_host_release((void *)p, e->size);
		fixalloc_free(&h->arena.extent_records, e);
		return false;
	}
	e->base = (void *)p;
	e->next = a->extents;
	a->extents = e;
	a->end = p + e->size;
	return true;
}

/* Grow the arena by @bytes, a multiple of 64 KiB. */
static bool grow_by(struct heap *h, size_t bytes)
{
	struct arena *a = &h->arena;
	struct pageheap *ph = &h->pageheap;
	struct span *s;

	ph->no_space =
		bytes > ph->max - MIN(ph->max, ph->sys) ||
		(bytes > a->end - a->start - a->used && !extend(h, bytes));
	if (ph->no_space)
		return false;
	s = span_record_new(h, a->start + a->used, bytes >> PAGE_SHIFT);
	if (!s)
		return false;
	if (!grow_tables(h, a->used + bytes) ||
	    kgc_host_commit((void *)s->start, bytes)) {
		span_record_free(h, s);
		return false;
	}
	a->used += bytes;
	cache_set_quick(h);
	ph->sys += bytes;
	s->idle_since = h->numgc;
	pageheap_insert(h, s);
	return true;
}

/* Make a free run of at least @npages, under pageheap.lock. */
bool arena_grow(struct heap *h, size_t npages)
{
	const size_t need = round_up(npages << PAGE_SHIFT, GROW_UNIT);
	const uintptr_t end = h->arena.start + h->arena.used;
	size_t ask = MAX(need, GROW_MIN);

	if (h->arena.used >= GROW_LARGE_FROM)
		ask = round_up(end + ask, GROW_LARGE) - end;
	return grow_by(h, ask) || (ask != need && grow_by(h, need));
}

/* Reserve bitmap and arena as one piece; false if there is no room. */
static bool reserve(struct arena *a, size_t arena, size_t reach, void *lo)
{
	const size_t bitmap =
		round_up(reach / BITS_BYTES * WORD_SIZE, BITMAP_CHUNK);
	const uintptr_t hi = lo ? ~(uintptr_t)0 & ~(PAGE_SIZE - 1) : 0;
	uintptr_t p, start;

	if (bitmap + arena < arena)
		return false;
	p = (uintptr_t)kgc_host_reserve(bitmap + arena, lo, (void *)hi);
	if (!p)
		return false;
	start = p + bitmap;
	*a = (struct arena){
		.base = p,
		.start = start,
		.end = start + arena,
		.reserved = bitmap + arena,
		/* Start + reach is an address: the last page is left. */
		.reach = MIN(reach, (0 - start - PAGE_SIZE) & ~(GROW_UNIT - 1)),
	};
	return true;
}

/* Default sizes of address space, by word size. */
#define RESERVE_DEFAULT ((size_t)(WORD_SIZE == 8 ? 16 * 1024 : 512) * MIB)
#define REACH_DEFAULT	((size_t)(WORD_SIZE == 8 ? 16 * 1024 : 2048) * MIB)
#define RESERVE_LEAST	(64 * MIB)

static bool reserve_first(struct heap *h, const struct kgc_config *config)
{
	size_t arena = config->heap_reserve, reach = config->heap_reach;

	if (arena) {
		arena = round_up(arena, GROW_UNIT);
		reach = MAX(round_up(reach, GROW_UNIT), arena);
		return reserve(&h->arena, arena, reach, config->heap_base);
	}
	arena = RESERVE_DEFAULT;
	reach = reach ? MAX(round_up(reach, GROW_UNIT), arena) : REACH_DEFAULT;
	while (!reserve(&h->arena, arena, reach, config->heap_base)) {
		arena /= 2;
		reach /= 2;
		if (arena < RESERVE_LEAST)
			return false;
	}
	return true;
}

int arena_init(struct heap *h, const struct kgc_config *config)
{
	if (!reserve_first(h, config))
		return -KGC_ENOMEM;
	h->meta.step = MAX(h->arena.reach / 64, 128 * KIB);
	fixalloc_init(&h->arena.extent_records, &h->meta,
		      sizeof(struct extent));
	return 0;
}

/* Give bitmap and arena back. */
void arena_destroy(struct heap *h)
{
	struct arena *a = &h->arena;
	struct extent *e;

	for (e = a->extents; e; e = e->next)
		kgc_host_release(e->base, e->size);
	if (a->start)
		kgc_host_release((void *)a->base, a->reserved);
}
