// SPDX-License-Identifier: MIT
/* weak_test.c - weak links and ephemerons, with roots known exactly */
#include "own.h"

static void *roots[4];
static void *links[4]; /* outside the roots of own_collect() */

static void nothing(void *p, void *arg)
{
}

static void cycle(void)
{
	own_collect(roots, roots + 4);
}

static void **make(size_t size)
{
	return heap_alloc(&own, size, 0);
}

static bool open_clean(void)
{
	memset(roots, 0, sizeof(roots));
	memset(links, 0, sizeof(links));
	return own_open(NULL);
}

static int set(int i, void *p, unsigned int flags)
{
	links[i] = p;
	return weak_set(&own, &links[i], p, flags);
}

static void finalize(void *p)
{
	struct kgc_finalizer f = { nothing, NULL, KGC_ORDERED };

	EXPECT_EQ(final_swap(&own, (uintptr_t)p, &f), 0);
}

KTEST(mm_weak, link_is_cleared_at_death)
{
	ASSERT(open_clean());
	roots[0] = make(40);
	EXPECT_EQ(set(0, roots[0], 0), 0);
	EXPECT_EQ(set(1, make(40), 0), 0);
	EXPECT_EQ(set(2, (char *)roots[0] + 20, KGC_WEAK_LONG), 0);
	cycle();
	EXPECT(links[0] == roots[0]);
	EXPECT(!links[1]);
	EXPECT(links[2] == (char *)roots[0] + 20);
	EXPECT_SOUND();
	roots[0] = NULL;
	cycle();
	EXPECT(!links[0] && !links[2]);
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_weak, free_clears_the_link)
{
	ASSERT(open_clean());
	roots[0] = make(40);
	set(0, roots[0], 0);
	set(1, roots[0], 0);
	heap_free(&own, roots[0]);
	EXPECT(!links[0] && !links[1]);
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_weak, short_link_goes_before_the_finalizer_and_long_after)
{
	void **p;

	ASSERT(open_clean());
	p = make(40);
	set(0, p, 0);
	set(1, p, KGC_WEAK_LONG);
	finalize(p);
	cycle();
	EXPECT_EQ(own.specials.nqueued, 1);
	EXPECT(!links[0]);
	EXPECT(links[1] == p);
	special_drop(&own, special_due(&own));
	cycle();
	EXPECT(!links[1]);
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_weak, link_is_set_anew_and_cleared)
{
	void *first, *second;

	ASSERT(open_clean());
	first = roots[0] = make(40);
	second = roots[1] = make(40);
	EXPECT_EQ(set(0, first, 0), 0);
	EXPECT_EQ(set(0, second, 0), 0);
	roots[0] = NULL;
	cycle();
	EXPECT(links[0] == second);
	EXPECT(!weak_unset(&own, &links[0], KGC_WEAK_LONG));
	EXPECT(weak_unset(&own, &links[0], 0));
	EXPECT(!weak_unset(&own, &links[0], 0));
	roots[1] = NULL;
	cycle();
	EXPECT(links[0] == second);
	EXPECT_EQ(weak_set(&own, &links[0], &links[0], 0), -KGC_EINVAL);
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_SOUND();
	own_close();
}

/* The memory of a dead table of links may be anything by the next death. */
KTEST(mm_weak, link_in_a_dead_object_is_forgotten)
{
	enum { N = 200 };
	void **table;
	int i;

	ASSERT(open_clean());
	roots[0] = table = heap_alloc(&own, N * sizeof(void *), KGC_NOSCAN);
	roots[1] = make(48);
	for (i = 0; i < N; i++) {
		table[i] = roots[1];
		ASSERT_EQ(weak_set(&own, &table[i], roots[1], 0), 0);
	}
	cycle();
	EXPECT_EQ(own.specials.n, 2 * N + 1);
	EXPECT_SOUND();
	roots[0] = NULL;
	cycle();
	EXPECT(!own_has(table));
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_SOUND();
	roots[0] = table = heap_alloc(&own, N * sizeof(void *), KGC_NOSCAN);
	table[7] = roots[1];
	weak_set(&own, &table[7], roots[1], 0);
	heap_free(&own, table);
	EXPECT_EQ(own.specials.n, 0);
	own_close();
}

KTEST(mm_weak, scanned_link_keeps_unless_hidden)
{
	void **holder;

	ASSERT(open_clean());
	roots[0] = holder = make(64);
	holder[0] = make(32);
	holder[1] = make(32);
	weak_set(&own, &holder[0], holder[0], 0);
	weak_set(&own, &holder[1], holder[1], 0);
	holder[1] = kgc_hide(holder[1]);
	cycle();
	EXPECT(holder[0]);
	EXPECT(!holder[1]);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_weak, hidden_link_is_revealed)
{
	void *object = &roots, *link = kgc_hide(object);

	EXPECT(kgc_read_weak(&link, true) == object);
	link = object;
	EXPECT(kgc_read_weak(&link, false) == object);
	link = NULL;
	EXPECT(!kgc_read_weak(&link, true));
}

