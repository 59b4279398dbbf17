// SPDX-License-Identifier: MIT
/*
 * pageheap_test.c - runs of pages, one by one and against an array of bytes
 *
 * The runs here are in use without being spans of objects, so a case gives
 * all of them back before it has the heap checked.
 */
#include "own.h"

static size_t first_page(const struct span *s)
{
	return (s->start - own.arena.start) >> PAGE_SHIFT;
}

/* The bin as pageheap.c describes it: by halves, without logarithms. */
static unsigned int bin_of(size_t npages)
{
	unsigned int b = 64;
	size_t from = 64;

	if (npages < 64)
		return npages;
	for (; npages >= 2 * from; from *= 2)
		b += 8;
	return b + (npages - from) / (from / 8);
}

/* Every run in bins, its length into the bin, the bit map of bins. */
static bool bins_are_right(size_t *pages)
{
	const struct pageheap *ph = &own.pageheap;
	const struct span *s;
	unsigned int b;
	bool bit;

	*pages = 0;
	for (b = 0; b < NBINS; b++) {
		bit = ph->nonempty[b / 32] >> b % 32 & 1;
		if (bit != (ph->bin[b].first != NULL))
			return false;
		for (s = ph->bin[b].first; s; s = s->next) {
			*pages += s->npages;
			if (s->state != SPAN_FREE || bin_of(s->npages) != b)
				return false;
		}
	}
	return true;
}

KTEST(mm_pageheap, neighbours_split_and_merge)
{
	struct span *a, *b, *c;
	size_t pages;

	ASSERT(own_open(NULL));
	a = own_take(3);
	b = own_take(4);
	c = own_take(5);
	ASSERT(a && b && c);
	EXPECT_EQ(b->start, a->start + PAGES(3));
	EXPECT_EQ(c->start, b->start + PAGES(4));
	own_give(a);
	own_give(c);
	EXPECT(bins_are_right(&pages));
	EXPECT_EQ(pages, 252);
	EXPECT(own.pageheap.bin[3].first == a);
	EXPECT(own.pages[0] == a && own.pages[2] == a);
	own_give(b);
	EXPECT(bins_are_right(&pages));
	EXPECT_EQ(pages, 256);
	EXPECT_EQ(own.pages[0]->npages, 256);
	EXPECT(own.pages[0] == own.pages[255]);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_pageheap, shortest_exact_run_is_taken)
{
	struct span *run[6], *wall[6];
	static const size_t npages[] = { 9, 5, 3, 12, 5, 63 };
	int i;

	ASSERT(own_open(NULL));
	for (i = 0; i < 6; i++) {
		run[i] = own_take(npages[i]);
		wall[i] = own_take(1);
		ASSERT(run[i] && wall[i]);
	}
	for (i = 0; i < 6; i++)
		own_give(run[i]);
	EXPECT(own_take(5) == run[4]); /* the latest freed */
	EXPECT(own_take(4) == run[1]); /* and leaves one page */
	EXPECT(own_take(4) == run[0]);
	EXPECT(own_take(13) == run[5]);
	EXPECT(own_take(1) == own.pages[first_page(run[1]) + 4]);
	own_close();
}

KTEST(mm_pageheap, own_range_is_looked_at_last)
{
	struct span *a, *b, *rest;

	ASSERT(own_open_small(16 * MIB, MIB));
	a = own_take(66);
	ASSERT(a && own_take(1));
	b = own_take(70);
	ASSERT(b && own_take(1));
	rest = own_take(118);
	ASSERT(rest);
	own_give(b);
	own_give(a);
	EXPECT(own_take(68) == b); /* both are in the bin of 64 to 71 */
	EXPECT(!own_take(67));
	own_give(rest);
	EXPECT(own_take(65) == rest); /* the bin above, where all fit */
	EXPECT(own_take(65) == a);
	own_close();
}

KTEST(mm_pageheap, alignment_cuts_what_is_before)
{
	struct span *s, *wall;
	size_t align, pages, i;

	ASSERT(own_open(NULL));
	wall = own_take(3);
	ASSERT(wall);
	for (align = PAGE_SIZE; align <= MIB; align *= 2) {
		for (i = 1; i <= 5; i += 4) {
			s = pageheap_alloc(&own, i, align);
			ASSERT(s);
			EXPECT_EQ(s->start & (align - 1), 0);
			EXPECT_EQ(s->npages, i);
			EXPECT(bins_are_right(&pages));
			own_give(s);
		}
	}
	own_give(wall);
	EXPECT_EQ(own.pages[0]->npages, own.arena.used >> PAGE_SHIFT);
	EXPECT_SOUND();
	own_close();
}

