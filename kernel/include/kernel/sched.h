/* SPDX-License-Identifier: MIT */
/*
 * kernel/sched.h - who runs next: for task.c, sync.c and time.c
 *
 * Functions that end in _locked are called with sched_lock held, interrupts
 * off.
 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include <kernel/sync.h>

struct task;

extern struct spinlock sched_lock;

/* Interrupts off and sched_lock held; the state for sched_release(). */
unsigned long sched_acquire(void);
void sched_release(unsigned long irq);

/* Put @task, which no queue holds, at the end of the run queue. */
void sched_ready_locked(struct task *task);
/*
 * Give the CPU away.  The caller has changed the current task's state and put
 * it where somebody will find it.  Returns when it runs again.
 */
void sched_switch_locked(void);
/* As above, until the clock shows @wake_ns. */
void sched_sleep_locked(uint64_t wake_ns);
/* As above, until the queue is woken. */
void sched_wait_locked(struct waitqueue *queue);
/* As above, or until the clock shows @wake_ns: then false. */
bool sched_wait_until_locked(struct waitqueue *queue, uint64_t wake_ns);
/* Wake the longest waiting task of @queue; false if there is none. */
bool sched_wake_locked(struct waitqueue *queue);
/* The current task has ended; the next one drops it. */
_Noreturn void sched_end_locked(void);
/* What a task that runs for the first time does before all else. */
void sched_begin_task(void);

/* The tick, in an interrupt handler: wake sleepers, note that a switch is due.
 */
void sched_tick(uint64_t now_ns);

/* Turn the caller into the idle task of this CPU. */
_Noreturn void sched_idle(void);

#endif /* KERNEL_SCHED_H */
