// SPDX-License-Identifier: MIT
/*
 * world_test.c - does the host keep slots apart, and stop the world?
 *
 * On one CPU threads are tasks, so a thread that waits for another yields, and
 * none waits for another while the world is stopped.
 *
 * Between stop and start nothing is printed: another thread may hold the lock
 * of the output.  Findings are kept and compared after the start.
 */
#include <stdatomic.h>

#include <kgc/host.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "need.h"

KTEST(host, pins_nest)
{
	unsigned int slot;

	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	slot = kgc_host_pin();
	EXPECT_EQ(kgc_host_context(), KGC_PINNED);
	EXPECT_EQ(kgc_host_pin(), slot);
	kgc_host_unpin();
	EXPECT_EQ(kgc_host_context(), KGC_PINNED);
	kgc_host_unpin();
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
}

#define MANY_SLOTS 256
static atomic_uint owners[MANY_SLOTS];
static atomic_uint collisions;

static void enter_and_leave(void *arg)
{
	unsigned int slot;
	int i;

	for (i = 0; i < 200; i++) {
		slot = kgc_host_pin() % MANY_SLOTS;
		if (atomic_fetch_add(&owners[slot], 1))
			atomic_fetch_add(&collisions, 1);
		kgc_host_relax();
		if (kgc_host_pin() % MANY_SLOTS != slot)
			atomic_fetch_add(&collisions, 1);
		kgc_host_unpin();
		atomic_fetch_sub(&owners[slot], 1);
		kgc_host_unpin();
		if (i % 50 == 0)
			hostctl_yield();
	}
}

/* A process has more threads than slots: some share one. */
KTEST(host, a_slot_has_one_user_at_a_time)
{
	struct hostctl_thread *thread[70];
	int n = hostctl_name && *hostctl_name() == 'h' ? 70 : 4, i;

	NEED(hostctl_spawn);
	atomic_store(&collisions, 0);
	for (i = 0; i < n; i++)
		thread[i] = hostctl_spawn(enter_and_leave, NULL);
	for (i = 0; i < n; i++)
		hostctl_join(thread[i]);
	EXPECT_EQ(atomic_load(&collisions), 0);
}

static atomic_uint quit, inside, steps;

static void spin_pinned(void *arg)
{
	int i;

	while (!atomic_load(&quit)) {
		kgc_host_pin();
		atomic_fetch_add(&inside, 1);
		for (i = 0; i < 100; i++)
			atomic_fetch_add(&steps, 1);
		atomic_fetch_sub(&inside, 1);
		kgc_host_unpin();
		yield_if_needed();
	}
}

static void wait_for_steps(void)
{
	unsigned int before = atomic_load(&steps);

	while (atomic_load(&steps) == before)
		hostctl_yield();
}

KTEST(host, stop_waits_for_pinned_sections)
{
	struct hostctl_thread *thread;
	unsigned int i, k, before, within = 0, moved = 0;

	NEED(hostctl_spawn);
	atomic_store(&quit, 0);
	thread = hostctl_spawn(spin_pinned, NULL);
	for (i = 0; i < 100; i++) {
		wait_for_steps();
		while (!kgc_host_stop_world())
			;
		within += atomic_load(&inside);
		before = atomic_load(&steps);
		for (k = 0; k < 1000; k++)
			kgc_host_relax();
		moved += atomic_load(&steps) - before;
		kgc_host_start_world();
	}
	atomic_store(&quit, 1);
	hostctl_join(thread);
	EXPECT_EQ(within, 0);
	EXPECT_EQ(moved, 0);
}

KTEST(host, stopper_counts_as_pinned)
{
	enum kgc_context context = KGC_INTERRUPT;

	ASSERT(kgc_host_stop_world());
	context = kgc_host_context();
	kgc_host_start_world();
	EXPECT_EQ(context, KGC_PINNED);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
}

static atomic_uint stoppers, stops, refusals, together;

static void stop_often(void *arg)
{
	int i;

	for (i = 0; i < 50; i++) {
		if (!kgc_host_stop_world()) {
			atomic_fetch_add(&refusals, 1);
			continue;
		}
		atomic_fetch_add(&stops, 1);
		if (atomic_fetch_add(&stoppers, 1))
			atomic_fetch_add(&together, 1);
		atomic_fetch_sub(&stoppers, 1);
		kgc_host_start_world();
	}
}

KTEST(host, one_stopper_at_a_time)
{
	struct hostctl_thread *thread[4];
	int i;

	NEED(hostctl_spawn);
	atomic_store(&stops, 0);
	atomic_store(&refusals, 0);
	atomic_store(&together, 0);
	for (i = 0; i < 4; i++)
		thread[i] = hostctl_spawn(stop_often, NULL);
	for (i = 0; i < 4; i++)
		hostctl_join(thread[i]);
	EXPECT_EQ(atomic_load(&together), 0);
	EXPECT_EQ(atomic_load(&stops) + atomic_load(&refusals), 200);
	EXPECT(atomic_load(&stops) >= 1);
}

/* Threads come and go while the world is stopped and started. */
static void be_short(void *arg)
{
	kgc_host_pin();
	kgc_host_unpin();
}

KTEST(host, threads_come_and_go_between_stops)
{
	struct hostctl_thread *stopper;
	int i;

	NEED(hostctl_spawn);
	stopper = hostctl_spawn(stop_often, NULL);
	for (i = 0; i < 40; i++)
		hostctl_join(hostctl_spawn(be_short, NULL));
	hostctl_join(stopper);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
}
