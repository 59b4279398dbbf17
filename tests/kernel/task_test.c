// SPDX-License-Identifier: MIT
/* task_test.c - life of a task, what it keeps over a switch, what it roots */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <arch/mmu.h>
#include <arch/task.h>
#include <kernel/cpu.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <kgc/host.h>
#include <kgc/kgc.h>
#include <lib/noroot.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

static void add_one(void *arg)
{
	++*(volatile int *)arg;
}

KTEST(kernel_task, join_waits_for_the_end)
{
	volatile int n = 0;
	struct task *task = task_create("test", add_one, (void *)&n, 0);

	ASSERT(task);
	EXPECT_EQ(n, 0);
	task_join(task);
	EXPECT_EQ(n, 1);
}

KTEST(kernel_task, join_of_an_ended_task_returns)
{
	volatile int n = 0;
	struct task *task = task_create("test", add_one, (void *)&n, 0);

	ASSERT(task);
	while (n == 0)
		task_yield();
	task_yield();
	EXPECT_EQ(task->state, TASK_ENDED);
	task_join(task);
}

KTEST(kernel_task, stopped_task_waits_for_its_start)
{
	volatile int n = 0;
	struct task *task = task_create_stopped("test", add_one, (void *)&n, 0);

	ASSERT(task);
	task_sleep_ns(2 * time_tick_ns());
	EXPECT_EQ(n, 0);
	task_start(task);
	task_join(task);
	EXPECT_EQ(n, 1);
}

/* What the C library keeps for a task is freed at the task's end. */
static void print_floats(void *arg)
{
	char text[64];
	int i;

	for (i = 0; i < 20; i++)
		snprintf(text, sizeof(text), "%.30g %.15e", 1e300 / (i + 3),
			 1e-300 * i);
}

KTEST(kernel_task, library_state_is_given_back)
{
	static struct kgc_memstats NOROOT before, after;
	struct task *task;
	int i;

	for (i = 0; i < 42; i++) {
		/* The first two leave what is there once. */
		if (i == 2)
			kgc_read_memstats(&before);
		task = task_create("test", print_floats, NULL, 0);
		ASSERT(task);
		task_join(task);
	}
	kgc_read_memstats(&after);
	/* Only frees of ours count: no collection may have helped. */
	if (after.numgc == before.numgc)
		EXPECT_EQ(after.heap_objects, before.heap_objects);
	EXPECT(after.nmalloc >= before.nmalloc + 40);
}

KTEST(kernel_task, blocks_are_given_back)
{
	static struct kgc_memstats NOROOT before, after;
	volatile int n = 0;
	struct task *task;
	int i;

	kgc_read_memstats(&before);
	for (i = 0; i < 40; i++) {
		task = task_create("test", add_one, (void *)&n, 0);
		ASSERT(task);
		if (i % 2)
			task_join(task);
		else
			task_detach(task);
	}
	while (n < 40)
		task_yield();
	task_yield();
	kgc_read_memstats(&after);
	EXPECT_EQ(after.stacks_inuse, before.stacks_inuse);
}

/* What lies behind a block would be kept as long as the task. */
KTEST(kernel_task, structure_refers_to_nothing_behind_its_block)
{
	volatile int n = 0;
	struct task *task = task_create_stopped("test", add_one, (void *)&n, 0);
	uintptr_t end;
	const uintptr_t *word;

	ASSERT(task);
	end = task->block + kgc_usable_size((void *)task->block);
	for (word = (uintptr_t *)task; word < (uintptr_t *)(task + 1); word++)
		EXPECT(*word != end);
	task_start(task);
	task_join(task);
}

/* --- time --- */

KTEST(kernel_task, sleep_is_not_too_short)
{
	uint64_t start = time_now_ns();

	task_sleep_ns(3 * time_tick_ns());
	EXPECT(time_now_ns() - start >= 3 * time_tick_ns());
}

struct sleeper {
	uint64_t ns;
	volatile int *order;
	int place;
};

static void sleep_and_note(void *arg)
{
	struct sleeper *s = arg;

	task_sleep_ns(s->ns);
	s->place = ++*s->order;
}

KTEST(kernel_task, sleepers_wake_in_order)
{
	volatile int order = 0;
	struct sleeper s[3];
	struct task *task[3];
	int i;

	for (i = 0; i < 3; i++) {
		s[i] = (struct sleeper){ (uint64_t)(8 - 3 * i) * time_tick_ns(),
					 &order, 0 };
		task[i] = task_create("test", sleep_and_note, &s[i], 0);
		ASSERT(task[i]);
	}
	for (i = 0; i < 3; i++)
		task_join(task[i]);
	EXPECT_EQ(s[2].place, 1);
	EXPECT_EQ(s[1].place, 2);
	EXPECT_EQ(s[0].place, 3);
}

struct spinner {
	volatile bool stop;
	volatile unsigned long turns;
};

static void spin(void *arg)
{
	struct spinner *s = arg;

	while (!s->stop)
		s->turns++;
}

KTEST(kernel_task, spinning_task_is_preempted)
{
	struct spinner s = { 0 };
	struct task *task = task_create("test", spin, &s, 0);

	ASSERT(task);
	/* It never gives the CPU away, so we come back by the tick alone. */
	while (s.turns == 0)
		task_yield();
	s.stop = true;
	task_join(task);
	EXPECT(s.turns > 0);
}

