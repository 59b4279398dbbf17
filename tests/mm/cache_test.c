// SPDX-License-Identifier: MIT
/*
 * cache_test.c - windows: what they hold, give and take back
 *
 * Class 9 has 32 objects of 128 bytes in a page.
 */
#include "own.h"

#define CLASS 9

static struct cache *cache(void)
{
	const unsigned int slot = kgc_host_pin();

	kgc_host_unpin();
	return own.cache[slot];
}

static struct window *window(void)
{
	return &cache()->window[KIND_SCAN][CLASS];
}

static struct run *zeroed(void)
{
	return &window()->run[RUN_ZEROED];
}

static struct run *as_is(void)
{
	return &window()->run[RUN_AS_IS];
}

/* The span they are of. */
static struct span *source(void)
{
	return cache()->source[KIND_SCAN][CLASS].span;
}

KTEST(mm_cache, attach_is_once)
{
	struct cache *c;
	size_t sys;

	ASSERT(own_open(NULL));
	c = cache();
	ASSERT(c);
	sys = own.caches_sys;
	EXPECT(sys >= sizeof(*c));
	EXPECT(cache_attach(&own) == c);
	EXPECT_EQ(own.caches_sys, sys);
	EXPECT(!own.shared);
	own_close();
}

KTEST(mm_cache, window_is_a_run)
{
	char *p;
	int i;

	if (ONE_BY_ONE) {
		ktest_skip("runs hold one object");
		return;
	}
	ASSERT(own_open(NULL));
	p = heap_alloc(&own, 128, 0);
	ASSERT(p);
	EXPECT_EQ(zeroed()->next, (uintptr_t)p + 128);
	EXPECT_EQ(run_left(zeroed()), 31 * 128);
	EXPECT_EQ(source()->nused, 0); /* set when somebody asks */
	EXPECT_EQ(own_objects(), 1);
	EXPECT_EQ(own.pacer.allocated, PAGE_SIZE);
	for (i = 1; i < 32; i++)
		EXPECT(heap_alloc(&own, 128, 0) == p + i * 128);
	EXPECT_EQ(run_left(zeroed()), 0);
	EXPECT_EQ(own_objects(), 32);
	EXPECT_EQ(own_bytes(), PAGE_SIZE);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_cache, held_objects_are_not_allocated)
{
	char *p;

	if (ONE_BY_ONE) {
		ktest_skip("runs hold one object");
		return;
	}
	ASSERT(own_open(NULL));
	p = heap_alloc(&own, 128, 0);
	ASSERT(p);
	EXPECT(own_has(p));
	EXPECT(!own_has(p + 128));
	EXPECT(cache_holds(&own, source(), (uintptr_t)p + 128));
	EXPECT(!cache_holds(&own, source(), (uintptr_t)p));
	EXPECT(heap_alloc(&own, 128, 0) == p + 128);
	EXPECT(own_has(p + 128));
	own_close();
}

KTEST(mm_cache, flush_restores)
{
	struct span *s;
	char *p;

	ASSERT(own_open(NULL));
	p = heap_alloc(&own, 128, 0);
	ASSERT(p && heap_alloc(&own, 128, KGC_NOSCAN));
	s = source();
	kgc_host_pin();
	cache_flush(&own, cache());
	kgc_host_unpin();
	EXPECT(!source());
	EXPECT_EQ(run_left(zeroed()), 0);
	EXPECT_EQ(s->where, SPAN_LISTED);
	EXPECT_EQ(s->nused, 1);
	EXPECT_EQ(bitmap_count(&own, s, BIT_ALLOC), 1);
	EXPECT_EQ(own.pacer.allocated, 2 * 128);
	EXPECT_EQ(cache()->nmalloc[CLASS], 2);
	EXPECT_EQ(own_objects(), 2);
	EXPECT_SOUND();
	EXPECT(heap_alloc(&own, 128, 0) == p + 128);
	own_close();
}