KTEST(mm_weak, ephemeron_lives_with_its_key)
{
	void **key, **value;

	ASSERT(open_clean());
	key = roots[0] = make(32);
	value = make(64);
	value[3] = key; /* the value refers to its key */
	EXPECT_EQ(ephemeron_set(&own, key, value), 0);
	EXPECT_EQ(ephemeron_set(&own, key, value), 0);
	EXPECT_EQ(ephemeron_set(&own, key, &links), -KGC_EINVAL);
	EXPECT_EQ(own.specials.n, 1);
	cycle();
	EXPECT(own_has(key) && own_has(value));
	roots[0] = NULL;
	cycle();
	EXPECT(!own_has(key) && !own_has(value));
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_weak, ephemerons_chain_either_way)
{
	enum { N = 50 };
	void **p[N];
	int i, round;

	for (round = 0; round < 2; round++) {
		ASSERT(open_clean());
		for (i = 0; i < N; i++)
			p[i] = make(16 + i % 7 * 16);
		for (i = 0; i + 1 < N; i++)
			if (round)
				ephemeron_set(&own, p[i], p[i + 1]);
			else
				ephemeron_set(&own, p[N - 1 - i], p[N - 2 - i]);
		roots[0] = round ? p[0] : p[N - 1];
		cycle();
		EXPECT_EQ(own_objects(), N);
		roots[0] = round ? p[N / 2] : p[N / 2 - 1];
		cycle();
		EXPECT_EQ(own_objects(), N / 2);
		EXPECT_SOUND();
		own_close();
	}
}

KTEST(mm_weak, ephemeron_is_undone)
{
	void **value;

	ASSERT(open_clean());
	roots[0] = make(32);
	value = make(64);
	ephemeron_set(&own, roots[0], value);
	EXPECT(ephemeron_unset(&own, roots[0], value + 2));
	EXPECT(!ephemeron_unset(&own, roots[0], value));
	cycle();
	EXPECT(!own_has(value));
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_weak, value_of_a_noscan_uncollectable_key_lives)
{
	void *key, *value;

	ASSERT(open_clean());
	key = heap_alloc(&own, 32, KGC_UNCOLLECTABLE | KGC_NOSCAN);
	value = make(64);
	ephemeron_set(&own, key, value);
	cycle();
	EXPECT(own_has(value));
	heap_free(&own, key);
	cycle();
	EXPECT(!own_has(value));
	EXPECT_EQ(own.specials.n, 0);
	own_close();
}

KTEST(mm_weak, link_moves)
{
	static void *from, *to;
	void **p = kgc_alloc(40, 0), *other = kgc_alloc(40, 0);

	ASSERT(p && other);
	EXPECT_EQ(kgc_flags(p), 0);
	EXPECT_EQ(kgc_flags(&from), -KGC_EINVAL);
	EXPECT_EQ(kgc_move_weak(&from, &to, 0), -KGC_EINVAL);
	from = kgc_hide(p);
	EXPECT_EQ(kgc_set_weak(&from, p, 0), 0);
	EXPECT_EQ(kgc_move_weak(&from, &from, 0), 0);
	EXPECT_EQ(kgc_set_weak(&to, other, 0), 0);
	EXPECT_EQ(kgc_move_weak(&from, &to, 0), -KGC_EBUSY);
	EXPECT(kgc_clear_weak(&to, 0));
	EXPECT_EQ(kgc_move_weak(&from, &to, 0), 0);
	EXPECT(!kgc_clear_weak(&from, 0));
	to = kgc_hide(p);
	kgc_free(p);
	EXPECT(!to);
	kgc_free(other);
	from = NULL;
}

/* A link in an object takes three records: 0, 1, 2 can be had. */
KTEST(mm_weak, no_memory_for_a_record)
{
	struct fixalloc *records = &own.specials.records;
	void **holder, *target;
	size_t used, n;
	char *chunk;

	ASSERT(open_clean());
	roots[0] = holder = make(64);
	roots[1] = target = make(32);
	EXPECT_EQ(set(0, target, 0), 0); /* there is a chunk */
	ASSERT(records->left >= 3 * records->size);
	used = own.meta.used;
	chunk = records->chunk;
	own.meta.used = own.meta.region.size;
	for (n = 0; n < 3; n++) {
		records->free = NULL;
		records->chunk = chunk;
		records->left = n * records->size;
		holder[1] = target;
		hostctl_fail_commit(1);
		EXPECT_EQ(weak_set(&own, (void **)&holder[1], target, 0),
			  -KGC_ENOMEM);
		hostctl_fail_commit(0);
		EXPECT_SOUND();
	}
	own.meta.used = used;
	cycle();
	EXPECT(links[0] == target && holder[1] == target);
	EXPECT_SOUND();
	own_close();
}
