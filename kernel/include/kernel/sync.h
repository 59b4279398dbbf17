/* SPDX-License-Identifier: MIT */
/*
 * kernel/sync.h - spin locks, wait queues, mutexes
 *
 * A spin lock raises the preemption count while it is held, so a task that was
 * switched out, or a CPU stopped by the collector, holds none.  Locks are taken
 * in order of rank.  Those that interrupt handlers take have the highest ranks
 * and are taken with interrupts off.
 */
#ifndef KERNEL_SYNC_H
#define KERNEL_SYNC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <arch/cpu.h>

struct task;

enum lock_rank {
	RANK_MUTEX, /* inside mutexes and whatever waits on a queue */
	RANK_WORLD, /* who has the world stopped */
	/* from here on with interrupts off */
	RANK_SCHED, /* run queue, sleepers, states, list of tasks */
};

struct spinlock {
	atomic_uint held;
	enum lock_rank rank;
};
#define SPINLOCK_INIT(rank_)    \
	{                       \
		.rank = (rank_) \
	}

void spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);

/* Tasks that wait for something, longest first. */
struct waitqueue {
	struct task *first, *last;
};

/*
 * Wait to be woken; @lock is released meanwhile, with no gap, and held again
 * on return.  Spurious wake-ups do not happen, but what was true when the waker
 * ran may not be any more.
 */
void waitqueue_wait(struct waitqueue *queue, struct spinlock *lock);
/* The same, but no longer than until time_now_ns() is @wake_ns: then false. */
bool waitqueue_wait_until(struct waitqueue *queue, struct spinlock *lock,
			  uint64_t wake_ns);
/* Wake the longest waiting task, or all.  Interrupt handlers may call. */
void waitqueue_wake_one(struct waitqueue *queue);
void waitqueue_wake_all(struct waitqueue *queue);

/* A lock to hold for long: who waits, sleeps. */
struct mutex {
	struct spinlock lock;
	struct task *owner;
	struct waitqueue waiters;
};
#define MUTEX_INIT                                \
	{                                         \
		.lock = SPINLOCK_INIT(RANK_MUTEX) \
	}

void mutex_init(struct mutex *mutex);
void mutex_lock(struct mutex *mutex);
bool mutex_try_lock(struct mutex *mutex);
/* False if it was not to be had before time_now_ns() is @wake_ns. */
bool mutex_lock_until(struct mutex *mutex, uint64_t wake_ns);
void mutex_unlock(struct mutex *mutex);

#endif /* KERNEL_SYNC_H */
