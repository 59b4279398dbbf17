// SPDX-License-Identifier: MIT
/* final_test.c - finalizers run by themselves, in a task of their own */
#include <string.h>

#include <kernel/task.h>
#include <kgc/kgc.h>
#include <tests/ktest.h>

static volatile int ran;
static struct task *volatile runner;

static void note(void *p, void *arg)
{
	runner = task_current();
	ran++;
}

/* Of its own, and deep enough that no address stays on the stack. */
static __attribute__((noinline)) void make_garbage(int n)
{
	volatile char room[512];

	room[0] = 0;
	for (; n > 0; n--)
		kgc_set_finalizer(kgc_alloc(32, 0), note, NULL);
	room[511] = room[0];
}

KTEST(kernel_final, finalizers_run_in_their_task)
{
	int i;

	ran = 0;
	make_garbage(100);
	kgc_collect();
	for (i = 0; i < 50 && ran < 90; i++)
		task_yield();
	/* A stale address may keep one or the other. */
	EXPECT(ran >= 90);
	ASSERT(runner);
	EXPECT(runner != task_current());
	EXPECT_STR(runner->name, "finalizer");
}
