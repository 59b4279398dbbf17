// SPDX-License-Identifier: MIT
/* arena_test.c - how the arena grows, and where it ends */
#include "own.h"

KTEST(mm_arena, grows_by_a_mebibyte_at_least)
{
	struct span *s, *t;

	ASSERT(own_open(NULL));
	EXPECT_EQ(own.arena.used, 0);
	s = own_take(1);
	ASSERT(s);
	EXPECT_EQ(s->start, own.arena.start);
	EXPECT_EQ(own.arena.used, MIB);
	EXPECT_EQ(own.pageheap.sys, MIB);
	EXPECT_EQ(own.pageheap.inuse, PAGE_SIZE);
	t = own_take(256);
	ASSERT(t);
	EXPECT_EQ(own.pageheap.sys, 2 * MIB);
	own_give(s);
	own_give(t);
	EXPECT_EQ(own.pageheap.inuse, 0);
	t = own_take(520); /* what is free at the end of the arena counts not */
	ASSERT(t);
	EXPECT_EQ(own.pageheap.sys, 2 * MIB + PAGES(528));
	own_give(t);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_arena, grows_to_large_pages_past_eight_mebibytes)
{
	struct span *s, *t, *u;

	ASSERT(own_open_small(24 * MIB, 0));
	s = own_take(2048);
	ASSERT(s);
	EXPECT_EQ(own.arena.used, 8 * MIB);
	t = own_take(1);
	ASSERT(t);
	EXPECT_EQ((own.arena.start + own.arena.used) % (2 * MIB), 0);
	EXPECT(own.arena.used >= 9 * MIB && own.arena.used < 11 * MIB);
	u = own_take(512);
	ASSERT(u);
	EXPECT_EQ((own.arena.start + own.arena.used) % (2 * MIB), 0);
	own_give(s);
	own_give(t);
	own_give(u);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_arena, limit_holds_and_last_pages_are_had)
{
	struct span *s, *t;

	ASSERT(own_open_small(16 * MIB, MIB + 256 * KIB));
	s = own_take(256);
	ASSERT(s);
	t = own_take(17); /* a whole mebibyte is too much, 128 KiB are not */
	ASSERT(t);
	EXPECT_EQ(own.pageheap.sys, MIB + 128 * KIB);
	EXPECT(!own_take(48));
	EXPECT_EQ(own.pageheap.sys, MIB + 128 * KIB);
	EXPECT(!own_take(257));
	own_give(s);
	own_give(t);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_arena, reservation_ends)
{
	struct span *s;

	ASSERT(own_open_small(2 * MIB, 0));
	EXPECT(!own_take(513));
	EXPECT(!own_take(~(size_t)0 >> PAGE_SHIFT));
	s = own_take(512);
	ASSERT(s);
	EXPECT(!own_take(1));
	own_give(s);
	s = own_take(512);
	ASSERT(s);
	EXPECT_EQ(s->start, own.arena.start);
	own_give(s);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_arena, extension_is_within_reach)
{
	struct span *s, *t;

	ASSERT(OWN_OPEN(.heap_reserve = 2 * MIB, .heap_reach = 256 * MIB,
			.percent = -1));
	s = own_take(512);
	ASSERT(s);
	t = own_take(700);
	if (!t) {
		own_close();
		ktest_skip("no address space beyond the reservation");
		return;
	}
	EXPECT(t->start >= own.arena.start + 2 * MIB);
	EXPECT(own.arena.end <= own.arena.start + own.arena.reach);
	EXPECT(own.arena.used <= own.arena.end - own.arena.start);
	memset((void *)t->start, 1, PAGES(700));
	EXPECT(span_of(&own, t->start + PAGES(700) - 1) == t);
	own_give(s);
	own_give(t);
	EXPECT_SOUND();
	own_close();
}
