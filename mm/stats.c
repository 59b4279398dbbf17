// SPDX-License-Identifier: MIT
/*
 * stats.c - counters of the slots, and their sum
 *
 * A slot's counters are 64 bits wide and written by its pinned owner only.
 * What windows still hold is counted as allocated there and taken off here.
 * Sums read while other slots run may be a little old, never torn on 64-bit
 * machines; exact with one slot, or with the world stopped.
 */
#include "internal.h"

/*
 * @n / @d without libgcc's 64-bit division, which a 32-bit host may not have:
 * long division in 8-bit digits.  @d is below 2^24.
 */
uint64_t div_u64(uint64_t n, uint32_t d)
{
	uint64_t q = 0;
	uint32_t r = 0;
	int i;

	if (WORD_SIZE == 8)
		return (uintptr_t)n / d;
	for (i = 56; i >= 0; i -= 8) {
		r = r << 8 | ((uint32_t)(n >> i) & 0xff);
		q = q << 8 | r / d;
		r %= d;
	}
	return q;
}

/* @n * @mul / @d, for products below 2^64. */
uint64_t mul_div_u64(uint64_t n, uint32_t mul, uint32_t d)
{
	return div_u64(n * mul, d);
}

/*
 * Objects of @class, of @size bytes, that the windows of @c still hold.  A
 * window that its slot is changing just now may look longer than a span is.
 */
static NO_SANITIZE uint64_t held(const struct cache *c, unsigned int class,
				 uint32_t size)
{
	unsigned int kind, run;
	uint64_t n = 0;
	size_t left;

	for (kind = 0; class && kind < NKINDS; kind++)
		for (run = 0; run < NRUNS; run++) {
			left = window_left(c, kind, class, run);
			if (left && left <= SPAN_SMALL_MAX)
				n += left / size;
		}
	return n;
}

/* Objects of @class that were freed and reused, and those that windows of @c
 * keep. */
static NO_SANITIZE uint64_t reused(const struct cache *c, unsigned int class,
				   uint64_t *kept)
{
	unsigned int kind;
	uint64_t n = 0;

	*kept = 0;
	for (kind = 0; class && kind < NKINDS; kind++) {
		n += window_reused(&c->window[kind][class]);
		*kept += window_kept(&c->window[kind][class]);
	}
	return n;
}

/* Bytes of runs and large objects taken and not freed. */
size_t stats_taken(const struct heap *h)
{
	const struct cache *c;
	unsigned int i, class;
	uint64_t kept;
	size_t n = 0;

	for (i = 0; i < h->nslots; i++) {
		c = h->cache[i];
		if (!c)
			continue;
		n += c->large_alloc - c->large_free;
		for (class = 1; class < KGC_NCLASSES; class ++) {
			reused(c, class, &kept);
			n += (size_t)(c->nmalloc[class] - c->nfree[class] -
				      kept) *
			     h->classes.of[class].size;
		}
	}
	return n;
}

static NO_SANITIZE void add_slot(const struct heap *h, const struct cache *c,
				 struct totals *t, struct kgc_memstats *stats)
{
	unsigned int class;
	uint64_t nmalloc, nfree, again, kept;
	uint32_t size;

	for (class = 0; class < KGC_NCLASSES; class ++) {
		size = h->classes.of[class].size;
		again = reused(c, class, &kept);
		nmalloc = c->nmalloc[class] + again - held(c, class, size);
		nfree = c->nfree[class] + again + kept;
		t->nmalloc += nmalloc;
		t->nfree += nfree;
		t->alloc_bytes += nmalloc * size;
		t->free_bytes += nfree * size;
		if (stats) {
			stats->by_size[class].size = size;
			stats->by_size[class].nmalloc += nmalloc;
			stats->by_size[class].nfree += nfree;
		}
	}
	t->alloc_bytes += c->large_alloc;
	t->free_bytes += c->large_free;
	t->nlookup += c->nlookup;
}

static void sum(struct heap *h, struct totals *t, struct kgc_memstats *stats)
{
	unsigned int i;

	*t = (struct totals){ 0 };
	for (i = 0; i < h->nslots; i++)
		if (h->cache[i])
			add_slot(h, h->cache[i], t, stats);
}

void stats_totals(struct heap *h, struct totals *t)
{
	sum(h, t, NULL);
}

/*
 * Marking is done, the world stopped: what lives, in all, and in each span for
 * the sweep.
 */
void stats_live(struct heap *h, uint64_t *objects, uint64_t *bytes)
{
	uint64_t nobjects = 0, nbytes = 0;
	struct span *s;
	size_t page = 0;
	uint32_t n;

	while ((s = pageheap_next(h, &page))) {
		n = kind_is_collectable(s->kind) ? bitmap_count(h, s, BIT_MARK)
						 : s->nused;
		s->nlive = n;
		nobjects += n;
		nbytes += (uint64_t)n * s->size;
	}
	*objects = nobjects;
	*bytes = nbytes;
}

static void read_heap(struct heap *h, struct kgc_memstats *m)
{
	const struct pageheap *ph = &h->pageheap;

	m->heap_sys = ph->sys;
	m->heap_inuse = ph->inuse;
	m->heap_idle = ph->sys - ph->inuse;
	m->heap_released = ph->released_bytes;
	m->stacks_inuse = m->stacks_sys = ph->nogc_bytes;
	m->mspan_inuse = ph->records.inuse;
	m->mspan_sys = ph->records.sys;
	m->mcache_inuse = m->mcache_sys = h->caches_sys;
	m->buckhash_sys = h->profile.sys + h->profile.records.sys;
	m->bitmap_sys = h->arena.bitmap_mapped;
	m->gc_sys = h->marker.region.ready;
	m->other_sys =
		h->page_table.ready + h->layout_table.ready +
		ph->released.ready + h->meta.sys + h->specials.sys +
		round_up(h->types.max * sizeof(*h->types.of), PAGE_SIZE) -
		m->mspan_sys - m->mcache_sys - h->profile.records.sys;
	m->sys = m->heap_sys + m->mspan_sys + m->mcache_sys + m->buckhash_sys +
		 m->bitmap_sys + m->gc_sys + m->other_sys - m->heap_released;
}

void kgc_read_memstats(struct kgc_memstats *stats)
{
	struct heap *h = &heap;
	struct totals t;

	context_check();
	memset(stats, 0, sizeof(*stats));
	kgc_host_pin();
	sum(h, &t, stats);
	stats->alloc = stats->heap_alloc = t.alloc_bytes - t.free_bytes;
	stats->total_alloc = t.alloc_bytes;
	stats->nlookup = t.nlookup;
	stats->nmalloc = t.nmalloc;
	stats->nfree = t.nfree;
	stats->heap_objects = t.nmalloc - t.nfree;
	read_heap(h, stats);
	stats->next_gc = h->pacer.next_gc;
	stats->pause_total_ns = h->pause_total_ns;
	memcpy(stats->pause_ns, h->pause_ns, sizeof(stats->pause_ns));
	stats->numgc = h->numgc;
	stats->enablegc = h->pacer.percent >= 0;
	stats->debuggc = h->debug;
	kgc_host_unpin();
}
