// SPDX-License-Identifier: MIT
/*
 * pthread_barrier.c - barriers, and spin locks
 *
 * The last to arrive at a barrier wakes the others, which then have left it: it
 * may be used again or destroyed at once.
 *
 * A spin lock gives the processor away while it waits, since on one of them
 * nothing would change otherwise.
 */
#include <libc/thread.h>

#include <errno.h>

#include <kernel/sched.h>

int pthread_barrier_init(pthread_barrier_t *barrier,
			 const pthread_barrierattr_t *attr, unsigned int count)
{
	if (!count)
		return EINVAL;
	*barrier = (pthread_barrier_t){ .__count = count };
	return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
	unsigned long irq = sched_acquire();
	int error = 0;

	if (!barrier->__count)
		error = EINVAL;
	else if (barrier->__arrived)
		error = EBUSY;
	else
		barrier->__count = 0;
	sched_release(irq);
	return error;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
	unsigned long irq = sched_acquire();
	int result = 0;

	if (!barrier->__count) {
		result = EINVAL;
	} else if (++barrier->__arrived < barrier->__count) {
		thread_wait_locked(&barrier->__waiters, NO_DEADLINE);
	} else {
		barrier->__arrived = 0;
		thread_wake_all_locked(&barrier->__waiters);
		result = PTHREAD_BARRIER_SERIAL_THREAD;
	}
	sched_release(irq);
	return result;
}

/* --- spin locks --- */

int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
	*lock = 0;
	return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *lock)
{
	return *lock ? EBUSY : 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock)
{
	unsigned int free = 0;

	/* Pairs with the release in pthread_spin_unlock(). */
	return __atomic_compare_exchange_n(lock, &free, task_current()->id,
					   false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED)
		       ? 0
		       : EBUSY;
}

int pthread_spin_lock(pthread_spinlock_t *lock)
{
	if (*lock == task_current()->id)
		return EDEADLK;
	while (pthread_spin_trylock(lock))
		task_yield();
	return 0;
}

int pthread_spin_unlock(pthread_spinlock_t *lock)
{
	if (*lock != task_current()->id)
		return EPERM;
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
	return 0;
}