KTEST(mm_cache, flush_gives_back_span_without_objects)
{
	char *p;

	ASSERT(own_open(NULL));
	p = heap_alloc(&own, 128, 0);
	ASSERT(p);
	heap_free(&own, p);
	EXPECT_EQ(own.pageheap.inuse, PAGE_SIZE);
	kgc_host_pin();
	cache_flush(&own, cache());
	kgc_host_unpin();
	EXPECT_EQ(own.pageheap.inuse, 0);
	EXPECT_EQ(stats_taken(&own), 0);
	EXPECT_EQ(own_objects(), 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_cache, bytes_freed_put_a_cycle_off)
{
	char *p[32];
	int i;

	if (ONE_BY_ONE) {
		ktest_skip("runs hold one object");
		return;
	}
	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .heap_min = PAGE_SIZE,
			.profile_rate = KGC_PROFILE_OFF));
	EXPECT(!pacer_is_due(&own));
	for (i = 0; i < 32; i++)
		p[i] = heap_alloc(&own, 128, KGC_NOCOLLECT);
	EXPECT(pacer_is_due(&own));
	for (i = 0; i < 8; i++)
		heap_free(&own, p[i]);
	EXPECT_EQ(own.pacer.allocated, PAGE_SIZE);
	EXPECT(!pacer_is_due(&own));
	EXPECT_EQ(own.pacer.allocated, PAGE_SIZE - 8 * 128);
	ASSERT(heap_alloc(&own, 128, KGC_NOSCAN | KGC_NOCOLLECT));
	EXPECT(pacer_is_due(&own));
	own_close();
}

KTEST(mm_cache, second_pass_is_made_at_an_eighth)
{
	char *p[32], *q[32];
	int i;

	if (ONE_BY_ONE) {
		ktest_skip("runs hold one object");
		return;
	}
	ASSERT(own_open(NULL));
	for (i = 0; i < 32; i++)
		p[i] = heap_alloc(&own, 128, 0);
	for (i = 10; i < 13; i++)
		heap_free(&own, p[i]);
	heap_free(&own, p[20]);
	EXPECT(heap_alloc(&own, 128, 0) == p[10]);
	EXPECT_EQ(run_left(zeroed()), 2 * 128);
	EXPECT(heap_alloc(&own, 128, 0) == p[11]);
	EXPECT(heap_alloc(&own, 128, 0) == p[12]);
	EXPECT(heap_alloc(&own, 128, 0) == p[20]);
	for (i = 32; i < 64; i++)
		q[i % 32] = heap_alloc(&own, 128, 0);
	heap_free(&own, p[3]); /* the first span waits in the list */
	heap_free(&own, q[5]); /* one of 32 is no reason for a pass */
	EXPECT(heap_alloc(&own, 128, 0) == p[3]);
	EXPECT(heap_alloc(&own, 128, 0) == q[5]);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_cache, fresh_pages_are_not_cleared_again)
{
	char *p, *q;

	ASSERT(own_open(NULL));
	p = heap_alloc(&own, 128, KGC_NOZERO);
	ASSERT(p);
	p[128] = 1; /* of the run: as it is is zero already */
	q = heap_alloc(&own, 128, 0);
	EXPECT(q == p + 128);
	EXPECT_EQ(p[128], KGC_CHECK < 3);
	own_close();
}

KTEST(mm_cache, used_objects_are_cleared_when_asked)
{
	char *p[32], *q;
	int i;

	if (ONE_BY_ONE) {
		ktest_skip("runs hold one object");
		return;
	}
	ASSERT(own_open(NULL));
	for (i = 0; i < 32; i++) {
		p[i] = heap_alloc(&own, 128, 0);
		memset(p[i], 0x5a, 128);
	}
	for (i = 0; i < 8; i++)
		heap_free(&own, p[i]);
	q = heap_alloc(&own, 128, KGC_NOZERO);
	EXPECT(q == p[0]);
	EXPECT_EQ(run_left(as_is()), 7 * 128);
	EXPECT_EQ(q[127], 0x5a);
	q = heap_alloc(&own, 128, 0); /* of the same run, cleared as a whole */
	EXPECT(q == p[1]);
	EXPECT_EQ(run_left(as_is()), 0);
	EXPECT_EQ(run_left(zeroed()), 6 * 128);
	for (i = 0; i < 7 * 128; i++)
		EXPECT_EQ(q[i], 0);
	q = heap_alloc(&own, 128, KGC_NOZERO); /* of the only one there is */
	EXPECT(q == p[2]);
	EXPECT_EQ(run_left(zeroed()), 5 * 128);
	for (i = 8; i < 16; i++)
		heap_free(&own, p[i]);
	for (i = 3; i < 8; i++)
		heap_alloc(&own, 128, 0);
	q = heap_alloc(&own, 128, 0); /* a run cleared as a whole */
	EXPECT(q == p[8]);
	for (i = 0; i < 8 * 128; i++)
		EXPECT_EQ(p[8][i], 0);
	own_close();
}

