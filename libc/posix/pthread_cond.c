// SPDX-License-Identifier: MIT
/*
 * pthread_cond.c - condition variables
 *
 * The mutex is let go and the wait begins under one hold of sched_lock, so no
 * signal falls between; who waited longest is woken first, and nobody for
 * nothing.
 */
#include <libc/thread.h>

#include <errno.h>

#include <kernel/sched.h>

/* The clock of one that was destroyed; 0 is the time of day. */
enum { DESTROYED = -1 };

int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr)
{
	*cond = (pthread_cond_t){ .__clock = attr ? attr->__clock : 0 };
	return 0;
}

int pthread_cond_destroy(pthread_cond_t *cond)
{
	unsigned long irq = sched_acquire();
	int error = 0;

	if (cond->__clock == DESTROYED)
		error = EINVAL;
	else if (cond->__waiters.__first)
		error = EBUSY;
	else
		cond->__clock = DESTROYED;
	sched_release(irq);
	return error;
}

static int wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex,
		      uint64_t deadline)
{
	unsigned long irq = sched_acquire();
	unsigned int depth;
	int error;

	error = cond->__clock == DESTROYED
			? EINVAL
			: mutex_release_all_locked(mutex, &depth);
	if (!error) {
		error = thread_wait_locked(&cond->__waiters, deadline);
		mutex_take_back_locked(mutex, depth);
	}
	sched_release(irq);
	return error;
}

int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	return wait_until(cond, mutex, NO_DEADLINE);
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
			   const struct timespec *abstime)
{
	const clockid_t clock =
		cond->__clock ? (clockid_t)cond->__clock : CLOCK_REALTIME;
	uint64_t deadline;

	if (!thread_deadline(clock, abstime, &deadline))
		return EINVAL;
	return wait_until(cond, mutex, deadline);
}

int pthread_cond_signal(pthread_cond_t *cond)
{
	unsigned long irq = sched_acquire();
	const bool valid = cond->__clock != DESTROYED;

	if (valid)
		thread_wake_locked(&cond->__waiters);
	sched_release(irq);
	return valid ? 0 : EINVAL;
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
	unsigned long irq = sched_acquire();
	const bool valid = cond->__clock != DESTROYED;

	if (valid)
		thread_wake_all_locked(&cond->__waiters);
	sched_release(irq);
	return valid ? 0 : EINVAL;
}