KTEST(kernel_task, pinned_section_is_not_preempted)
{
	struct spinner s = { 0 };
	struct task *task = task_create("test", spin, &s, 0);
	unsigned long turns;

	ASSERT(task);
	cpu_pin();
	turns = s.turns;
	while (!kgc_host_resched())
		kgc_host_relax();
	EXPECT_EQ(s.turns, turns);
	cpu_unpin();
	/*
	 * The switch that was due happened at the unpin.  On a busy machine
	 * the next tick may come before the other's first turn.
	 */
	EXPECT(!kgc_host_resched() || s.turns > turns);
	while (s.turns == turns)
		task_yield();
	s.stop = true;
	task_join(task);
}

/* --- what a switch keeps --- */

static void set_errno(void *arg)
{
	errno = 77;
	task_yield();
	*(int *)arg = errno;
}

KTEST(kernel_task, errno_is_each_tasks_own)
{
	int theirs = 0;
	struct task *task = task_create("test", set_errno, &theirs, 0);

	ASSERT(task);
	errno = 5;
	task_yield();
	EXPECT_EQ(errno, 5);
	errno = 6;
	task_join(task);
	EXPECT_EQ(theirs, 77);
	EXPECT_EQ(errno, 6);
}

struct summer {
	double step, sum;
	bool yields;
};

/* All of the work is in registers, so it is lost if a switch loses them. */
static void sum_up(void *arg)
{
	struct summer *s = arg;
	double sum = 0, step = s->step;
	int i, j;

	for (i = 0; i < 400; i++) {
		for (j = 0; j < 2000; j++)
			sum += step;
		if (s->yields)
			task_yield();
	}
	s->sum = sum;
}

static void check_sums(bool yields)
{
	struct summer s[4];
	struct task *task[4];
	int i;

	for (i = 0; i < 4; i++) {
		s[i] = (struct summer){ i + 0.5, 0, yields };
		task[i] = task_create("test", sum_up, &s[i], 0);
		ASSERT(task[i]);
	}
	for (i = 0; i < 4; i++) {
		task_join(task[i]);
		EXPECT(s[i].sum == 800000 * (i + 0.5));
	}
}

KTEST(kernel_task, yields_keep_floating_point)
{
	check_sums(true);
}

KTEST(kernel_task, preemption_keeps_floating_point)
{
	check_sums(false);
}

/* --- roots --- */

struct holder {
	volatile uintptr_t hidden; /* ~address of the object */
	volatile bool held, stop;
};

static void hold(void *arg)
{
	struct holder *h = arg;
	char *volatile object = kgc_alloc(48, 0);

	memset(object, 'x', 48);
	h->hidden = ~(uintptr_t)object;
	h->held = true;
	while (!h->stop)
		task_yield();
	h->held = object[47] == 'x';
}

KTEST(kernel_task, stack_of_a_waiting_task_is_a_root)
{
	struct holder h = { 0 };
	struct task *task = task_create("test", hold, &h, 0);

	ASSERT(task);
	while (!h.held)
		task_yield();
	kgc_collect();
	EXPECT(kgc_lookup((void *)~h.hidden, NULL));
	h.stop = true;
	task_join(task);
	EXPECT(h.held);
}

/* --- guard page --- */

KTEST(kernel_task, guard_page_is_unmapped_and_named)
{
	volatile int n = 0;
	struct task *task = task_create("worker", add_one, (void *)&n, 0);
	char text[80], expected[80];
	unsigned int flags;
	paddr_t pa;

	ASSERT(task);
	EXPECT(!arch_query(task->block, &pa, &flags));
	EXPECT(arch_query(task->stack_lo, &pa, &flags));
	EXPECT(task_explain_address(task->block + 8, text, sizeof(text)));
	kgc_host_root_name(expected, sizeof(expected), KGC_ROOT_STACK, task,
			   (void *)task->stack_lo);
	EXPECT(!strncmp(text, "guard page of the stack of task ", 32));
	/* The name of a root word ends in its place on the stack. */
	*strchr(expected, ',') = 0;
	EXPECT_STR(text + strlen("guard page of the "), expected);
	task_join(task);
}

KTEST(kernel_task, guard_page_is_mapped_again_at_the_end)
{
	volatile int n = 0;
	struct task *task;
	size_t size;
	char *block;

	task = task_create("test", add_one, (void *)&n, 0);
	ASSERT(task);
	size = task->end - task->block;
	task_join(task);
	/* Most likely the same pages; and if not, pages that were before. */
	block = kgc_alloc(size, KGC_NOGC);
	ASSERT(block);
	block[0] = block[4095] = block[size - 1] = 1;
	kgc_free(block);
}

static void create_one(void *arg)
{
	*(struct task **)arg = task_create("test", add_one, NULL, (size_t)-1);
}

KTEST(kernel_task, stack_without_memory_is_refused)
{
	struct task *task = (void *)1;
	char text[80];

	EXPECT(!hostctl_catch_panic(create_one, &task, text, sizeof(text)));
	EXPECT(!task);
}

/* --- misuse --- */

static void sleep_pinned(void *arg)
{
	cpu_pin();
	task_sleep_ns(1);
}

KTEST(kernel_task, sleep_while_pinned_panics)
{
	char text[120];

	EXPECT(hostctl_catch_panic(sleep_pinned, NULL, text, sizeof(text)));
	EXPECT(strstr(text, " waits while pinned (1)"));
}