/* Are all pages of @s zero? */
static bool is_zero(const struct span *s)
{
	const uintptr_t *p = (uintptr_t *)s->start;
	size_t i;

	for (i = 0; i < PAGES(s->npages) / sizeof(*p); i++)
		if (p[i])
			return false;
	return true;
}

KTEST(mm_pageheap, released_pages_come_back_zeroed)
{
	struct pageheap *ph = &own.pageheap;
	struct span *s, *t;

	ASSERT(own_open(NULL));
	s = own_take(10);
	t = own_take(6);
	ASSERT(s && t);
	memset((void *)s->start, 1, PAGES(10));
	memset((void *)t->start, 2, PAGES(6));
	own_give(s);
	EXPECT_EQ(pageheap_release(&own, SIZE_MAX, 0), PAGES(250));
	EXPECT_EQ(ph->released_bytes, PAGES(250));
	EXPECT_EQ(pageheap_release(&own, SIZE_MAX, 0), 0);
	EXPECT_EQ(*(char *)t->start, 2);
	own_give(t); /* between two released runs */
	EXPECT_EQ(ph->released_bytes, PAGES(250));
	EXPECT_EQ(own.pages[0]->npages, 256);
	EXPECT_EQ(own.pages[0]->nreleased, 250);
	EXPECT(own.pages[0]->needzero);
	s = own_take(12); /* the ten released, and two dirty */
	ASSERT(s);
	EXPECT(s->needzero);
	EXPECT_EQ(s->nreleased, 0);
	EXPECT_EQ(ph->released_bytes, PAGES(240));
	EXPECT_EQ(*(char *)s->start, 0);
	EXPECT_EQ(*(char *)(s->start + PAGES(10)), 2);
	own_give(s);
	EXPECT_EQ(pageheap_release(&own, SIZE_MAX, 0), PAGES(16));
	s = own_take(256);
	ASSERT(s);
	EXPECT(!s->needzero);
	EXPECT(is_zero(s));
	EXPECT_EQ(ph->released_bytes, 0);
	own_give(s);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_pageheap, release_stops_at_bytes_and_spares_the_young)
{
	struct span *s[8], *wall[8];
	int i;

	ASSERT(own_open_small(16 * MIB, MIB));
	for (i = 0; i < 8; i++) {
		s[i] = own_take(4);
		wall[i] = own_take(28);
		ASSERT(s[i] && wall[i]);
	}
	for (i = 0; i < 8; i++) {
		own.numgc = i;
		own_give(s[i]);
	}
	EXPECT_EQ(pageheap_release(&own, SIZE_MAX, 8), 0);
	EXPECT_EQ(pageheap_release(&own, SIZE_MAX, 6), PAGES(8));
	EXPECT_EQ(s[0]->nreleased + s[1]->nreleased, 8);
	EXPECT_EQ(pageheap_release(&own, PAGES(9), 0), PAGES(12));
	EXPECT_EQ(own.pageheap.released_bytes, PAGES(20));
	for (i = 0; i < 8; i++)
		own_give(wall[i]);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_pageheap, busy_heap_releases_nothing)
{
	struct span *s;

	ASSERT(own_open(NULL));
	s = own_take(1);
	ASSERT(s);
	own_give(s);
	lock_take(&own.pageheap.lock);
	EXPECT_EQ(pageheap_release(&own, SIZE_MAX, 0), 0);
	lock_drop(&own.pageheap.lock);
	EXPECT_EQ(pageheap_release(&own, SIZE_MAX, 0), MIB);
	own_close();
}

KTEST(mm_pageheap, failed_commit_changes_nothing)
{
	struct span *s = NULL;
	unsigned long nth;
	size_t pages;

	for (nth = 1; nth < 20; nth++) {
		ASSERT(own_open(NULL));
		s = own_take(3);
		ASSERT(s);
		own_give(s);
		pageheap_release(&own, SIZE_MAX, 0);
		hostctl_fail_commit(nth);
		s = pageheap_alloc(&own, 400, 64 * KIB);
		if (hostctl_commits() < nth)
			break;
		EXPECT(bins_are_right(&pages));
		EXPECT_EQ(pages, (own.pageheap.sys - own.pageheap.inuse) >>
					 PAGE_SHIFT);
		if (s)
			own_give(s);
		EXPECT_EQ(own.pageheap.inuse, 0);
		EXPECT_SOUND();
		s = pageheap_alloc(&own, 400, 64 * KIB);
		ASSERT(s);
		own_give(s);
		EXPECT_SOUND();
	}
	hostctl_fail_commit(0);
	EXPECT(nth > 1 && nth < 20);
	EXPECT(s);
	own_close();
}

