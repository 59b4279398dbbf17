// SPDX-License-Identifier: MIT
/* span_test.c - lists of spans, spans from pages and windows from spans */
#include "own.h"

/* As many spans as @n with the numbers given, in order, both ways? */
static bool list_is(const struct spanlist *l, const struct span *s,
		    const char *order)
{
	const struct span *at = l->first, *prev = NULL;

	for (; *order; order++, prev = at, at = at->next)
		if (at != &s[*order - '0'] || at->prev != prev)
			return false;
	return !at && l->last == prev;
}

KTEST(mm_span, list_keeps_order)
{
	static struct span s[4];
	struct spanlist l = { NULL, NULL };
	int i;

	memset(s, 0, sizeof(s));
	for (i = 0; i < 4; i++)
		spanlist_append(&l, &s[i]);
	EXPECT(list_is(&l, s, "0123"));
	spanlist_remove(&l, &s[1]);
	EXPECT(list_is(&l, s, "023"));
	EXPECT(!s[1].next && !s[1].prev);
	spanlist_remove(&l, &s[0]);
	EXPECT(list_is(&l, s, "23"));
	spanlist_remove(&l, &s[3]);
	EXPECT(list_is(&l, s, "2"));
	spanlist_append(&l, &s[0]);
	EXPECT(list_is(&l, s, "20"));
	spanlist_remove(&l, &s[0]);
	spanlist_remove(&l, &s[2]);
	EXPECT(list_is(&l, s, ""));
}

KTEST(mm_span, small_is_as_its_class_says)
{
	const struct sizeclass *class;
	struct span *s;
	unsigned int c;

	ASSERT(own_open(NULL));
	for (c = 1; c < KGC_NCLASSES; c++) {
		class = &own.classes.of[c];
		s = own_span(KIND_NOSCAN, c);
		ASSERT(s);
		EXPECT_EQ(s->size, class->size);
		EXPECT_EQ(s->nelems, class->nelems);
		EXPECT_EQ(s->npages, class->npages);
		EXPECT_EQ(s->nused + s->cursor, 0);
		EXPECT_EQ(s->where, SPAN_LEAVING);
		EXPECT_EQ(s->state, SPAN_INUSE);
		EXPECT_EQ(s->kind, KIND_NOSCAN);
		EXPECT_EQ(s->sweepgen, own.sweepgen);
		own_span_free(s);
	}
	EXPECT(!own.uncollectable);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_span, large_is_one_object)
{
	struct span *s;

	ASSERT(own_open(NULL));
	s = span_new_large(&own, KIND_UNCOLLECTABLE, 9, PAGE_SIZE);
	ASSERT(s);
	EXPECT_EQ(s->size, 9 * PAGE_SIZE);
	EXPECT_EQ(s->nelems, 1);
	EXPECT_EQ(s->nused, 1);
	EXPECT_EQ(s->sizeclass, 0);
	EXPECT(own.uncollectable);
	EXPECT_EQ(span_index(&own, s, s->start + 9 * PAGE_SIZE - 1), 0);
	own_span_free(s);
	own_close();
}

KTEST(mm_span, address_leads_to_span)
{
	struct span *s;
	uintptr_t end, p;

	ASSERT(own_open(NULL));
	s = own_span(KIND_SCAN, 30); /* 7 of 1152 bytes in 2 pages */
	ASSERT(s);
	end = s->start + 2 * PAGE_SIZE;
	for (p = s->start; p < end; p += 8) {
		ASSERT(span_of(&own, p) == s);
		ASSERT_EQ(span_index(&own, s, p), (p - s->start) / 1152);
	}
	EXPECT(span_index(&own, s, end - 1) >= s->nelems);
	EXPECT(!span_of(&own, end));
	EXPECT(!span_of(&own, own.arena.start - 1));
	EXPECT(!span_of(&own, own.arena.start + own.arena.used));
	EXPECT(!span_of(&own, 0));
	EXPECT(!span_of(&own, ~(uintptr_t)0));
	p = s->start;
	own_span_free(s);
	EXPECT(!span_of(&own, p));
	EXPECT(!span_of(&own, p + PAGE_SIZE)); /* its entry is stale */
	own_close();
}

KTEST(mm_span, windows_go_on_where_the_last_ended)
{
	struct run w = { 0 };
	struct span *s;

	ASSERT(own_open(NULL));
	s = own_span(KIND_SCAN, 9);
	ASSERT(s);
	EXPECT(span_take_run(&own, s, &w, 5, true));
	EXPECT_EQ(w.next, s->start);
	EXPECT_EQ(run_left(&w), 5 * 128);
	bitmap_free(&own, s->start); /* behind the cursor */
	s->nused--;
	EXPECT(span_take_run(&own, s, &w, UINT32_MAX, true));
	EXPECT_EQ(w.next, s->start + 5 * 128);
	EXPECT_EQ(run_left(&w), 27 * 128);
	EXPECT_EQ(s->cursor, 32);
	own_span_free(s);
	own_close();
}

KTEST(mm_span, second_pass_needs_an_eighth)
{
	struct run w = { 0 };
	struct span *s;
	uint32_t i;

	ASSERT(own_open(NULL));
	s = own_span(KIND_SCAN, 9); /* 32 objects */
	ASSERT(s);
	EXPECT(span_take_run(&own, s, &w, UINT32_MAX, true));
	EXPECT(!s->needzero);
	for (i = 0; i < 3; i++) {
		bitmap_free(&own, s->start + i * 128);
		s->nused--;
	}
	EXPECT(!span_take_run(&own, s, &w, UINT32_MAX, true));
	bitmap_free(&own, s->start + 7 * 128);
	s->nused--;
	EXPECT(span_take_run(&own, s, &w, UINT32_MAX, true));
	EXPECT_EQ(w.next, s->start);
	EXPECT_EQ(run_left(&w), 3 * 128);
	EXPECT(s->needzero);
	EXPECT(span_take_run(&own, s, &w, UINT32_MAX, true));
	EXPECT_EQ(w.next, s->start + 7 * 128);
	EXPECT(!span_take_run(&own, s, &w, UINT32_MAX, true));
	own_span_free(s);
	own_close();
}

KTEST(mm_span, pages_come_back_dirty)
{
	struct span *s;

	ASSERT(own_open(NULL));
	s = own_span(KIND_SCAN, 40);
	ASSERT(s);
	EXPECT(!s->needzero);
	own_span_free(s);
	s = own_span(KIND_SCAN, 40);
	ASSERT(s);
	EXPECT(s->needzero);
	own_span_free(s);
	own_close();
}
