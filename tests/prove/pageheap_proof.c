// SPDX-License-Identifier: MIT
/*
 * pageheap_proof.c - runs of pages: their bins, and the search for one
 */
#include "pageheap.c"

#include "prove.h"

/*
 * For each length that a record can have: it has a bin; runs of a bin above
 * another's are longer, so all in a bin above a request's own are long enough;
 * below 64 pages a bin has runs of one length.
 */
CLAIM(bin_of_every_length)
{
	unsigned int b, before = 0;
	uint32_t n = 0;

	do {
		b = bin_of(n);
		HOLDS(b < NBINS && (b == before || b == before + 1), n, b, 0);
		HOLDS(n >= BIN_EXACT || b == n, n, b, 0);
		before = b;
	} while (++n);
}

/* For each two bins: bin_next() of one is the next that is not empty. */
CLAIM(bin_next_every_pair)
{
	static struct pageheap ph;
	unsigned int a, b, from, want;

	for (a = 0; a < NBINS; a++)
		for (b = a; b < NBINS; b++) {
			memset(ph.nonempty, 0, sizeof(ph.nonempty));
			ph.nonempty[a / 32] |= 1u << a % 32;
			ph.nonempty[b / 32] |= 1u << b % 32;
			for (from = 0; from <= NBINS; from++) {
				want = from <= a ? a : from <= b ? b : NBINS;
				HOLDS(bin_next(&ph, from) == want, a, b, from);
			}
		}
}

/*
 * For each two runs and each request of up to 160 pages, and with lengths a
 * hundred times that: bin_find() finds a run that is long enough if there is
 * one, and then leaves bins and bits as bin_insert() and bin_remove() of others
 * would.
 */
CLAIM(bin_find_every_pair)
{
	static struct pageheap ph;
	struct span x = { 0 }, y = { 0 }, *s;
	uint32_t a, b, n, unit;

	for (unit = 1; unit <= 101; unit += 100)
		for (a = 1; a <= 160; a++)
			for (b = 1; b <= a; b++) {
				x.npages = a * unit;
				y.npages = b * unit;
				bin_insert(&ph, &x);
				bin_insert(&ph, &y);
				for (n = 1; n <= 161; n++) {
					s = bin_find(&ph, n * unit);
					HOLDS(s ? s->npages >= n * unit : n > a,
					      a, b, n);
				}
				bin_remove(&ph, &y);
				s = bin_find(&ph, 1);
				HOLDS(s == &x, a, b, unit);
				bin_remove(&ph, &x);
				HOLDS(!bin_find(&ph, 1), a, b, unit);
			}
}

/* --- cutting and merging --- */

enum { CUT = 7, TAKEN_MAX = CUT };

/* Is each page of [@first, @first + CUT) in one free run, or in use? */
static void check_pages(struct heap *h, size_t first, unsigned int taken,
			unsigned int cut)
{
	struct span *s;
	size_t i;

	for (i = 0; i < CUT; i++) {
		s = span_of(h, h->arena.start + ((first + i) << PAGE_SHIFT));
		HOLDS(!s == !(taken >> i & 1), taken, cut, i);
		if (!s && (!i || taken >> (i - 1) & 1)) {
			s = free_at(h, first + i);
			HOLDS(s && (page_of(h, s->start) == first + i || !i),
			      taken, cut, i);
		}
	}
}

/*
 * A run of 7 pages is cut into blocks in each way, these are freed in each
 * order: after each step a page is in use or in a run; runs are merged, so at
 * the end there is one, as long as at first.
 */
static void free_in_order(struct heap *h, struct span **s, unsigned int n,
			  size_t first, unsigned int taken, unsigned int order)
{
	unsigned int i, k, left = (1u << n) - 1, mask;

	for (i = n; i > 0; order /= i, i--) {
		for (k = 0, mask = order % i; !(left >> k & 1) || mask--; k++)
			;
		left &= ~(1u << k);
		taken &= ~(((1u << s[k]->npages) - 1)
			   << (page_of(h, s[k]->start) - first));
		s[k]->where = SPAN_LEAVING;
		pageheap_free(h, s[k]);
		check_pages(h, first, taken, order);
	}
}

CLAIM(pageheap_every_cut)
{
	struct heap *h = prove_heap();
	unsigned int cut, order, n, i, from, norders;
	struct span *s[CUT], *hole = pageheap_alloc(h, CUT, PAGE_SIZE);
	struct span *wall = pageheap_alloc(h, 1, PAGE_SIZE);
	const size_t first = page_of(h, hole->start);

	HOLDS(page_of(h, wall->start) == first + CUT, 0, 0, 0);
	hole->where = SPAN_LEAVING;
	pageheap_free(h, hole);
	for (cut = 0; cut < 1 << (CUT - 1); cut++) {
		norders = 1;
		for (n = 1; n <= bits_count(cut) + 1; n++)
			norders *= n;
		for (order = 0; order < norders; order++) {
			for (i = from = n = 0; i < CUT; i++)
				if (cut >> i & 1 || i == CUT - 1) {
					s[n++] = pageheap_alloc(h, i + 1 - from,
								PAGE_SIZE);
					HOLDS(page_of(h, s[n - 1]->start) ==
						      first + from,
					      cut, order, i);
					from = i + 1;
				}
			free_in_order(h, s, n, first, (1 << CUT) - 1, order);
			hole = free_at(h, first);
			HOLDS(hole && hole->npages == CUT, cut, order, 0);
		}
	}
}

/* --- released pages --- */

/*
 * For each pattern of 12 released pages of a run: stretch() from each page is
 * as long as the pages are alike, and set_released() of each stretch changes
 * just these, and the counts.
 */
CLAIM(released_every_pattern)
{
	struct heap *h = prove_heap();
	struct span *s = pageheap_alloc(h, 12, PAGE_SIZE);
	const size_t first = page_of(h, s->start);
	unsigned int v, at, i, n;

	for (v = 0; v < 1 << 12; v++) {
		for (i = 0; i < 12; i++)
			set_released(h, s, first + i, 1, false);
		s->nreleased = 0;
		h->pageheap.released_bytes = 0;
		for (i = 0; i < 12; i++)
			if (v >> i & 1)
				set_released(h, s, first + i, 1, true);
		HOLDS(s->nreleased == bits_count(v), v, s->nreleased, 0);
		HOLDS(h->pageheap.released_bytes == s->nreleased * PAGE_SIZE, v,
		      0, 0);
		for (at = 0; at < 12; at++) {
			n = 1;
			while (at + n < 12 &&
			       (v >> (at + n) & 1) == (v >> at & 1))
				n++;
			HOLDS(stretch(h, s, first + at) == n, v, at, n);
			HOLDS(page_is_released(h, first + at) == (v >> at & 1),
			      v, at, 0);
		}
	}
}
