// SPDX-License-Identifier: MIT
/*
 * pthread_self.c - names, cleanup, cancellation, signals, scheduling
 *
 * Nothing interrupts a thread here: there is no cancellation, and no signal but
 * what the program raises itself.  Masks and states are kept, so that whoever
 * sets one finds it again.
 */
#include <libc/thread.h>

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include <kernel/sched.h>
#include <kernel/time.h>

/* --- names --- */

int pthread_setname_np(pthread_t thread, const char *name)
{
	const size_t n = strlen(name);
	unsigned long irq;
	bool exists;

	if (n >= THREAD_NAME_MAX)
		return ERANGE;
	irq = sched_acquire();
	exists = thread_exists_locked(thread);
	if (exists) {
		memcpy(thread->name, name, n + 1);
		if (!thread->ended)
			thread->task->name = thread->name;
	}
	sched_release(irq);
	return exists ? 0 : ESRCH;
}

int pthread_getname_np(pthread_t thread, char *buf, size_t size)
{
	unsigned long irq = sched_acquire();
	int error = 0;

	if (!thread_exists_locked(thread))
		error = ESRCH;
	else if (strlen(thread->name) >= size)
		error = ERANGE;
	else
		strcpy(buf, thread->name);
	sched_release(irq);
	return error;
}

/* --- cleanup --- */

void __pthread_cleanup_push(struct __pthread_cleanup *cleanup,
			    void (*routine)(void *arg), void *arg)
{
	struct __pthread *self = pthread_self();

	cleanup->__routine = routine;
	cleanup->__arg = arg;
	cleanup->__previous = self->cleanup;
	self->cleanup = cleanup;
}

void __pthread_cleanup_pop(struct __pthread_cleanup *cleanup, int execute)
{
	pthread_self()->cleanup = cleanup->__previous;
	if (execute)
		cleanup->__routine(cleanup->__arg);
}

/* --- cancellation --- */

int pthread_cancel(pthread_t thread)
{
	return ENOSYS;
}

static int exchange(int *field, int value, int *old)
{
	if (value != 0 && value != 1)
		return EINVAL;
	if (old)
		*old = *field;
	*field = value;
	return 0;
}

int pthread_setcancelstate(int state, int *old)
{
	return exchange(&pthread_self()->cancel_state, state, old);
}

int pthread_setcanceltype(int type, int *old)
{
	return exchange(&pthread_self()->cancel_type, type, old);
}

void pthread_testcancel(void)
{
}

/* --- signals and processes --- */

int pthread_kill(pthread_t thread, int sig)
{
	unsigned long irq = sched_acquire();
	const bool exists = thread_exists_locked(thread) && !thread->ended;

	sched_release(irq);
	if (!exists)
		return ESRCH;
	if (sig < 0 || sig >= NSIG)
		return EINVAL;
	if (!sig)
		return 0;
	if (thread != pthread_self())
		return ENOSYS;
	return raise(sig) ? errno : 0;
}

/* Nothing forks, so these are never called. */
int pthread_atfork(void (*prepare)(void), void (*parent)(void),
		   void (*child)(void))
{
	return 0;
}

/* --- scheduling --- */

int sched_yield(void)
{
	task_yield();
	return 0;
}

void pthread_yield(void)
{
	task_yield();
}

/* A thread's processor time is not counted. */
int pthread_getcpuclockid(pthread_t thread, clockid_t *clock)
{
	return ENOENT;
}

int pthread_getconcurrency(void)
{
	return 0;
}

int pthread_setconcurrency(int level)
{
	return level < 0 ? EINVAL : 0;
}

static int check_policy(int policy, const struct sched_param *param)
{
	if (policy < SCHED_OTHER || policy > SCHED_RR || param->sched_priority)
		return EINVAL;
	return policy == SCHED_OTHER ? 0 : ENOTSUP;
}

static int check_thread(pthread_t thread)
{
	unsigned long irq = sched_acquire();
	const bool exists = thread_exists_locked(thread);

	sched_release(irq);
	return exists ? 0 : ESRCH;
}

int pthread_getschedparam(pthread_t thread, int *policy,
			  struct sched_param *param)
{
	*policy = SCHED_OTHER;
	*param = (struct sched_param){ .sched_priority = 0 };
	return check_thread(thread);
}

int pthread_setschedparam(pthread_t thread, int policy,
			  const struct sched_param *param)
{
	const int error = check_thread(thread);

	return error ? error : check_policy(policy, param);
}

int pthread_setschedprio(pthread_t thread, int priority)
{
	const struct sched_param param = { .sched_priority = priority };

	return pthread_setschedparam(thread, SCHED_OTHER, &param);
}

static int result_of(int error)
{
	if (!error)
		return 0;
	errno = error;
	return -1;
}

static int check_process(pid_t pid)
{
	return !pid || pid == getpid() ? 0 : ESRCH;
}

static int check_priority(int policy)
{
	return result_of(policy < SCHED_OTHER || policy > SCHED_RR ? EINVAL
								   : 0);
}

int sched_get_priority_max(int policy)
{
	return check_priority(policy);
}

int sched_get_priority_min(int policy)
{
	return check_priority(policy);
}

int sched_getscheduler(pid_t pid)
{
	const int error = check_process(pid);

	return error ? result_of(error) : SCHED_OTHER;
}

int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
	const int error = check_process(pid);

	return result_of(error ? error : check_policy(policy, param));
}

int sched_getparam(pid_t pid, struct sched_param *param)
{
	*param = (struct sched_param){ .sched_priority = 0 };
	return result_of(check_process(pid));
}

int sched_setparam(pid_t pid, const struct sched_param *param)
{
	return sched_setscheduler(pid, SCHED_OTHER, param);
}

int sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
	*interval = (struct timespec){ .tv_nsec = (long)time_tick_ns() };
	return result_of(check_process(pid));
}
