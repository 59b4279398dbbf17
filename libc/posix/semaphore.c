// SPDX-License-Identifier: MIT
/*
 * semaphore.c - POSIX semaphores
 *
 * A post makes the value one more and wakes one, who may find it taken again
 * and goes on waiting.
 */
#include <semaphore.h>

#include <errno.h>

#include <kernel/sched.h>
#include <libc/thread.h>

/* The value of one that was destroyed. */
#define DESTROYED ((unsigned int)SEM_VALUE_MAX + 1)

static int result_of(int error)
{
	if (!error)
		return 0;
	errno = error;
	return -1;
}

/* EAGAIN if it would have to wait. */
static int try_locked(sem_t *sem)
{
	if (sem->__value == DESTROYED)
		return EINVAL;
	if (!sem->__value)
		return EAGAIN;
	sem->__value--;
	return 0;
}

static int wait_until(sem_t *sem, uint64_t deadline)
{
	unsigned long irq = sched_acquire();
	int error;

	while ((error = try_locked(sem)) == EAGAIN) {
		error = thread_wait_locked(&sem->__waiters, deadline);
		if (error)
			break;
	}
	sched_release(irq);
	return result_of(error);
}

int sem_init(sem_t *sem, int shared, unsigned int value)
{
	if (value > SEM_VALUE_MAX)
		return result_of(EINVAL);
	*sem = (sem_t){ .__value = value };
	return 0;
}

int sem_destroy(sem_t *sem)
{
	unsigned long irq = sched_acquire();
	int error = 0;

	if (sem->__value == DESTROYED)
		error = EINVAL;
	else if (sem->__waiters.__first)
		error = EBUSY;
	else
		sem->__value = DESTROYED;
	sched_release(irq);
	return result_of(error);
}

int sem_wait(sem_t *sem)
{
	return wait_until(sem, NO_DEADLINE);
}

int sem_trywait(sem_t *sem)
{
	unsigned long irq = sched_acquire();
	int error = try_locked(sem);

	sched_release(irq);
	return result_of(error);
}

int sem_timedwait(sem_t *sem, const struct timespec *abstime)
{
	uint64_t deadline;

	if (thread_deadline(CLOCK_REALTIME, abstime, &deadline))
		return wait_until(sem, deadline);
	/* A time that is none matters only to one that has to wait. */
	if (sem_trywait(sem) == 0)
		return 0;
	return result_of(errno == EAGAIN ? EINVAL : errno);
}

int sem_post(sem_t *sem)
{
	unsigned long irq = sched_acquire();
	int error = 0;

	if (sem->__value == DESTROYED)
		error = EINVAL;
	else if (sem->__value == SEM_VALUE_MAX)
		error = EOVERFLOW;
	else
		sem->__value++;
	if (!error)
		thread_wake_locked(&sem->__waiters);
	sched_release(irq);
	return result_of(error);
}

int sem_getvalue(sem_t *sem, int *value)
{
	if (sem->__value == DESTROYED)
		return result_of(EINVAL);
	*value = (int)sem->__value;
	return 0;
}
