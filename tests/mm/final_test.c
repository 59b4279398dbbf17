// SPDX-License-Identifier: MIT
/*
 * final_test.c - which finalizers are due, and what they keep
 *
 * Roots are known exactly here; mm_system runs finalizers end to end.
 */
#include "own.h"

static void *roots[4];

static void nothing(void *p, void *arg)
{
}

static int set(void *p, void *arg)
{
	struct special r = { .kind = SPECIAL_FINALIZER };

	r.object = (uintptr_t)p;
	r.final.fn = nothing;
	r.final.arg = arg;
	return special_add(&own, &r);
}

static void cycle(void)
{
	own_collect(roots, roots + 4);
}

/* The object that is next in the queue leaves it; NULL if there is none. */
static void *next_due(void)
{
	struct special *r = special_due(&own);
	void *p = r ? (void *)r->object : NULL;

	if (r) {
		special_remove(&own, r);
		fixalloc_free(&own.specials.records, r);
	}
	return p;
}

static void **make(size_t size)
{
	return heap_alloc(&own, size, 0);
}

static bool open_clean(void)
{
	memset(roots, 0, sizeof(roots));
	return own_open(NULL);
}

KTEST(mm_final, reachable_object_is_not_due)
{
	void **p;

	ASSERT(open_clean());
	p = roots[0] = make(48);
	EXPECT_EQ(set(p, NULL), 0);
	cycle();
	EXPECT_EQ(own.specials.nqueued, 0);
	roots[0] = NULL;
	cycle();
	EXPECT_EQ(own.specials.nqueued, 1);
	EXPECT(own_has(p));
	EXPECT_SOUND();
	EXPECT(next_due() == p);
	cycle();
	EXPECT(!own_has(p));
	EXPECT_EQ(own.specials.nqueued, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_final, queued_object_and_contents_live)
{
	void **p, **q, **arg;

	ASSERT(open_clean());
	p = make(48);
	q = p[3] = make(48);
	*q = make(100000);
	arg = make(16);
	arg[0] = make(16);
	set(p, arg);
	cycle();
	cycle();
	cycle();
	EXPECT_EQ(own.specials.nqueued, 1);
	EXPECT(own_has(p) && own_has(q) && own_has(*q));
	EXPECT(own_has(arg) && own_has(arg[0]));
	EXPECT_EQ(own_objects(), 5);
	EXPECT_SOUND();
	EXPECT(next_due() == p);
	cycle();
	EXPECT_EQ(own_objects(), 0);
	own_close();
}

KTEST(mm_final, argument_lives_while_it_is_set)
{
	void **p, **arg;

	ASSERT(open_clean());
	p = roots[0] = make(48);
	arg = make(48);
	arg[5] = make(24);
	set(p, (char *)arg + 20); /* an interior pointer does */
	cycle();
	EXPECT(own_has(arg) && own_has(arg[5]));
	EXPECT_EQ(own_objects(), 3);
	own_close();
}

KTEST(mm_final, pointing_object_goes_first)
{
	void **a, **b, **c;

	ASSERT(open_clean());
	a = make(32);
	b = make(600);
	c = make(32);
	a[0] = b;
	b[70] = c;
	set(c, NULL);
	set(a, NULL);
	set(b, NULL);
	cycle();
	EXPECT_EQ(own.specials.nqueued, 1);
	EXPECT(next_due() == a);
	cycle();
	EXPECT_EQ(own.specials.nqueued, 1);
	EXPECT(next_due() == b);
	cycle();
	EXPECT(next_due() == c);
	cycle();
	EXPECT_EQ(own_objects(), 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_final, cycle_through_finalizable_object_stays)
{
	void **a, **b, **c;

	ASSERT(open_clean());
	a = make(32);
	b = make(32);
	c = make(32);
	a[0] = b;
	b[0] = a;
	c[0] = c;
	set(a, NULL);
	set(c, NULL);
	cycle();
	cycle();
	EXPECT_EQ(own.specials.nqueued, 0);
	EXPECT(own_has(a) && own_has(b) && own_has(c));
	a[0] = c[0] = NULL;
	cycle();
	EXPECT_EQ(own.specials.nqueued, 2);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_final, argument_that_is_the_object_keeps_it)
{
	void **a;

	ASSERT(open_clean());
	a = make(32);
	set(a, a);
	cycle();
	EXPECT_EQ(own.specials.nqueued, 0);
	EXPECT(own_has(a));
	own_close();
}

KTEST(mm_final, noscan_contents_do_not_order)
{
	void **a, *b;

	ASSERT(open_clean());
	a = heap_alloc(&own, 32, KGC_NOSCAN);
	b = make(32);
	a[0] = b;
	set(a, NULL);
	set(b, NULL);
	cycle();
	EXPECT_EQ(own.specials.nqueued, 2);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_final, large_and_uncollectable_objects)
{
	void **large, **forever;

	ASSERT(open_clean());
	large = make(200000);
	large[20000] = make(16);
	forever = heap_alloc(&own, 64, KGC_UNCOLLECTABLE);
	set(large, NULL);
	set(forever, NULL);
	cycle();
	EXPECT_EQ(own.specials.nqueued, 1);
	EXPECT(own_has(large[20000]));
	EXPECT(next_due() == large);
	cycle();
	EXPECT_EQ(own_objects(), 1);
	heap_free(&own, forever);
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_final, object_may_be_made_reachable_and_due_again)
{
	void **p;

	ASSERT(open_clean());
	p = make(48);
	set(p, NULL);
	cycle();
	EXPECT_EQ(set(p, NULL), 0); /* while it is queued: its last is taken */
	EXPECT(next_due() == p);
	EXPECT(bitmap_get(&own, (uintptr_t)p) & BIT_SPECIAL);
	roots[2] = p;
	cycle();
	EXPECT_EQ(own.specials.nqueued, 0);
	EXPECT_SOUND();
	roots[2] = NULL;
	cycle();
	EXPECT(next_due() == p);
	cycle();
	EXPECT_EQ(own_objects(), 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_final, many_are_due_in_one_cycle)
{
	enum { N = 1000 };
	int i, n = 0;

	ASSERT(open_clean());
	for (i = 0; i < N; i++)
		ASSERT_EQ(set(make(16 + i % 7 * 50), NULL), 0);
	cycle();
	EXPECT_EQ(own.specials.nqueued, N);
	EXPECT_SOUND();
	while (next_due())
		n++;
	EXPECT_EQ(n, N);
	cycle();
	EXPECT_EQ(own_objects(), 0);
	EXPECT_EQ(own.specials.records.inuse, 0);
	EXPECT_SOUND();
	own_close();
}

/* --- the public function ------------------------------------------------- */

KTEST(mm_final, setting_twice_is_busy_and_removal_undoes)
{
	void *p = kgc_alloc(64, 0);

	ASSERT(p);
	EXPECT_EQ(kgc_set_finalizer(p, nothing, NULL), 0);
	EXPECT_EQ(kgc_set_finalizer(p, nothing, NULL), -KGC_EBUSY);
	EXPECT_EQ(kgc_set_finalizer(p, NULL, NULL), 0);
	EXPECT_EQ(kgc_set_finalizer(p, NULL, NULL), 0);
	EXPECT_EQ(kgc_set_finalizer(p, nothing, NULL), 0);
	kgc_free(p);
	EXPECT_EQ(kgc_check(), 0);
}

/* --- orders other than the model's --- */

static int set_order(void *p, enum kgc_order order)
{
	struct kgc_finalizer f = { nothing, NULL, order };

	return final_swap(&own, (uintptr_t)p, &f);
}

KTEST(mm_final, swap_tells_what_was_there)
{
	struct kgc_finalizer f = { nothing, &own, KGC_NO_ORDER };
	void **p;

	ASSERT(open_clean());
	p = roots[0] = make(48);
	EXPECT_EQ(final_swap(&own, (uintptr_t)p, &f), 0);
	EXPECT(!f.fn && !f.arg);
	EXPECT_EQ(final_swap(&own, (uintptr_t)p, &f), 0);
	EXPECT(f.fn == nothing && f.arg == &own);
	EXPECT_EQ(f.order, KGC_NO_ORDER);
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_final, cycle_without_order_goes)
{
	void **a, **b;

	ASSERT(open_clean());
	a = make(48);
	b = make(48);
	a[0] = b;
	b[0] = a;
	set_order(a, KGC_NO_ORDER);
	set_order(b, KGC_NO_ORDER);
	cycle();
	EXPECT_EQ(own.specials.nqueued, 2);
	EXPECT(own_has(a) && own_has(b));
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_final, pointer_to_itself_is_ignored_if_told)
{
	void **a, **b;

	ASSERT(open_clean());
	a = make(48);
	a[0] = a + 2;
	a[1] = b = make(48);
	set_order(a, KGC_IGNORE_SELF);
	set_order(b, KGC_ORDERED);
	cycle();
	EXPECT_EQ(own.specials.nqueued, 1);
	EXPECT(next_due() == a);
	cycle();
	EXPECT(next_due() == b);
	own_close();
}

/* a has no order and reaches b, which waits to be reached by nobody. */
KTEST(mm_final, unreachable_waits_for_those_without_order)
{
	void **a, **b;

	ASSERT(open_clean());
	a = make(48);
	a[0] = b = make(48);
	set_order(b, KGC_UNREACHABLE);
	set_order(a, KGC_NO_ORDER);
	cycle();
	EXPECT_EQ(own.specials.nqueued, 1);
	EXPECT(next_due() == a);
	EXPECT_SOUND();
	cycle();
	EXPECT_EQ(own.specials.nqueued, 1);
	EXPECT(next_due() == b);
	own_close();
}
