// SPDX-License-Identifier: MIT
/*
 * memory_test.c - when there is no more memory, and where more comes from
 *
 * Heaps of their own with small limits.
 */
#include <string.h>

#include "system.h"

#define OUT_OF_MEMORY "gc: out of memory: "
#define OUT_OF_RANGE  "runtime: memory allocated by OS not in usable range"

/* --- until it is gone ---------------------------------------------------- */

/* What is kept: a root.  No chain, of which one stale word would keep half. */
static void *kept[2 * MIB / 64 + 1];
static size_t nkept;

static void let_go(void)
{
	memset(kept, 0, nkept * sizeof(*kept));
	nkept = 0;
}

/* Allocate and keep until NULL; returns how many came, at most @most. */
static size_t exhaust(struct heap *h, size_t size, unsigned int flags,
		      size_t most)
{
	void *p;
	size_t n;

	for (n = 0; n < most && nkept < sizeof(kept) / sizeof(*kept); n++) {
		p = heap_alloc(h, size, flags);
		if (!p)
			break;
		memset(p, 0x3c, size);
		kept[nkept++] = p;
	}
	return n;
}

static void check_gone(const struct kgc_config *config, size_t size,
		       size_t limit)
{
	struct heap *h = sys_heap_new(config);
	size_t n, again;

	ASSERT(h);
	let_go();
	sys_output_mark();
	n = exhaust(h, size, 0, limit / size + 1);
	EXPECT(n > limit / size / 2);
	EXPECT(n <= limit / size);
	EXPECT_EQ(sys_lines(OUT_OF_MEMORY), 1);
	EXPECT(!heap_alloc(h, size, 0));
	EXPECT(!heap_alloc(h, size, 0));
	EXPECT_EQ(sys_lines(OUT_OF_MEMORY), 1);
	EXPECT_EQ(sys_faults(h), 0);
	EXPECT(h->pageheap.sys <= limit);

	/* What is let go can be had again, by the collection that comes. */
	let_go();
	sys_clear_stack();
	again = exhaust(h, size, 0, n / 2);
	EXPECT_EQ(again, n / 2);
	let_go();
	sys_collect(h);
	EXPECT_EQ(sys_faults(h), 0);
	sys_heap_drop(h);
}

KTEST(system_memory, small_objects_to_the_limit)
{
	const struct kgc_config config = { .heap_max = 2 * MIB };

	check_gone(&config, 64, 2 * MIB);
}

KTEST(system_memory, pages_to_the_limit)
{
	const struct kgc_config config = { .heap_max = 4 * MIB };

	check_gone(&config, 12 * KIB, 4 * MIB);
}

KTEST(system_memory, large_objects_to_the_limit)
{
	const struct kgc_config config = { .heap_max = 4 * MIB };

	check_gone(&config, 256 * KIB, 4 * MIB);
}

KTEST(system_memory, small_objects_to_the_end_of_the_arena)
{
	const struct kgc_config config = { .heap_reserve = 2 * MIB };

	check_gone(&config, 96, 2 * MIB);
}

KTEST(system_memory, large_objects_to_the_end_of_the_arena)
{
	const struct kgc_config config = { .heap_reserve = 4 * MIB };

	check_gone(&config, 100 * KIB, 4 * MIB);
}

/* The line comes once, until allocations of that size succeed again. */
KTEST(system_memory, a_second_time_it_is_said_again)
{
	const struct kgc_config config = { .heap_max = 4 * MIB };
	struct heap *h = sys_heap_new(&config);
	int i;

	ASSERT(h);
	for (i = 0; i < 2; i++) {
		let_go();
		sys_collect(h);
		sys_output_mark();
		h->oom.said_ns = 0;
		EXPECT(exhaust(h, 100 * KIB, 0, 41) >= 30);
		EXPECT_EQ(sys_lines(OUT_OF_MEMORY), 1);
	}
	let_go();
	sys_heap_drop(h);
}

