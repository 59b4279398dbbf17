// SPDX-License-Identifier: MIT
/*
 * ram_test.c - the machine's memory as the heap's limit, and none of it lost
 *
 * The first needs a machine with little memory, for time's sake: MEM=64M.
 */
#include <string.h>

#include <kernel/task.h>
#include <kernel/vm.h>

#include "system.h"

enum { SMALL_MACHINE = 100 << 20, PIECE = 256 << 10 };

/* Roots, and no chain: of that, one stale word would keep half. */
static void *piece[SMALL_MACHINE / PIECE];

/* Returns how many pieces came. */
static size_t exhaust(void)
{
	size_t n = 0;

	while (n < SMALL_MACHINE / PIECE &&
	       (piece[n] = kgc_alloc(PIECE, KGC_NOSCAN | KGC_NOZERO)))
		n++;
	return n;
}

static void let_go(void)
{
	memset(piece, 0, sizeof(piece));
	sys_collect(&heap);
}

static void do_nothing(void *arg)
{
}

KTEST(system_ram, until_it_is_gone)
{
	struct vm_stats stats;
	struct task *task;
	size_t first, again, total;

	vm_stats(&stats);
	total = stats.total_frames * PAGE_SIZE;
	if (total > SMALL_MACHINE) {
		ktest_skip("a machine with more than 100 MiB");
		return;
	}
	sys_output_mark();
	first = exhaust();
	EXPECT_EQ(sys_lines("gc: out of memory: "), 1);
	EXPECT(first * PIECE > total / 2);
	EXPECT(!kgc_alloc(8 * MIB, 0));
	EXPECT_EQ(sys_lines("gc: out of memory: "), 1);
	EXPECT(!task_create("large", do_nothing, NULL, 4 * MIB));
	EXPECT_EQ(kgc_check(), 0);

	let_go();
	EXPECT_EQ(kgc_check(), 0);
	task = task_create("large", do_nothing, NULL, 4 * MIB);
	EXPECT(task);
	if (task)
		task_join(task);
	again = exhaust();
	EXPECT(again + 8 >= first);
	let_go();
	kgc_trim(SIZE_MAX);
	EXPECT_EQ(kgc_check(), 0);
}

/* --- what a heap takes it gives back ------------------------------------- */

static void use(struct heap *h)
{
	struct special r = { .kind = SPECIAL_FINALIZER };
	int i;

	for (i = 0; i < 100; i++)
		heap_alloc(h, i * 37 + 1, i % 4);
	heap_alloc(h, 300 * KIB, 0);
	r.object = (uintptr_t)heap_alloc(h, 100, 0);
	if (r.object)
		special_add(h, &r);
	collect(h, true);
	pageheap_release(h, SIZE_MAX, 0);
	heap_alloc(h, 200 * KIB, 0);
}

/* Have the nth call of the host fail; false when there are fewer. */
static bool use_and_drop(unsigned long nth)
{
	const struct kgc_config config = { .heap_reserve = 4 * MIB,
					   .profile_rate = 512 };
	struct heap *h = sys_heap_room();
	unsigned long calls;

	if (!EXPECT(h))
		return false;
	hostctl_fail_commit(nth);
	if (!heap_init(h, &config)) {
		use(h);
		calls = hostctl_commits();
		hostctl_fail_commit(0);
		EXPECT_EQ(sys_faults(h), 0);
		heap_destroy(h);
	} else {
		calls = hostctl_commits();
		hostctl_fail_commit(0);
	}
	sys_heap_room_drop(h);
	return calls >= nth;
}

KTEST(system_ram, a_heap_gives_back_all_it_took)
{
	struct vm_stats before, after;
	unsigned long nth = 0;

	use_and_drop(1000000);
	do {
		vm_stats(&before);
		nth++;
		if (!use_and_drop(nth))
			break;
		vm_stats(&after);
		EXPECT_EQ(after.committed, before.committed);
		EXPECT_EQ(after.reserved, before.reserved);
	} while (nth < 1000);
	EXPECT(nth > 10 && nth < 1000);
}
