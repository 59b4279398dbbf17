// SPDX-License-Identifier: MIT
/*
 * pthread_mutex.c - mutexes: normal, recursive and error-checking
 *
 * As the kernel's, a mutex belongs to whoever finds it free.  Its owner is a
 * task's number, which is never used again, and no pointer.  A normal mutex may
 * be unlocked by another thread than its owner, which POSIX leaves open and
 * programs do.
 *
 * Bad at: priorities (there are none), robustness: one whose owner has ended
 * stays locked.
 */
#include <libc/thread.h>

#include <errno.h>
#include <limits.h>

#include <kernel/sched.h>

/* The type of a mutex that was destroyed. */
enum { DESTROYED = -1 };

static bool is_valid(const pthread_mutex_t *mutex)
{
	return mutex->__type >= PTHREAD_MUTEX_NORMAL &&
	       mutex->__type <= PTHREAD_MUTEX_ERRORCHECK;
}

static bool is_mine(const pthread_mutex_t *mutex)
{
	return mutex->__owner == task_current()->id;
}

/* EBUSY if it would have to wait. */
static int try_locked(pthread_mutex_t *mutex)
{
	if (!is_valid(mutex))
		return EINVAL;
	if (!mutex->__owner) {
		mutex->__owner = task_current()->id;
		mutex->__depth = 1;
		return 0;
	}
	if (mutex->__type != PTHREAD_MUTEX_RECURSIVE || !is_mine(mutex))
		return EBUSY;
	if (mutex->__depth == UINT_MAX)
		return EAGAIN;
	mutex->__depth++;
	return 0;
}

static int lock_locked(pthread_mutex_t *mutex, uint64_t deadline)
{
	int error = try_locked(mutex);

	if (error == EBUSY && mutex->__type == PTHREAD_MUTEX_ERRORCHECK &&
	    is_mine(mutex))
		return EDEADLK;
	while (error == EBUSY) {
		error = thread_wait_locked(&mutex->__waiters, deadline);
		if (error)
			return error;
		error = try_locked(mutex);
	}
	return error;
}

static int release_locked(pthread_mutex_t *mutex)
{
	if (!is_valid(mutex))
		return EINVAL;
	if (!mutex->__owner ||
	    (mutex->__type != PTHREAD_MUTEX_NORMAL && !is_mine(mutex)))
		return EPERM;
	if (--mutex->__depth == 0) {
		mutex->__owner = 0;
		thread_wake_locked(&mutex->__waiters);
	}
	return 0;
}

int mutex_release_all_locked(pthread_mutex_t *mutex, unsigned int *depth)
{
	if (!is_valid(mutex))
		return EINVAL;
	if (!is_mine(mutex))
		return EPERM;
	*depth = mutex->__depth;
	mutex->__depth = 1;
	return release_locked(mutex);
}

void mutex_take_back_locked(pthread_mutex_t *mutex, unsigned int depth)
{
	lock_locked(mutex, NO_DEADLINE);
	mutex->__depth = depth;
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
	*mutex = (pthread_mutex_t){
		.__type = attr ? attr->__type : PTHREAD_MUTEX_DEFAULT,
	};
	return is_valid(mutex) ? 0 : EINVAL;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	unsigned long irq = sched_acquire();
	int error = 0;

	if (!is_valid(mutex))
		error = EINVAL;
	else if (mutex->__owner)
		error = EBUSY;
	else
		mutex->__type = DESTROYED;
	sched_release(irq);
	return error;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	unsigned long irq = sched_acquire();
	int error = lock_locked(mutex, NO_DEADLINE);

	sched_release(irq);
	return error;
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	unsigned long irq = sched_acquire();
	int error = try_locked(mutex);

	sched_release(irq);
	return error;
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex,
			    const struct timespec *abstime)
{
	uint64_t deadline;
	unsigned long irq;
	int error;

	/* A time that is none matters only to one that has to wait. */
	if (!thread_deadline(CLOCK_REALTIME, abstime, &deadline)) {
		error = pthread_mutex_trylock(mutex);
		return error == EBUSY ? EINVAL : error;
	}
	irq = sched_acquire();
	error = lock_locked(mutex, deadline);
	sched_release(irq);
	return error;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	unsigned long irq = sched_acquire();
	int error = release_locked(mutex);

	sched_release(irq);
	return error;
}
