// SPDX-License-Identifier: MIT
/*
 * pthread_rwlock.c - locks that many readers or one writer have
 *
 * A reader waits only while a writer has the lock, so a thread may take it for
 * reading again and again.  A writer that leaves lets all waiting readers go
 * first, the last reader that leaves a writer.
 *
 * Bad at: writers among readers that never all leave; they wait for ever.
 */
#include <libc/thread.h>

#include <errno.h>
#include <limits.h>

#include <kernel/sched.h>

enum { VALID, DESTROYED };

int pthread_rwlock_init(pthread_rwlock_t *lock,
			const pthread_rwlockattr_t *attr)
{
	*lock = (pthread_rwlock_t){ .__state = VALID };
	return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
	unsigned long irq = sched_acquire();
	int error = 0;

	if (lock->__state != VALID)
		error = EINVAL;
	else if (lock->__owner || lock->__nreader)
		error = EBUSY;
	else
		lock->__state = DESTROYED;
	sched_release(irq);
	return error;
}

/* EBUSY if it would have to wait. */
static int try_read_locked(pthread_rwlock_t *lock)
{
	if (lock->__state != VALID)
		return EINVAL;
	if (lock->__owner)
		return EBUSY;
	if (lock->__nreader == UINT_MAX)
		return EAGAIN;
	lock->__nreader++;
	return 0;
}

static int try_write_locked(pthread_rwlock_t *lock)
{
	if (lock->__state != VALID)
		return EINVAL;
	if (lock->__owner || lock->__nreader)
		return EBUSY;
	lock->__owner = task_current()->id;
	return 0;
}

typedef int try_fn(pthread_rwlock_t *lock);

static int lock_try(pthread_rwlock_t *lock, try_fn *try_locked)
{
	unsigned long irq = sched_acquire();
	int error = try_locked(lock);

	sched_release(irq);
	return error;
}

static int lock_wait(pthread_rwlock_t *lock, try_fn *try_locked,
		     struct __pthread_queue *queue, uint64_t deadline)
{
	unsigned long irq = sched_acquire();
	int error;

	for (;;) {
		error = try_locked(lock);
		if (error != EBUSY)
			break;
		error = EDEADLK;
		if (lock->__owner == task_current()->id)
			break;
		error = thread_wait_locked(queue, deadline);
		if (error)
			break;
	}
	sched_release(irq);
	return error;
}

static int lock_timed(pthread_rwlock_t *lock, try_fn *try_locked,
		      struct __pthread_queue *queue,
		      const struct timespec *abstime)
{
	uint64_t deadline;
	int error;

	if (thread_deadline(CLOCK_REALTIME, abstime, &deadline))
		return lock_wait(lock, try_locked, queue, deadline);
	error = lock_try(lock, try_locked);
	return error == EBUSY ? EINVAL : error;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
	return lock_wait(lock, try_read_locked, &lock->__readers, NO_DEADLINE);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
	return lock_try(lock, try_read_locked);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *lock,
			       const struct timespec *abstime)
{
	return lock_timed(lock, try_read_locked, &lock->__readers, abstime);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
	return lock_wait(lock, try_write_locked, &lock->__writers, NO_DEADLINE);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
	return lock_try(lock, try_write_locked);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *lock,
			       const struct timespec *abstime)
{
	return lock_timed(lock, try_write_locked, &lock->__writers, abstime);
}

static int unlock_locked(pthread_rwlock_t *lock)
{
	if (lock->__state != VALID)
		return EINVAL;
	if (lock->__owner) {
		if (lock->__owner != task_current()->id)
			return EPERM;
		lock->__owner = 0;
	} else if (lock->__nreader) {
		lock->__nreader--;
	} else {
		return EPERM;
	}
	if (lock->__readers.__first)
		thread_wake_all_locked(&lock->__readers);
	else if (!lock->__nreader)
		thread_wake_locked(&lock->__writers);
	return 0;
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
	return lock_try(lock, unlock_locked);
}