/* Within a second it is counted, and the next line is told how often. */
KTEST(system_memory, a_program_at_its_limit_does_not_fill_the_log)
{
	const struct kgc_config config = { .heap_max = 4 * MIB };
	struct heap *h = sys_heap_new(&config);
	int i;

	ASSERT(h);
	sys_output_mark();
	for (i = 0; i < 3; i++) {
		let_go();
		sys_collect(h);
		h->oom.said_ns = kgc_host_nanotime();
		EXPECT(exhaust(h, 100 * KIB, 0, 41) >= 30);
	}
	EXPECT_EQ(sys_lines(OUT_OF_MEMORY), 0);
	EXPECT_EQ(h->oom.unsaid, 3);
	let_go();
	sys_collect(h);
	h->oom.said_ns = 0;
	EXPECT(exhaust(h, 100 * KIB, 0, 41) >= 30);
	EXPECT_EQ(sys_lines("gc: out of memory: 3 times more"), 1);
	let_go();
	sys_heap_drop(h);
}

/* No finalizer of the program is needed to free, and none is run. */
KTEST(system_memory, garbage_is_found_before_it_is_refused)
{
	const struct kgc_config config = { .heap_max = 2 * MIB };
	struct heap *h = sys_heap_new(&config);
	int i;

	ASSERT(h);
	sys_output_mark();
	for (i = 0; i < 400; i++)
		EXPECT(heap_alloc(h, 100 * KIB, 0));
	EXPECT_EQ(sys_lines(OUT_OF_MEMORY), 0);
	EXPECT(h->numgc >= 10);
	sys_heap_drop(h);
}

KTEST(system_memory, off_is_off_even_then)
{
	const struct kgc_config config = { .heap_max = 2 * MIB, .percent = -1 };
	struct heap *h = sys_heap_new(&config);
	int i, n = 0;

	ASSERT(h);
	for (i = 0; i < 100; i++)
		n += heap_alloc(h, 100 * KIB, 0) != NULL;
	EXPECT(n < 21);
	EXPECT_EQ(h->numgc, 0);
	sys_heap_drop(h);
}

KTEST(system_memory, an_arena_that_cannot_be_had)
{
	const struct kgc_config config = { .heap_reserve = SIZE_MAX / 2 };
	struct heap *h = sys_heap_room();

	ASSERT(h);
	EXPECT_EQ(heap_init(h, &config), -KGC_ENOMEM);
	EXPECT(!h->ready);
	sys_heap_room_drop(h);
}

/* --- more address space -------------------------------------------------- */

/* An address with at least @size bytes free above it, in the host's order. */
static void *room_for(size_t size)
{
	void *p;

	if (!strcmp(hostctl_name(), "kernel"))
		return (void *)heap.arena.end;
	p = kgc_host_reserve(size, NULL, NULL);
	if (p)
		kgc_host_release(p, size);
	return p;
}

static void drop_it(void *arg)
{
	sys_heap_drop(arg);
}

/* Several reservations were made, and each is to be released as it was. */
static void drop_grown(struct heap *h)
{
	char text[120] = "";

	hostctl_catch_panic(drop_it, h, text, sizeof text);
	EXPECT_STR(text, "");
}

KTEST(system_memory, grows_past_the_first_reservation)
{
	const struct kgc_config config = {
		.heap_reserve = 4 * MIB,
		.heap_reach = 32 * MIB,
		.heap_base = room_for(64 * MIB),
	};
	struct heap *h = sys_heap_new(&config);
	size_t n;

	ASSERT(h);
	let_go();
	n = exhaust(h, 60 * KIB, 0, 24 * MIB / (60 * KIB));
	EXPECT_EQ(n, 24 * MIB / (60 * KIB));
	EXPECT(h->arena.used > 4 * MIB);
	EXPECT(h->arena.used <= h->arena.reach);
	EXPECT_EQ(sys_faults(h), 0);
	sys_collect(h);
	EXPECT_EQ(nkept, n);
	for (n = 0; n < nkept; n++)
		EXPECT(sys_is_live(h, ~(uintptr_t)kept[n]));
	let_go();
	sys_collect(h);
	EXPECT_EQ(sys_faults(h), 0);
	drop_grown(h);
}

