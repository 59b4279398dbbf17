// SPDX-License-Identifier: MIT
/*
 * sched.c - who runs next
 *
 * One run queue, round robin, a tick each: the collector's users are few and
 * equal, and a queue of a hundred tasks is as good as one of two.  A task is
 * in the run queue, or asleep, or in a wait queue, or on a CPU; its `next` and
 * `prev` serve whichever of the queues it is in.  Who waits with a deadline is
 * in a wait queue and among the sleepers, and whatever wakes it first takes it
 * out of both.
 *
 * A switch happens where a task asks for it, where the last unpin finds that
 * one is due, and where an interrupt returns to code that is not pinned.  It
 * is made with sched_lock held and interrupts off, and it is the next task
 * that releases the lock.  The lock is the one pin that a switch carries over:
 * the count is the CPU's, so whoever comes finds 1, as whoever left had it.
 *
 * A task that ends cannot free the stack it stands on.  It leaves itself in
 * cpu->ended, and the task that comes next drops it, after it has released the
 * lock: freeing enters mm/, whose callees take locks of lower rank.
 *
 * Bad at: many sleepers (a sorted list), priorities (there are none).
 */
#include <kernel/sched.h>

#include <arch/cpu.h>
#include <arch/task.h>
#include <arch/upcall.h>
#include <kernel/cpu.h>
#include <kernel/libc.h>
#include <kernel/panic.h>
#include <kernel/task.h>

struct spinlock sched_lock = SPINLOCK_INIT(RANK_SCHED);

/* Under sched_lock. */
static struct waitqueue ready;
static struct task *sleepers; /* by wake_ns, soonest first */

static void queue_put(struct waitqueue *queue, struct task *task)
{
	task->next = NULL;
	task->prev = queue->last;
	if (queue->last)
		queue->last->next = task;
	else
		queue->first = task;
	queue->last = task;
}

static void queue_remove(struct waitqueue *queue, struct task *task)
{
	if (task->prev)
		task->prev->next = task->next;
	else
		queue->first = task->next;
	if (task->next)
		task->next->prev = task->prev;
	else
		queue->last = task->prev;
	task->next = task->prev = NULL;
}

static struct task *queue_take(struct waitqueue *queue)
{
	struct task *task = queue->first;

	if (task)
		queue_remove(queue, task);
	return task;
}

static void sleepers_add(struct task *task, uint64_t wake_ns)
{
	struct task **link = &sleepers;

	while (*link && (*link)->wake_ns <= wake_ns)
		link = &(*link)->sleep_next;
	task->wake_ns = wake_ns;
	task->sleep_next = *link;
	task->sleep_link = link;
	if (*link)
		(*link)->sleep_link = &task->sleep_next;
	*link = task;
}

static void sleepers_remove(struct task *task)
{
	*task->sleep_link = task->sleep_next;
	if (task->sleep_next)
		task->sleep_next->sleep_link = task->sleep_link;
	task->sleep_next = NULL;
	task->sleep_link = NULL;
	task->wake_ns = 0; /* lies among the task's roots */
}

unsigned long sched_acquire(void)
{
	unsigned long irq = arch_irq_save();

	spin_lock(&sched_lock);
	return irq;
}

/* Release the lock, and drop the task that the last switch came from. */
static void release_and_drop(void)
{
	struct cpu *cpu = cpu_here();
	struct task *ended = cpu->ended;

	cpu->ended = NULL;
	spin_unlock(&sched_lock);
	if (ended)
		task_drop(ended);
}

void sched_release(unsigned long irq)
{
	release_and_drop();
	arch_irq_restore(irq);
	if (!cpu_is_pinned() && kgc_host_resched())
		sched_preempt();
}

void sched_ready_locked(struct task *task)
{
	struct cpu *cpu = cpu_here();

	task->state = TASK_READY;
	queue_put(&ready, task);
	/* Nobody loses the rest of a tick but the idle task. */
	if (cpu->current == cpu->idle)
		kgc_host_set_resched(true);
}

