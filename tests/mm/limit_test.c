// SPDX-License-Identifier: MIT
/* limit_test.c - the program's hook, before memory is told to be short */
#include "own.h"

static void *held[512];
OWN_CLEARS(held)
static unsigned int nheld, nasked;
static size_t asked;

static bool open_limited(void)
{
	nheld = nasked = 0;
	return OWN_OPEN(.heap_reserve = 8 * MIB, .heap_max = 2 * MIB,
			.percent = -1, .profile_rate = KGC_PROFILE_OFF);
}

static bool fill(void)
{
	while (nheld < 512 && (held[nheld] = heap_alloc(&own, 64 * KIB, 0)))
		nheld++;
	return nheld >= 28 && nheld <= 32;
}

static bool free_one(size_t size, void *arg)
{
	nasked++;
	asked = size;
	heap_free(&own, held[--nheld]);
	return true;
}

static bool give_up(size_t size, void *arg)
{
	nasked++;
	return false;
}

static bool do_nothing(size_t size, void *arg)
{
	++*(unsigned int *)arg;
	return true;
}

static bool allocate(size_t size, void *arg)
{
	nasked++;
	EXPECT(!heap_alloc(&own, 64 * KIB, 0));
	return false;
}

KTEST(mm_limit, the_hook_frees_and_the_allocation_is_made)
{
	ASSERT(open_limited());
	ASSERT(fill());
	limit_set_hook(&own, free_one, NULL);
	EXPECT(heap_alloc(&own, 60 * KIB, 0));
	EXPECT_EQ(nasked, 1);
	EXPECT_EQ(asked, 60 * KIB);
	/* Twice as large: it is asked again. */
	nasked = 0;
	limit_set_hook(&own, free_one, NULL);
	EXPECT(heap_alloc(&own, 128 * KIB, 0));
	EXPECT(nasked >= 2);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_limit, it_is_asked_three_times)
{
	unsigned int n = 0;

	ASSERT(open_limited());
	ASSERT(fill());
	limit_set_hook(&own, do_nothing, &n);
	EXPECT(!heap_alloc(&own, 64 * KIB, 0));
	EXPECT_EQ(n, 3);
	limit_set_hook(&own, give_up, NULL);
	EXPECT(!heap_alloc(&own, 64 * KIB, 0));
	EXPECT_EQ(nasked, 1);
	limit_set_hook(&own, NULL, NULL);
	EXPECT(!heap_alloc(&own, 64 * KIB, 0));
	EXPECT_EQ(nasked, 1);
	own_close();
}

KTEST(mm_limit, it_is_not_asked_from_inside_itself)
{
	ASSERT(open_limited());
	ASSERT(fill());
	limit_set_hook(&own, allocate, NULL);
	EXPECT(!heap_alloc(&own, 64 * KIB, 0));
	EXPECT_EQ(nasked, 1);
	own_close();
}

static void *alloc_large(void *arg)
{
	return heap_alloc(&own, 64 * KIB, 0);
}

KTEST(mm_limit, it_is_not_asked_in_a_pinned_section)
{
	ASSERT(open_limited());
	ASSERT(fill());
	limit_set_hook(&own, give_up, NULL);
	EXPECT(!kgc_call_pinned(alloc_large, NULL));
	EXPECT(!heap_alloc(&own, 64 * KIB, KGC_NOCOLLECT));
	EXPECT_EQ(nasked, 0);
	own_close();
}

/* The limit is the caller's to move. */
static bool raise_limit(size_t size, void *arg)
{
	own.pageheap.max += MIB;
	return true;
}

KTEST(mm_limit, it_may_raise_the_limit)
{
	ASSERT(open_limited());
	ASSERT(fill());
	limit_set_hook(&own, raise_limit, NULL);
	EXPECT(heap_alloc(&own, 64 * KIB, 0));
	own_close();
}