/* The same with small objects, and in the end NULL. */
KTEST(system_memory, grows_to_its_reach)
{
	const struct kgc_config config = {
		.heap_reserve = 4 * MIB,
		.heap_reach = 12 * MIB,
		.heap_base = room_for(64 * MIB),
	};
	struct heap *h = sys_heap_new(&config);
	size_t n;

	ASSERT(h);
	let_go();
	sys_output_mark();
	n = exhaust(h, 2048, 0, 12 * MIB / 2048 + 1);
	EXPECT(n > 11 * MIB / 2048);
	EXPECT(n <= 12 * MIB / 2048);
	EXPECT_EQ(sys_lines(OUT_OF_MEMORY), 1);
	EXPECT_EQ(sys_faults(h), 0);
	let_go();
	drop_grown(h);
}

KTEST(system_memory, grows_across_a_gap)
{
	const struct kgc_config config = {
		.heap_reserve = 4 * MIB,
		.heap_reach = 32 * MIB,
		.heap_base = room_for(64 * MIB),
	};
	struct heap *h = sys_heap_new(&config);
	char *foreign;
	uintptr_t lo;
	size_t n;

	ASSERT(h);
	lo = h->arena.end;
	foreign = kgc_host_reserve(2 * MIB, (void *)lo, (void *)(lo + 4 * MIB));
	ASSERT(foreign);
	ASSERT_EQ(kgc_host_commit(foreign, 2 * MIB), 0);
	memset(foreign, 0x42, 2 * MIB);
	let_go();
	n = exhaust(h, 60 * KIB, 0, 12 * MIB / (60 * KIB));
	EXPECT_EQ(n, 12 * MIB / (60 * KIB));
	EXPECT_EQ(sys_faults(h), 0);
	sys_collect(h);
	EXPECT_EQ(sys_faults(h), 0);
	EXPECT(foreign[0] == 0x42 && foreign[2 * MIB - 1] == 0x42);
	let_go();
	sys_collect(h);
	pageheap_release(h, SIZE_MAX, 0);
	EXPECT(foreign[0] == 0x42 && foreign[2 * MIB - 1] == 0x42);
	EXPECT_EQ(sys_faults(h), 0);
	kgc_host_release(foreign, 2 * MIB);
	drop_grown(h);
}

/* The host has memory, but where the bitmap does not reach. */
KTEST(system_memory, memory_out_of_range_is_refused_with_a_line)
{
	const struct kgc_config config = {
		.heap_reserve = 4 * MIB,
		.heap_reach = 16 * MIB,
		.heap_base = room_for(64 * MIB),
	};
	struct heap *h = sys_heap_new(&config);
	void *blocks[16];
	int i, n = 0;

	ASSERT(h);
	while (n < 16 && (blocks[n] = kgc_host_reserve(
				  MIB, (void *)h->arena.end,
				  (void *)(h->arena.start + h->arena.reach))))
		n++;
	EXPECT(n >= 10);
	let_go();
	sys_output_mark();
	EXPECT(exhaust(h, 60 * KIB, 0, 8 * MIB / (60 * KIB)) <=
	       4 * MIB / (60 * KIB));
	EXPECT(!heap_alloc(h, 60 * KIB, 0));
	EXPECT_EQ(sys_lines(OUT_OF_RANGE), 1);
	EXPECT_EQ(sys_lines(OUT_OF_MEMORY), 1);
	EXPECT_EQ(sys_faults(h), 0);
	let_go();
	for (i = 0; i < n; i++)
		kgc_host_release(blocks[i], MIB);
	sys_collect(h);
	EXPECT(heap_alloc(h, 60 * KIB, 0));
	drop_grown(h);
}