/* The lock is the only pin; the caller's mistake, found before it does harm. */
static void check_unpinned_locked(void)
{
	const unsigned int pins = kgc_host_depth();
	const struct task *task = task_current();

	if (pins == 1)
		return;
	spin_unlock(&sched_lock);
	panic("sched: task %u (%s) waits while pinned (%u)", task->id,
	      task->name, pins - 1);
}

void sched_switch_locked(void)
{
	struct cpu *cpu = cpu_here();
	struct task *from = cpu->current;
	struct task *to = queue_take(&ready);

	if (!to)
		to = cpu->idle;
	kgc_host_set_resched(false);
	to->state = TASK_RUNNING;
	if (to == from)
		return;
	cpu->current = to;
	libc_task_switch(to->libc);
	if (to->tls != from->tls)
		arch_set_tls(to->tls);
	arch_switch(&from->sp, from->fp, to->sp, to->fp);
}

static void enqueue_current_locked(struct waitqueue *queue)
{
	struct task *task = task_current();

	check_unpinned_locked();
	task->state = TASK_WAITING;
	task->queue = queue;
	task->woken = false;
	queue_put(queue, task);
}

void sched_wait_locked(struct waitqueue *queue)
{
	enqueue_current_locked(queue);
	sched_switch_locked();
}

bool sched_wait_until_locked(struct waitqueue *queue, uint64_t wake_ns)
{
	enqueue_current_locked(queue);
	sleepers_add(task_current(), wake_ns);
	sched_switch_locked();
	return task_current()->woken;
}

bool sched_wake_locked(struct waitqueue *queue)
{
	struct task *task = queue_take(queue);

	if (!task)
		return false;
	task->queue = NULL;
	task->woken = true;
	if (task->sleep_link)
		sleepers_remove(task);
	sched_ready_locked(task);
	return true;
}

void sched_sleep_locked(uint64_t wake_ns)
{
	struct task *task = task_current();

	check_unpinned_locked();
	task->state = TASK_ASLEEP;
	sleepers_add(task, wake_ns);
	sched_switch_locked();
}

void sched_end_locked(void)
{
	struct cpu *cpu = cpu_here();

	check_unpinned_locked();
	cpu->current->state = TASK_ENDED;
	while (sched_wake_locked(&cpu->current->joiners))
		;
	cpu->ended = cpu->current;
	sched_switch_locked();
	panic("sched: an ended task runs");
}

void sched_begin_task(void)
{
	release_and_drop();
	arch_irq_enable();
}

static void give_way_locked(void)
{
	struct cpu *cpu = cpu_here();

	check_unpinned_locked();
	if (!ready.first)
		return;
	if (cpu->current != cpu->idle)
		sched_ready_locked(cpu->current);
	sched_switch_locked();
}

static void preempt(void)
{
	unsigned long irq = arch_irq_save();

	/* With interrupts off the unlock below does not come back here. */
	while (kgc_host_resched()) {
		kgc_host_set_resched(false);
		spin_lock(&sched_lock);
		give_way_locked();
		release_and_drop();
	}
	arch_irq_restore(irq);
}

void sched_preempt(void)
{
	if (arch_irq_enabled())
		preempt();
}

void task_yield(void)
{
	unsigned long irq = sched_acquire();

	give_way_locked();
	sched_release(irq);
}

void sched_tick(uint64_t now_ns)
{
	unsigned long irq = sched_acquire();
	struct task *task;

	while ((task = sleepers) && task->wake_ns <= now_ns) {
		sleepers_remove(task);
		if (task->queue)
			queue_remove(task->queue, task);
		task->queue = NULL;
		sched_ready_locked(task);
	}
	if (ready.first)
		kgc_host_set_resched(true);
	release_and_drop();
	arch_irq_restore(irq);
}

void kernel_irq_exit(void)
{
	if (!cpu_is_pinned() && kgc_host_resched())
		preempt();
}

void sched_idle(void)
{
	arch_irq_enable();
	for (;;) {
		task_yield();
		arch_irq_disable();
		if (ready.first)
			arch_irq_enable();
		else
			arch_idle();
	}
}
