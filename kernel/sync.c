// SPDX-License-Identifier: MIT
/*
 * sync.c - spin locks, wait queues, mutexes
 *
 * Each CPU keeps a bit for each rank of spin lock that it holds, and a lock
 * must be of higher rank than all of those.  Ranks that interrupt handlers use
 * stand last: a handler may find any lock of the lower ranks held by the task
 * it interrupted, and never one of its own.
 *
 * A mutex belongs to whoever finds it free, not to who waited longest, so a
 * task that takes it again and again is not slowed by a switch at each turn;
 * one that waits may lose several times.
 */
#include <kernel/sync.h>

#include <stddef.h>

#include <kernel/cpu.h>
#include <kernel/panic.h>
#include <kernel/sched.h>
#include <kernel/task.h>

void spin_lock(struct spinlock *lock)
{
	const uint32_t bit = 1u << lock->rank;
	struct cpu *cpu;

	cpu_pin();
	cpu = cpu_here();
	if (cpu->ranks >= bit)
		panic("lock: rank %d taken while ranks 0x%x are held",
		      (int)lock->rank, (unsigned int)cpu->ranks);
	cpu->ranks |= bit;
	/* Pairs with the release in spin_unlock(). */
	while (atomic_exchange_explicit(&lock->held, 1, memory_order_acquire))
		arch_relax();
}

void spin_unlock(struct spinlock *lock)
{
	cpu_here()->ranks &= ~(1u << lock->rank);
	atomic_store_explicit(&lock->held, 0, memory_order_release);
	cpu_unpin();
}

void waitqueue_wait(struct waitqueue *queue, struct spinlock *lock)
{
	unsigned long irq = sched_acquire();

	/* Who wakes needs sched_lock, so nothing is missed from here on. */
	spin_unlock(lock);
	sched_wait_locked(queue);
	sched_release(irq);
	spin_lock(lock);
}

bool waitqueue_wait_until(struct waitqueue *queue, struct spinlock *lock,
			  uint64_t wake_ns)
{
	unsigned long irq = sched_acquire();
	bool woken;

	spin_unlock(lock);
	woken = sched_wait_until_locked(queue, wake_ns);
	sched_release(irq);
	spin_lock(lock);
	return woken;
}

void waitqueue_wake_one(struct waitqueue *queue)
{
	unsigned long irq = sched_acquire();

	sched_wake_locked(queue);
	sched_release(irq);
}

void waitqueue_wake_all(struct waitqueue *queue)
{
	unsigned long irq = sched_acquire();

	while (sched_wake_locked(queue))
		;
	sched_release(irq);
}

void mutex_init(struct mutex *mutex)
{
	*mutex = (struct mutex)MUTEX_INIT;
}

void mutex_lock(struct mutex *mutex)
{
	spin_lock(&mutex->lock);
	if (mutex->owner == task_current())
		panic("mutex: task %u takes it twice", mutex->owner->id);
	while (mutex->owner)
		waitqueue_wait(&mutex->waiters, &mutex->lock);
	mutex->owner = task_current();
	spin_unlock(&mutex->lock);
}

bool mutex_try_lock(struct mutex *mutex)
{
	bool taken;

	spin_lock(&mutex->lock);
	taken = !mutex->owner;
	if (taken)
		mutex->owner = task_current();
	spin_unlock(&mutex->lock);
	return taken;
}

bool mutex_lock_until(struct mutex *mutex, uint64_t wake_ns)
{
	bool taken;

	spin_lock(&mutex->lock);
	while (mutex->owner &&
	       waitqueue_wait_until(&mutex->waiters, &mutex->lock, wake_ns))
		;
	taken = !mutex->owner;
	if (taken)
		mutex->owner = task_current();
	spin_unlock(&mutex->lock);
	return taken;
}

void mutex_unlock(struct mutex *mutex)
{
	spin_lock(&mutex->lock);
	if (mutex->owner != task_current())
		panic("mutex: released by a task that does not hold it");
	mutex->owner = NULL;
	waitqueue_wake_one(&mutex->waiters);
	spin_unlock(&mutex->lock);
}
