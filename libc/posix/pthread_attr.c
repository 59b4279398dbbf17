// SPDX-License-Identifier: MIT
/*
 * pthread_attr.c - attributes of threads, mutexes and the rest
 *
 * What has no meaning here (sharing between processes, priorities, guard sizes)
 * is checked, kept and given back.
 */
#include <libc/thread.h>

#include <errno.h>

#include <kernel/sched.h>

/* Set @field if @value is one of 0 .. @most. */
static int set(int *field, int value, int most)
{
	if (value < 0 || value > most)
		return EINVAL;
	*field = value;
	return 0;
}

static int get(int field, int *value)
{
	*value = field;
	return 0;
}

/* --- threads --- */

int pthread_attr_init(pthread_attr_t *attr)
{
	*attr = (pthread_attr_t){ .__stack_size = TASK_STACK,
				  .__guard_size = 4096 };
	return 0;
}

int pthread_attr_destroy(pthread_attr_t *attr)
{
	return 0;
}

int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state)
{
	return get(attr->__detach_state, state);
}

int pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
	return set(&attr->__detach_state, state, PTHREAD_CREATE_DETACHED);
}

int pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *size)
{
	*size = attr->__stack_size;
	return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size)
{
	if (size < PTHREAD_STACK_MIN)
		return EINVAL;
	attr->__stack_size = size;
	return 0;
}

int pthread_attr_getstack(const pthread_attr_t *attr, void **addr, size_t *size)
{
	*addr = attr->__stack_addr;
	*size = attr->__stack_size;
	return 0;
}

int pthread_attr_setstack(pthread_attr_t *attr, void *addr, size_t size)
{
	const int error = pthread_attr_setstacksize(attr, size);

	if (!error)
		attr->__stack_addr = addr;
	return error;
}

int pthread_attr_getguardsize(const pthread_attr_t *attr, size_t *size)
{
	*size = attr->__guard_size;
	return 0;
}

int pthread_attr_setguardsize(pthread_attr_t *attr, size_t size)
{
	attr->__guard_size = size;
	return 0;
}

int pthread_attr_getinheritsched(const pthread_attr_t *attr, int *inherit)
{
	return get(attr->__inherit, inherit);
}

int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit)
{
	return set(&attr->__inherit, inherit, PTHREAD_EXPLICIT_SCHED);
}

int pthread_attr_getschedpolicy(const pthread_attr_t *attr, int *policy)
{
	return get(attr->__policy, policy);
}

int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
	return set(&attr->__policy, policy, SCHED_RR);
}

int pthread_attr_getschedparam(const pthread_attr_t *attr,
			       struct sched_param *param)
{
	*param = attr->__param;
	return 0;
}

int pthread_attr_setschedparam(pthread_attr_t *attr,
			       const struct sched_param *param)
{
	attr->__param = *param;
	return 0;
}

int pthread_attr_getscope(const pthread_attr_t *attr, int *scope)
{
	return get(attr->__scope, scope);
}

int pthread_attr_setscope(pthread_attr_t *attr, int scope)
{
	return set(&attr->__scope, scope, PTHREAD_SCOPE_PROCESS);
}

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr)
{
	unsigned long irq;
	bool exists;

	pthread_attr_init(attr);
	irq = sched_acquire();
	exists = thread_exists_locked(thread);
	if (exists) {
		attr->__detach_state = thread->joinable
					       ? PTHREAD_CREATE_JOINABLE
					       : PTHREAD_CREATE_DETACHED;
		attr->__stack_addr = (void *)thread->task->stack_lo;
		attr->__stack_size =
			thread->task->stack_hi - thread->task->stack_lo;
	}
	sched_release(irq);
	return exists ? 0 : ESRCH;
}

/* --- mutexes --- */

int pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
	*attr = (pthread_mutexattr_t){ .__type = PTHREAD_MUTEX_DEFAULT };
	return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attr)
{
	return 0;
}

int pthread_mutexattr_gettype(const pthread_mutexattr_t *attr, int *type)
{
	return get(attr->__type, type);
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type)
{
	return set(&attr->__type, type, PTHREAD_MUTEX_ERRORCHECK);
}

int pthread_mutexattr_getpshared(const pthread_mutexattr_t *attr, int *shared)
{
	return get(attr->__shared, shared);
}

int pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int shared)
{
	return set(&attr->__shared, shared, PTHREAD_PROCESS_SHARED);
}

/* A refusal of what POSIX names and this kernel has not. */
static int allow_only(int value, int allowed, int most)
{
	if (value < 0 || value > most)
		return EINVAL;
	return value == allowed ? 0 : ENOTSUP;
}

int pthread_mutexattr_getprotocol(const pthread_mutexattr_t *attr,
				  int *protocol)
{
	return get(PTHREAD_PRIO_NONE, protocol);
}

int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol)
{
	return allow_only(protocol, PTHREAD_PRIO_NONE, PTHREAD_PRIO_PROTECT);
}

int pthread_mutexattr_getrobust(const pthread_mutexattr_t *attr, int *robust)
{
	return get(PTHREAD_MUTEX_STALLED, robust);
}

int pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int robust)
{
	return allow_only(robust, PTHREAD_MUTEX_STALLED, PTHREAD_MUTEX_ROBUST);
}

/* --- condition variables --- */

int pthread_condattr_init(pthread_condattr_t *attr)
{
	*attr = (pthread_condattr_t){ .__clock = CLOCK_REALTIME };
	return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *attr)
{
	return 0;
}

int pthread_condattr_getclock(const pthread_condattr_t *attr, clockid_t *clock)
{
	*clock = (clockid_t)attr->__clock;
	return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
		return EINVAL;
	attr->__clock = (int)clock;
	return 0;
}

int pthread_condattr_getpshared(const pthread_condattr_t *attr, int *shared)
{
	return get(attr->__shared, shared);
}

int pthread_condattr_setpshared(pthread_condattr_t *attr, int shared)
{
	return set(&attr->__shared, shared, PTHREAD_PROCESS_SHARED);
}

/* --- locks for readers and writers, barriers --- */

int pthread_rwlockattr_init(pthread_rwlockattr_t *attr)
{
	*attr = (pthread_rwlockattr_t){ .__shared = PTHREAD_PROCESS_PRIVATE };
	return 0;
}

int pthread_rwlockattr_destroy(pthread_rwlockattr_t *attr)
{
	return 0;
}

int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t *attr, int *shared)
{
	return get(attr->__shared, shared);
}

int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attr, int shared)
{
	return set(&attr->__shared, shared, PTHREAD_PROCESS_SHARED);
}

int pthread_barrierattr_init(pthread_barrierattr_t *attr)
{
	*attr = (pthread_barrierattr_t){ .__shared = PTHREAD_PROCESS_PRIVATE };
	return 0;
}

int pthread_barrierattr_destroy(pthread_barrierattr_t *attr)
{
	return 0;
}

int pthread_barrierattr_getpshared(const pthread_barrierattr_t *attr,
				   int *shared)
{
	return get(attr->__shared, shared);
}

int pthread_barrierattr_setpshared(pthread_barrierattr_t *attr, int shared)
{
	return set(&attr->__shared, shared, PTHREAD_PROCESS_SHARED);
}