KTEST(mm_pageheap, failed_recommit_keeps_the_run)
{
	struct span *s;

	ASSERT(own_open_small(MIB, MIB));
	s = own_take(256);
	ASSERT(s);
	own_give(s);
	pageheap_release(&own, SIZE_MAX, 0);
	hostctl_fail_commit(1);
	s = own_take(5);
	hostctl_fail_commit(0);
	EXPECT(!s);
	EXPECT_SOUND();
	s = own_take(256);
	ASSERT(s);
	own_give(s);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_pageheap, walk_finds_spans_in_order)
{
	struct span *s[5];
	size_t page = 0;
	int i;

	ASSERT(own_open(NULL));
	for (i = 0; i < 5; i++)
		ASSERT((s[i] = own_take(i + 2)));
	own_give(s[1]);
	EXPECT(pageheap_next(&own, &page) == s[0]);
	EXPECT(pageheap_next(&own, &page) == s[2]);
	EXPECT_EQ(page, 2 + 3 + 4);
	page--; /* into the middle of a run */
	EXPECT(pageheap_next(&own, &page) == s[3]);
	EXPECT(pageheap_next(&own, &page) == s[4]);
	EXPECT(!pageheap_next(&own, &page));
	EXPECT_EQ(page, 256);
	own_close();
}

/* --- model --------------------------------------------------------------- */

enum { MODEL_PAGES = 1024, MODEL_RUNS = 96 };
static uint8_t owner[MODEL_PAGES]; /* number of the run, from 1; 0: free */
static struct span *runs[MODEL_RUNS + 1];

static void model_take(unsigned int i)
{
	static const uint8_t range[] = { 2, 8, 20, 120 };
	const size_t npages = 1 + ktest_random() % range[ktest_random() % 4];
	struct span *s = own_take(npages);
	size_t page, at;

	if (!s)
		return;
	EXPECT_EQ(s->npages, npages);
	at = first_page(s);
	for (page = at; page < at + npages; page++) {
		EXPECT_EQ(owner[page], 0);
		owner[page] = i;
		if (!s->needzero)
			EXPECT_EQ(*(uint8_t *)(own.arena.start + PAGES(page)),
				  0);
		*(uint8_t *)(own.arena.start + PAGES(page)) = i;
	}
	runs[i] = s;
}

static void model_give(unsigned int i)
{
	const size_t at = first_page(runs[i]);
	size_t page;

	for (page = at; page < at + runs[i]->npages; page++) {
		EXPECT_EQ(owner[page], i);
		EXPECT_EQ(*(uint8_t *)(own.arena.start + PAGES(page)), i);
		owner[page] = 0;
	}
	own_give(runs[i]);
	runs[i] = NULL;
}

/* Is the page table what the array of owners says? */
static bool as_model(void)
{
	size_t page, n = own.arena.used >> PAGE_SHIFT, nfree = 0, pages;
	const struct span *s;

	for (page = 0; page < n; page++) {
		s = span_of(&own, own.arena.start + PAGES(page));
		if (s != (owner[page] ? runs[owner[page]] : NULL))
			return false;
		nfree += !owner[page];
	}
	return bins_are_right(&pages) && pages == nfree &&
	       own.pageheap.inuse == PAGES(n - nfree);
}

KTEST(mm_pageheap, model_of_random_runs)
{
	unsigned int i, step;

	memset(owner, 0, sizeof(owner));
	memset(runs, 0, sizeof(runs));
	ASSERT(own_open_small(PAGES(MODEL_PAGES), 0));
	for (step = 0; step < 1500; step++) {
		i = 1 + ktest_random() % MODEL_RUNS;
		if (runs[i])
			model_give(i);
		else
			model_take(i);
		if (step % 97 == 0)
			pageheap_release(&own, PAGES(100), 0);
		if (step % 50 == 0)
			ASSERT(as_model());
	}
	for (i = 1; i <= MODEL_RUNS; i++)
		if (runs[i])
			model_give(i);
	EXPECT(as_model());
	EXPECT_EQ(own.pages[0]->npages, own.arena.used >> PAGE_SHIFT);
	EXPECT_SOUND();
	own_close();
}
