// SPDX-License-Identifier: MIT
/*
 * clock.c - clocks and sleeping
 *
 * The time of day is the battery clock's; what a program has used of the
 * processor is the time since boot, for there is nothing else that runs.
 *
 * A sleep of less than a tick is spent letting others run; a longer one ends at
 * the tick after it.
 *
 * Bad at: a task's own share of the processor, which nobody counts.
 */
#include <errno.h>
#include <limits.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include <arch/cpu.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <libc/fail.h>

enum { SECOND = 1000000000 };

/* False if there is no such clock. */
static bool clock_read(clockid_t clock, uint64_t *ns)
{
	if (clock == CLOCK_REALTIME)
		*ns = time_wall_ns();
	else if (clock == CLOCK_MONOTONIC ||
		 clock == CLOCK_PROCESS_CPUTIME_ID ||
		 clock == CLOCK_THREAD_CPUTIME_ID)
		*ns = time_now_ns();
	else
		return false;
	return true;
}

static void to_timespec(uint64_t ns, struct timespec *ts)
{
	ts->tv_sec = (time_t)(ns / SECOND);
	ts->tv_nsec = (long)(ns % SECOND);
}

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	uint64_t ns;

	if (!clock_read(clock, &ns))
		return fail(EINVAL);
	to_timespec(ns, ts);
	return 0;
}

int clock_getres(clockid_t clock, struct timespec *ts)
{
	uint64_t ns;

	if (!clock_read(clock, &ns))
		return fail(EINVAL);
	if (ts)
		*ts = (struct timespec){ .tv_nsec = 1 };
	return 0;
}

int clock_settime(clockid_t clock, const struct timespec *ts)
{
	return fail(clock == CLOCK_REALTIME ? EPERM : EINVAL);
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	const uint64_t ns = time_wall_ns();

	if (tv) {
		tv->tv_sec = (time_t)(ns / SECOND);
		tv->tv_usec = (suseconds_t)(ns / 1000 % 1000000);
	}
	return 0;
}

int settimeofday(const struct timeval *tv, const struct timezone *zone)
{
	return fail(EPERM);
}

int adjtime(const struct timeval *delta, struct timeval *old)
{
	return fail(EPERM);
}

time_t time(time_t *to)
{
	const time_t now = (time_t)(time_wall_ns() / SECOND);

	if (to)
		*to = now;
	return now;
}

clock_t clock(void)
{
	return (clock_t)(time_now_ns() / (SECOND / CLOCKS_PER_SEC));
}

/* In units of sysconf(_SC_CLK_TCK), which are clock()'s. */
clock_t times(struct tms *tms)
{
	const clock_t now = clock();

	if (tms)
		*tms = (struct tms){ .tms_utime = now };
	return now;
}

/* --- to sleep --- */

static void sleep_until(uint64_t end_ns)
{
	uint64_t now;

	while ((now = time_now_ns()) < end_ns) {
		if (end_ns - now >= time_tick_ns()) {
			task_sleep_ns(end_ns - now);
		} else {
			task_yield();
			arch_relax();
		}
	}
}

/* How long @ts is, as far as can be told; false if it is no time. */
static bool from_timespec(const struct timespec *ts, uint64_t *ns)
{
	if (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= SECOND)
		return false;
	*ns = ts->tv_sec > INT_MAX ? (uint64_t)INT_MAX * SECOND
				   : (uint64_t)ts->tv_sec * SECOND;
	*ns += (uint64_t)ts->tv_nsec;
	return true;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *ts,
		    struct timespec *left)
{
	uint64_t ns, now;

	if (!from_timespec(ts, &ns) || !clock_read(clock, &now) ||
	    clock == CLOCK_THREAD_CPUTIME_ID)
		return EINVAL;
	if (flags & TIMER_ABSTIME)
		ns = ns > now ? ns - now : 0;
	sleep_until(time_now_ns() + ns);
	return 0;
}

int nanosleep(const struct timespec *ts, struct timespec *left)
{
	return result(clock_nanosleep(CLOCK_MONOTONIC, 0, ts, left));
}

int usleep(useconds_t us)
{
	sleep_until(time_now_ns() + (uint64_t)us * 1000);
	return 0;
}

unsigned int sleep(unsigned int seconds)
{
	sleep_until(time_now_ns() + (uint64_t)seconds * SECOND);
	return 0;
}

/* --- timers, of which there are none --- */

unsigned int alarm(unsigned int seconds)
{
	errno = ENOSYS;
	return 0;
}

int setitimer(int which, const struct itimerval *restrict value,
	      struct itimerval *restrict old)
{
	return fail(ENOSYS);
}

int getitimer(int which, struct itimerval *value)
{
	return fail(ENOSYS);
}
