// SPDX-License-Identifier: MIT
/*
 * central_test.c - where a span is, and in which order it waits
 *
 * Class 29 has four objects of 1,024 bytes in a page.
 */
#include <tests/take.h>

#include "own.h"

#define CLASS 29
#define LIST  (own.central[KIND_SCAN][CLASS].spans)

static struct span *take(void)
{
	struct span *s = central_take(&own, KIND_SCAN, CLASS, kgc_host_pin());

	kgc_host_unpin();
	return s;
}

/* Take @n objects of @s without the counters' knowledge. */
static void use(struct span *s, uint32_t n)
{
	uint32_t first;

	bitmap_take(&own, s, 0, n, &first);
}

static void drop(struct span *s, uint32_t i)
{
	bitmap_free(&own, s->start + i * s->size);
	s->nused--;
}

KTEST(mm_central, taken_span_is_cached)
{
	struct span *s;
	unsigned int slot = kgc_host_pin();

	kgc_host_unpin();
	ASSERT(own_open(NULL));
	s = take();
	ASSERT(s);
	EXPECT_EQ(s->where, SPAN_CACHED);
	EXPECT_EQ(s->owner, slot);
	EXPECT_EQ(s->sizeclass, CLASS);
	EXPECT_EQ(s->nused, 0);
	EXPECT(!s->needzero);
	EXPECT(!LIST.first);
	own_close();
}

KTEST(mm_central, list_is_first_in_first_out)
{
	struct span *s[4];
	int i;

	ASSERT(own_open(NULL));
	for (i = 0; i < 4; i++) {
		ASSERT((s[i] = take()));
		use(s[i], 1);
	}
	for (i = 0; i < 4; i++) {
		central_release(&own, s[i]);
		EXPECT_EQ(s[i]->where, SPAN_LISTED);
		EXPECT(LIST.last == s[i]);
	}
	s[0]->cursor = 3;
	EXPECT(take() == s[0]);
	EXPECT_EQ(s[0]->cursor, 0);
	EXPECT(s[0]->needzero);
	central_release(&own, s[0]);
	for (i = 1; i < 4; i++)
		EXPECT(take() == s[i]);
	EXPECT(take() == s[0]);
	EXPECT(!LIST.first);
	own_close();
}

KTEST(mm_central, full_span_is_nowhere_until_a_free)
{
	struct span *s, *t;

	ASSERT(own_open(NULL));
	s = take();
	t = take();
	ASSERT(s && t);
	use(s, 4);
	use(t, 1);
	central_release(&own, s);
	EXPECT_EQ(s->where, SPAN_NOWHERE);
	central_release(&own, t);
	EXPECT(LIST.first == t && LIST.last == t);
	drop(s, 2);
	central_freed(&own, KIND_SCAN, CLASS, s);
	EXPECT_EQ(s->where, SPAN_LISTED);
	EXPECT(LIST.last == s);
	drop(s, 1);
	central_freed(&own, KIND_SCAN, CLASS, s); /* is listed already */
	EXPECT(LIST.first == t && t->next == s && !s->next);
	own_close();
}

KTEST(mm_central, empty_span_returns_its_pages)
{
	struct span *s, *t;

	ASSERT(own_open(NULL));
	s = take();
	ASSERT(s);
	EXPECT_EQ(own.pageheap.inuse, PAGE_SIZE);
	central_release(&own, s);
	EXPECT_EQ(own.pageheap.inuse, 0);
	t = take();
	ASSERT(t);
	use(t, 2);
	central_release(&own, t);
	drop(t, 0);
	drop(t, 1);
	central_freed(&own, KIND_SCAN, CLASS, t);
	EXPECT_EQ(own.pageheap.inuse, 0);
	EXPECT(!LIST.first && !LIST.last);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_central, free_into_cached_span_leaves_it)
{
	struct span *s;

	ASSERT(own_open(NULL));
	s = take();
	ASSERT(s);
	use(s, 1);
	drop(s, 0);
	central_freed(&own, KIND_SCAN, CLASS, s);
	EXPECT_EQ(s->where, SPAN_CACHED);
	EXPECT_EQ(s->state, SPAN_INUSE);
	own_close();
}

KTEST(mm_central, free_of_reused_record_is_ignored)
{
	struct span *s;

	ASSERT(own_open(NULL));
	s = take();
	ASSERT(s);
	use(s, 4);
	central_release(&own, s);
	drop(s, 0);
	central_freed(&own, KIND_NOSCAN, CLASS, s);
	central_freed(&own, KIND_SCAN, CLASS + 1, s);
	EXPECT_EQ(s->where, SPAN_NOWHERE);
	EXPECT(!own.central[KIND_NOSCAN][CLASS].spans.first);
	own_close();
}

KTEST(mm_central, sweep_settles_the_span)
{
	struct span *s;

	ASSERT(own_open(NULL));
	s = take();
	ASSERT(s);
	use(s, 4);
	central_release(&own, s);
	drop(s, 3);
	s->sweepgen = own.sweepgen - 1;
	EXPECT(!central_swept(&own, s, 3));
	EXPECT_EQ(s->sweepgen, own.sweepgen);
	EXPECT_EQ(s->where, SPAN_LISTED);
	EXPECT(central_swept(&own, s, 0));
	EXPECT_EQ(s->where, SPAN_LEAVING);
	EXPECT(!LIST.first);
	span_free_pages(&own, s);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_central, no_memory_is_null)
{
	ASSERT(OWN_OPEN(.heap_reserve = 64 * KIB, .heap_max = 4 * KIB));
	EXPECT(!take());
	EXPECT_SOUND();
	own_close();
}
