// SPDX-License-Identifier: MIT
/*
 * pthread_wait.c - waiting with a deadline, for all that threads wait for
 *
 * Deadlines are rounded up to the tick.  One of the time of day is turned into
 * one of the clock when the wait begins; a change of the time of day meanwhile
 * does not move it.
 */
#include <libc/thread.h>

#include <assert.h>
#include <errno.h>

#include <kernel/sched.h>
#include <kernel/time.h>

enum { NS_PER_S = 1000000000 };

static_assert(sizeof(struct __pthread_queue) == sizeof(struct waitqueue),
	      "a queue in <sys/_pthreadtypes.h> is the kernel's");

static struct waitqueue *queue_of(struct __pthread_queue *queue)
{
	return (struct waitqueue *)queue;
}

bool thread_deadline(clockid_t clock, const struct timespec *abstime,
		     uint64_t *deadline)
{
	const uint64_t now = time_now_ns();
	uint64_t ns, ahead;

	if (abstime->tv_nsec < 0 || abstime->tv_nsec >= NS_PER_S)
		return false;
	/* 500 years on is for ever, and what follows cannot overflow. */
	if (abstime->tv_sec > INT64_MAX / NS_PER_S - 1) {
		*deadline = NO_DEADLINE;
		return true;
	}
	*deadline = 0;
	if (abstime->tv_sec < 0)
		return true;
	ns = (uint64_t)abstime->tv_sec * NS_PER_S + (uint64_t)abstime->tv_nsec;
	ahead = clock == CLOCK_MONOTONIC ? 0 : time_wall_ns() - time_now_ns();
	*deadline = ns > ahead ? ns - ahead : 0;
	if (*deadline < now)
		*deadline = 0;
	return true;
}

int thread_wait_locked(struct __pthread_queue *queue, uint64_t deadline)
{
	if (deadline == NO_DEADLINE) {
		sched_wait_locked(queue_of(queue));
		return 0;
	}
	if (deadline <= time_now_ns())
		return ETIMEDOUT;
	return sched_wait_until_locked(queue_of(queue), deadline) ? 0
								  : ETIMEDOUT;
}

bool thread_wake_locked(struct __pthread_queue *queue)
{
	return sched_wake_locked(queue_of(queue));
}

void thread_wake_all_locked(struct __pthread_queue *queue)
{
	while (thread_wake_locked(queue))
		;
}