KTEST(mm_cache, stress_gives_one_object_a_window)
{
	uint32_t at_once;
	char *p;

	ASSERT(OWN_OPEN(.heap_reserve = MIB, .percent = -1, .stress = 1000));
	p = heap_alloc(&own, 128, 0);
	ASSERT(p);
	at_once = cache_sets_runs(&own); /* else when another run is taken */
	EXPECT_EQ(run_left(zeroed()), 0);
	EXPECT_EQ(source()->nused, at_once);
	EXPECT(heap_alloc(&own, 128, 0) == p + 128);
	EXPECT_EQ(source()->nused, 1 + at_once);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_cache, kinds_have_windows_of_their_own)
{
	static const unsigned int kinds[] = { 0, KGC_NOSCAN, KGC_UNCOLLECTABLE,
					      KGC_UNCOLLECTABLE | KGC_NOSCAN };
	uintptr_t page[4];
	int i, k;

	ASSERT(own_open(NULL));
	for (i = 0; i < 4; i++)
		page[i] = (uintptr_t)heap_alloc(&own, 128, kinds[i]) >>
			  PAGE_SHIFT;
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(cache()->source[kinds[i]][CLASS].span->kind,
			  kinds[i]);
		for (k = 0; k < i; k++)
			EXPECT(page[i] != page[k]);
	}
	EXPECT_SOUND();
	own_close();
}

/* --- two slots ----------------------------------------------------------- */

static void other_slot(void *arg)
{
	char **p = arg;

	p[0] = heap_alloc(&own, 128, 0);
	p[1] = heap_alloc(&own, 128, 0);
}

static int nattached(void)
{
	int i, n = 0;

	for (i = 0; i < (int)own.nslots; i++)
		n += !!own.cache[i];
	return n;
}

KTEST(mm_cache, second_slot_shares_the_heap)
{
	char *mine, *theirs[2] = { NULL };
	bool same_slot;

	ASSERT(own_open(NULL));
	mine = heap_alloc(&own, 128, 0);
	ASSERT(mine);
	hostctl_join(hostctl_spawn(other_slot, theirs));
	same_slot = nattached() == 1;
	EXPECT(theirs[0] && theirs[1] == theirs[0] + 128);
	EXPECT_EQ(own.shared, !same_slot);
	EXPECT_EQ(own_objects(), 3);
	heap_free(&own, theirs[0]);
	heap_free(&own, theirs[1]);
	EXPECT_SOUND();
	EXPECT_EQ(own_objects(), 1);
	own_close();
}

KTEST(mm_cache, what_another_slot_has_not_handed_out_is_free)
{
	char *mine, *theirs[2] = { NULL };
	struct object o;

	ASSERT(own_open(NULL));
	mine = heap_alloc(&own, 128, 0);
	hostctl_join(hostctl_spawn(other_slot, theirs));
	ASSERT(mine && theirs[1]);
	kgc_host_pin();
	EXPECT(object_find(&own, (uintptr_t)theirs[1], &o));
	if (own.shared && !ONE_BY_ONE) /* else the bit is clear */
		EXPECT(bitmap_get(&own, (uintptr_t)theirs[1] + 128) &
		       BIT_ALLOC);
	EXPECT(!object_find(&own, (uintptr_t)theirs[1] + 128, &o));
	kgc_host_unpin();
	EXPECT_SOUND();
	own_close();
}
