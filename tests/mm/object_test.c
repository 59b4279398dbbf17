// SPDX-License-Identifier: MIT
/* object_test.c - from an address to its object, and why there is none */
#include "own.h"

static const char *why(uintptr_t p, struct object *o)
{
	const char *s;

	kgc_host_pin();
	s = object_check(&own, p, o);
	kgc_host_unpin();
	return s ? s : "good";
}

static bool find(uintptr_t p, struct object *o)
{
	bool found;

	kgc_host_pin();
	found = object_find(&own, p, o);
	kgc_host_unpin();
	return found;
}

KTEST(mm_object, every_byte_leads_to_base)
{
	struct object o;
	uintptr_t p, off;
	unsigned int c;

	ASSERT(own_open(NULL));
	for (c = 1; c < KGC_NCLASSES; c += 3) {
		heap_alloc(&own, own.classes.of[c].size, 0);
		p = (uintptr_t)heap_alloc(&own, own.classes.of[c].size, 0);
		ASSERT(p);
		for (off = 0; off < own.classes.of[c].size; off += 1 + c) {
			ASSERT(find(p + off, &o));
			ASSERT_EQ(o.base, p);
			ASSERT_EQ(o.index, (p - o.span->start) / o.span->size);
		}
		EXPECT(!find(p + own.classes.of[c].size, &o) || o.base != p);
	}
	p = (uintptr_t)heap_alloc(&own, 100000, 0);
	EXPECT(find(p + 102399, &o) && o.base == p && o.index == 0);
	EXPECT(!find(p + 102400, &o));
	own_close();
}

KTEST(mm_object, each_reason_has_its_text)
{
	struct object o;
	uintptr_t p, q, large, nogc;

	ASSERT(own_open(NULL));
	p = (uintptr_t)heap_alloc(&own, 1152, 0); /* 7 in two pages */
	q = (uintptr_t)heap_alloc(&own, 1152, 0);
	large = (uintptr_t)heap_alloc(&own, 50000, KGC_NOSCAN);
	nogc = (uintptr_t)heap_alloc(&own, 5000, KGC_NOGC);
	ASSERT(p && q && large && nogc);
	EXPECT_STR(why(p, &o), "good");
	EXPECT_STR(why(large, &o), "good");
	EXPECT_STR(why(nogc, &o), "good");
	EXPECT_STR(why(p + 1, &o), "inside a block, not its start");
	EXPECT_STR(why(large + 4096, &o), "inside a block, not its start");
	EXPECT_STR(why(nogc + 8, &o), "inside a block, not its start");
	EXPECT_STR(why(p + 7 * 1152, &o),
		   "not an allocated block (tail of a span)");
	EXPECT_STR(why(q + 1152, &o), "already free"); /* in a window */
	heap_free(&own, (void *)q);
	EXPECT_STR(why(q, &o), "already free");
	EXPECT_STR(why(q + 3, &o), "already free");
	heap_free(&own, (void *)large);
	EXPECT_STR(why(large, &o), "not an allocated block (free pages)");
	EXPECT_STR(why(own.arena.start + own.arena.used, &o),
		   "not an allocated block (not in the heap)");
	EXPECT_STR(why((uintptr_t)&o, &o),
		   "not an allocated block (not in the heap)");
	EXPECT_STR(why(0, &o), "not an allocated block (not in the heap)");
	own_close();
}

KTEST(mm_object, unmarked_object_is_free_before_its_sweep)
{
	struct object o;
	uintptr_t p;

	ASSERT(own_open(NULL));
	p = (uintptr_t)heap_alloc(&own, 128, 0);
	heap_alloc(&own, 128, KGC_UNCOLLECTABLE);
	own_stop();
	mark_start(&own);
	sweep_start(&own);
	kgc_host_start_world();
	EXPECT(!find(p, &o));
	sweep_all(&own);
	EXPECT_SOUND();
	own_close();
}
