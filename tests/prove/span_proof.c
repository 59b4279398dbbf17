// SPDX-License-Identifier: MIT
/*
 * span_proof.c - lists of spans, and from an address to its span and object
 */
#include <tests/take.h>

#include "prove.h"

/* --- lists --- */

enum { NODES = 6 };
static struct span node[NODES];

/* Make @l the nodes that @order has, four bits each, the first lowest. */
static void list_make(struct spanlist *l, const int *order, int n)
{
	int i;

	memset(node, 0, sizeof(node));
	l->first = n ? &node[order[0]] : NULL;
	l->last = n ? &node[order[n - 1]] : NULL;
	for (i = 0; i < n; i++) {
		node[order[i]].prev = i ? &node[order[i - 1]] : NULL;
		node[order[i]].next = i + 1 < n ? &node[order[i + 1]] : NULL;
	}
}

/* Is @l what list_make() makes of these, and is nothing else linked? */
static bool list_is(const struct spanlist *l, const int *order, int n)
{
	struct spanlist is = *l, want;
	struct span have[NODES];

	memcpy(have, node, sizeof(node));
	list_make(&want, order, n);
	return is.first == want.first && is.last == want.last &&
	       !memcmp(have, node, sizeof(node));
}

/* Try both operations on one list: append each other node, remove each. */
static void list_try(const int *order, int n)
{
	int after[NODES], i, j, k;
	struct spanlist l;
	unsigned int in = 0;

	for (i = 0; i < n; i++)
		in |= 1u << order[i];
	memcpy(after, order, n * sizeof(*after));
	for (i = 0; i < NODES; i++) {
		if (in >> i & 1)
			continue;
		list_make(&l, order, n);
		after[n] = i;
		spanlist_append(&l, &node[i]);
		HOLDS(list_is(&l, after, n + 1), n, i, in);
	}
	for (i = 0; i < n; i++) {
		for (j = k = 0; j < n; j++)
			if (j != i)
				after[k++] = order[j];
		list_make(&l, order, n);
		spanlist_remove(&l, &node[order[i]]);
		HOLDS(list_is(&l, after, k), n, i, in);
	}
}

static void list_try_all(int *order, int n, unsigned int in)
{
	int i;

	list_try(order, n);
	for (i = 0; i < NODES; i++)
		if (!(in >> i & 1)) {
			order[n] = i;
			list_try_all(order, n + 1, in | 1u << i);
		}
}

/*
 * For each list of up to 6 spans in each order: append puts a span at the end,
 * remove takes one out, the rest stays in order, ends are NULL both ways, and
 * what was removed is linked to nothing.  Each list that any sequence of these
 * operations makes is among those tried, so it holds after any sequence.  An
 * operation reads and writes a span, its neighbours and the two ends, so it
 * does not depend on how much longer a list is.
 */
CLAIM(spanlist_every_operation)
{
	int order[NODES + 1] = { 0 };

	list_try_all(order, 0, 0);
}

/* --- from an address to its span --- */

enum { PAGES_TRIED = 9 };

/* In use, the spans at @cut (bit i: one ends after page i) that @used has. */
static void try_cut(struct heap *h, struct span *whole, unsigned int cut,
		    unsigned int used)
{
	const uintptr_t start = whole->start;
	struct span s[PAGES_TRIED];
	unsigned int i, n = 0, first = 0;
	uintptr_t p;

	for (i = 0; i < PAGES_TRIED; i++) {
		if (!(cut >> i & 1) && i + 1 < PAGES_TRIED)
			continue;
		s[n] = *whole;
		s[n].start = start + first * PAGE_SIZE;
		s[n].npages = i + 1 - first;
		s[n].state = used >> n & 1 ? SPAN_INUSE : SPAN_FREE;
		for (; first <= i; first++)
			h->pages[page_of(h, start) + first] = &s[n];
		n++;
	}
	for (i = 0; i < PAGES_TRIED; i++) {
		const struct span *is = h->pages[page_of(h, start) + i];

		for (p = start + i * PAGE_SIZE; p < start + (i + 1) * PAGE_SIZE;
		     p += PAGE_SIZE - 1)
			HOLDS(span_of(h, p) ==
				      (is->state == SPAN_INUSE ? is : NULL),
			      cut, used, p);
	}
}

/*
 * For each way to cut 9 pages into spans, each in use or free: span_of() of the
 * first and the last byte of each page is the span that has it, if that is in
 * use.  An entry that is left from before, of a span that has gone elsewhere or
 * is dead, leads nowhere.
 */
CLAIM(span_of_every_cut)
{
	struct heap *h = prove_heap();
	struct span *s = pageheap_alloc(h, PAGES_TRIED, PAGE_SIZE);
	const size_t page = page_of(h, s->start);
	struct span stale = *s;
	unsigned int cut, used, i;

	for (cut = 0; cut < 1 << (PAGES_TRIED - 1); cut++)
		for (used = 0; used < 1u << (bits_count(cut) + 1); used++)
			try_cut(h, s, cut, used);
	for (i = 0; i < PAGES_TRIED; i++) {
		h->pages[page + i] = &stale;
		stale.start = s->start + (i + 1) * PAGE_SIZE;
		HOLDS(!span_of(h, stale.start - 1), i, 0, 0);
		stale.start = s->start;
		stale.npages = i;
		HOLDS(!span_of(h, s->start + i * PAGE_SIZE), i, 1, 0);
		stale.npages = PAGES_TRIED;
		h->pages[page + i] = s;
	}
	HOLDS(!span_of(h, h->arena.start - 1), 0, 2, 0);
	HOLDS(!span_of(h, h->arena.start + h->arena.used), 0, 3, 0);
}

/* --- from an address to its object --- */

static void allocate_all(struct heap *h, struct span *s)
{
	uint32_t first;

	while (bitmap_take(h, s, 0, s->nelems, &first))
		;
}

/*
 * For each class, each kind that is collected, and each byte of a span: the
 * marker marks the object that the byte lies in, and none for a byte of the
 * tail; object_find() finds the same.
 */
CLAIM(mark_every_offset)
{
	struct heap *h = prove_heap();
	unsigned int c;
	uintptr_t off;
	struct object o;
	struct span *s;
	uintptr_t word;
	uint32_t i;

	for (c = 1; c < KGC_NCLASSES; c++) {
		s = span_new_small(h, c % 2 ? KIND_NOSCAN : KIND_SCAN, c);
		allocate_all(h, s);
		s->where = SPAN_NOWHERE;
		for (off = 0; off < s->npages * PAGE_SIZE; off++) {
			i = off / s->size;
			mark_start(h);
			word = s->start + off;
			if (off & 1) /* one word at a time, and by batches */
				mark_object(h, word);
			else
				mark_range(h, &word, &word + 1);
			HOLDS(i >= s->nelems ||
				      mark_is_marked(h, s->start + i * s->size),
			      c, off, i);
			HOLDS(bitmap_count(h, s, BIT_MARK) == (i < s->nelems),
			      c, off, i);
			HOLDS(object_find(h, s->start + off, &o) ==
					      (i < s->nelems) &&
				      (i >= s->nelems ||
				       (o.span == s && o.index == i &&
					o.base == s->start + i * s->size)),
			      c, off, i);
			if (i < s->nelems) {
				const struct bitpos b = bitmap_at(
					h->arena.start, s->start + i * s->size);

				*b.word &= ~(BIT_MARK << b.shift);
			}
		}
	}
}
