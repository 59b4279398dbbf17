// SPDX-License-Identifier: MIT
/* tls_test.c - thread-local variables: a copy for each task, and roots */
#include <stdint.h>

#include <kernel/task.h>
#include <kgc/kgc.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

enum { TASKS = 3, ROUNDS = 50, SIZE = 48 };

static _Thread_local int initialised = 1234;
static _Thread_local int zero;
static _Thread_local unsigned char odd = 7;
static _Thread_local char line[64] __attribute__((aligned(64))) = "start";
static _Thread_local char empty_line[200] __attribute__((aligned(64)));
static _Thread_local void *held;

struct worker {
	struct task *task;
	unsigned int number;
	bool fresh, aligned, kept, own;
	uintptr_t address; /* of its copy */
};

static bool is_aligned(const void *p, size_t align)
{
	return (uintptr_t)p % align == 0;
}

/* The only pointer to the object is in the thread's own variable. */
static __attribute__((noinline)) void hold(unsigned int token)
{
	unsigned int *p = kgc_alloc(SIZE, 0);

	if (p)
		p[1] = token;
	held = p;
}

static __attribute__((noinline)) bool holds(unsigned int token)
{
	unsigned int *p = held;

	return p && kgc_lookup(p, NULL) == (void *)p && p[1] == token;
}

static void work(void *arg)
{
	struct worker *w = arg;
	int i;

	w->address = (uintptr_t)&zero;
	w->fresh = initialised == 1234 && zero == 0 && odd == 7 &&
		   line[0] == 's' && line[4] == 't' && line[5] == 0 &&
		   empty_line[0] == 0 && empty_line[199] == 0 && !held;
	w->aligned = is_aligned(line, 64) && is_aligned(empty_line, 64);
	w->kept = w->own = true;
	for (i = 0; i < ROUNDS; i++) {
		initialised = zero = (int)(w->number * 1000) + i;
		line[63] = empty_line[199] = (char)w->number;
		hold((unsigned int)zero);
		task_yield();
		if (i % 10 == 0)
			kgc_collect();
		w->kept &= holds(w->number * 1000 + (unsigned int)i);
		w->own &= initialised == zero && line[63] == (char)w->number &&
			  zero == (int)(w->number * 1000) + i &&
			  empty_line[199] == (char)w->number && odd == 7;
	}
}

KTEST(kernel_tls, each_task_has_its_own)
{
	struct worker w[TASKS] = { { 0 } };
	unsigned int i, j;

	initialised = 1;
	for (i = 0; i < TASKS; i++) {
		w[i].number = i + 1;
		w[i].task = task_create("test", work, &w[i], 0);
		ASSERT(w[i].task);
	}
	for (i = 0; i < TASKS; i++)
		task_join(w[i].task);
	for (i = 0; i < TASKS; i++) {
		EXPECT(w[i].fresh);
		EXPECT(w[i].aligned);
		EXPECT(w[i].kept);
		EXPECT(w[i].own);
		EXPECT(w[i].address != (uintptr_t)&zero);
		for (j = 0; j < i; j++)
			EXPECT(w[i].address != w[j].address);
	}
	EXPECT_EQ(initialised, 1);
	EXPECT_EQ(zero, 0);
	initialised = 1234;
}

KTEST(kernel_tls, lies_in_the_tasks_block)
{
	const struct task *task = task_current();

	EXPECT((uintptr_t)&odd >= task->stack_hi);
	EXPECT((uintptr_t)&odd < task->end);
	EXPECT((uintptr_t)line >= task->stack_hi);
	EXPECT((uintptr_t)(empty_line + 200) <= task->tls);
	EXPECT_EQ(*(uintptr_t *)task->tls, task->tls);
}

static volatile bool stop;

static void spin(void *arg)
{
	unsigned int *wrong = arg, n = 0;

	zero = 0;
	while (!stop) {
		zero++;
		if ((unsigned int)zero != ++n)
			++*wrong;
	}
}

/* Neither gives way: an interrupt takes the processor from them. */
KTEST(kernel_tls, survives_preemption)
{
	unsigned int wrong[2] = { 0 };
	struct task *task[2];

	stop = false;
	task[0] = task_create("test", spin, &wrong[0], 0);
	task[1] = task_create("test", spin, &wrong[1], 0);
	ASSERT(task[0] && task[1]);
	task_sleep_ns(100000000);
	stop = true;
	task_join(task[0]);
	task_join(task[1]);
	EXPECT_EQ(wrong[0], 0);
	EXPECT_EQ(wrong[1], 0);
}
