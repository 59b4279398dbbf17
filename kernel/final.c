// SPDX-License-Identifier: MIT
/*
 * final.c - the task that runs finalizers
 *
 * One task, so finalizers run one after another and in the order that mm/
 * queues them.  One that waits for something keeps all others waiting.
 */
#include <kernel/final.h>

#include <stdbool.h>
#include <stddef.h>

#include <kernel/panic.h>
#include <kernel/sync.h>
#include <kernel/task.h>
#include <kgc/kgc.h>

static struct spinlock lock = SPINLOCK_INIT(RANK_MUTEX);
static struct waitqueue idle;
static bool due; /* under lock */

static void final_loop(void *arg)
{
	for (;;) {
		spin_lock(&lock);
		while (!due)
			waitqueue_wait(&idle, &lock);
		due = false;
		spin_unlock(&lock);
		kgc_run_finalizers();
	}
}

void final_start(void)
{
	struct task *task = task_create("finalizer", final_loop, NULL, 0);

	if (!task)
		panic("final: no memory for the finalizer task");
	task_detach(task);
}

void final_wake(void)
{
	spin_lock(&lock);
	due = true;
	waitqueue_wake_one(&idle);
	spin_unlock(&lock);
}
