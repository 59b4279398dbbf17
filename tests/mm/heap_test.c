// SPDX-License-Identifier: MIT
/* heap_test.c - set up, take down, walk, retire */
#include "own.h"

KTEST(mm_heap, comes_up_and_goes_down)
{
	int i;

	for (i = 0; i < 5; i++) {
		ASSERT(own_open(NULL));
		EXPECT(own.ready);
		EXPECT_EQ(own.arena.end - own.arena.start, 16 * MIB);
		EXPECT_EQ(own.arena.start % PAGE_SIZE, 0);
		EXPECT_EQ(own.arena.used, 0);
		EXPECT(heap_alloc(&own, 100, 0));
		EXPECT(heap_alloc(&own, 100000, 0));
		own_close();
		EXPECT(!own.ready && !own.arena.start);
	}
}

KTEST(mm_heap, every_failure_while_coming_up_is_undone)
{
	static const struct kgc_config config = { .heap_reserve = MIB };
	static const struct heap zero;
	unsigned long nth;
	int err = -1;

	own_close();
	for (nth = 1; nth < 40; nth++) {
		hostctl_fail_commit(nth);
		err = heap_init(&own, &config);
		if (!err)
			break;
		EXPECT_EQ(err, -KGC_ENOMEM);
		EXPECT_EQ(memcmp(&own, &zero, sizeof(own)), 0);
	}
	hostctl_fail_commit(0);
	EXPECT_EQ(err, 0);
	EXPECT(nth > 5);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_heap, default_reservation_is_halved)
{
	static const struct kgc_config config = { 0 };
	int err;

	own_close();
	hostctl_fail_commit(1);
	err = heap_init(&own, &config);
	hostctl_fail_commit(0);
	if (err) {
		EXPECT_EQ(err, -KGC_ENOMEM);
		ktest_skip("no address space for a second default heap");
		return;
	}
	EXPECT(own.arena.end - own.arena.start >= 64 * MIB);
	EXPECT(heap_alloc(&own, 100, 0));
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_heap, impossible_reservation_fails)
{
	static const struct kgc_config config = {
		.heap_reserve = ~(size_t)0 / 8 * 7 & ~(MIB - 1)
	};

	own_close();
	EXPECT_EQ(heap_init(&own, &config), -KGC_ENOMEM);
	EXPECT(!own.arena.start);
}

/* Arena and bitmap together are more than the address space has numbers for. */
KTEST(mm_heap, reservation_that_wraps_fails)
{
	static const struct kgc_config config = { .heap_reserve = ~(size_t)0 &
								  ~(MIB - 1) };

	own_close();
	EXPECT_EQ(heap_init(&own, &config), -KGC_ENOMEM);
	own_close();
}

KTEST(mm_heap, reach_ends_with_the_address_space)
{
	EXPECT(heap.arena.start + heap.arena.reach > heap.arena.start);
	EXPECT(heap.arena.reach >= heap.arena.end - heap.arena.start);
}

KTEST(mm_heap, second_init_is_busy)
{
	EXPECT_EQ(kgc_init(NULL), -KGC_EBUSY);
	EXPECT(heap.ready);
}

KTEST(mm_heap, unready_heap_gives_nothing)
{
	own_close();
	EXPECT(!heap_alloc(&own, 100000, 0));
}

/* --- walking ------------------------------------------------------------- */

static struct {
	uintptr_t last;
	void *seek[5];
	unsigned int flags[5], seen[5];
	size_t size[5];
	bool disorder;
} walk;

static void visit(void *p, size_t size, unsigned int flags, void *arg)
{
	int i;

	walk.disorder |= arg != &walk || (uintptr_t)p < walk.last;
	walk.last = (uintptr_t)p + size;
	for (i = 0; i < 5; i++)
		if (walk.seek[i] == p) {
			walk.seen[i]++;
			walk.flags[i] = flags;
			walk.size[i] = size;
		}
}

static void start_walk(void)
{
	walk.last = 0;
	memset(walk.seen, 0, sizeof(walk.seen));
	kgc_walk(visit, &walk);
}

KTEST(mm_heap, walk_shows_each_object_once_in_order)
{
	static const unsigned int flags[5] = { 0, KGC_NOSCAN, KGC_UNCOLLECTABLE,
					       KGC_UNCOLLECTABLE | KGC_NOSCAN,
					       KGC_NOGC };
	int i;

	if (is_guarded(&heap)) {
		ktest_skip("a block has no more than was asked for");
		return;
	}
	memset(&walk, 0, sizeof(walk));
	for (i = 0; i < 5; i++)
		walk.seek[i] = kgc_alloc(i % 2 ? 100 : 40000, flags[i]);
	start_walk();
	EXPECT(!walk.disorder);
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(walk.seen[i], 1);
		EXPECT_EQ(walk.flags[i], flags[i]);
		EXPECT_EQ(walk.size[i], i % 2 ? 112 : 40960);
		kgc_free(walk.seek[i]);
	}
	start_walk();
	for (i = 0; i < 5; i++)
		EXPECT_EQ(walk.seen[i], 0);
}

static void count(void *p, size_t size, unsigned int flags, void *arg)
{
	uint64_t *n = arg;

	n[0]++;
	n[1] += size;
}

KTEST(mm_heap, walk_agrees_with_counters)
{
	static struct kgc_memstats NOROOT m;
	uint64_t n[2] = { 0 };

	kgc_collect();
	kgc_walk(count, n);
	kgc_read_memstats(&m);
	EXPECT_EQ(n[0], m.heap_objects);
	if (is_guarded(&heap)) /* guards are counted, too */
		EXPECT(n[1] <= m.heap_alloc);
	else
		EXPECT_EQ(n[1], m.heap_alloc);
}

/* --- the rest ------------------------------------------------------------ */

KTEST(mm_heap, retired_slot_holds_no_window)
{
	const unsigned int slot = kgc_host_pin();
	unsigned int kind, class;
	void *p, *q;

	kgc_host_unpin();
	p = kgc_alloc(48, 0);
	kgc_retire(slot);
	for (kind = 0; kind < NKINDS; kind++)
		for (class = 0; class < KGC_NCLASSES; class ++)
			EXPECT(!heap.cache[slot]->source[kind][class].span);
	kgc_retire(~0u);
	EXPECT_EQ(kgc_check(), 0);
	q = kgc_alloc(48, 0);
	EXPECT(p && q && p != q);
	kgc_free(p);
	kgc_free(q);
}

KTEST(mm_heap, trim_gives_idle_pages_back)
{
	static struct kgc_memstats NOROOT m;
	void *p = kgc_alloc(700000, KGC_NOSCAN);

	ASSERT(p);
	kgc_free(p);
	EXPECT(kgc_trim(SIZE_MAX) >= 700000);
	EXPECT_EQ(kgc_trim(SIZE_MAX), 0);
	kgc_read_memstats(&m);
	EXPECT_EQ(m.heap_released, m.heap_idle);
	EXPECT_EQ(kgc_check(), 0);
}
