// SPDX-License-Identifier: MIT
/*
 * pthread_end_test.c - how a program of several threads ends
 *
 * Each case ends the machine, so it runs only when the command line says
 * cases=end: tests/run/pthread-end.t boots once for each, and looks at what
 * was printed and at the status.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kernel/task.h>
#include <kernel/time.h>
#include <tests/ktest.h>
#include <workloads/workload.h>

static bool may_end(void)
{
	const char *cases = workload_option("cases");

	if (cases && !strcmp(cases, "end"))
		return true;
	ktest_skip("it ends the program");
	return false;
}

static void at_end(void)
{
	puts("end: handlers are called");
}

static void *work_a_while(void *arg)
{
	task_sleep_ns((uint64_t)(uintptr_t)arg * 2 * time_tick_ns());
	printf("end: thread %d is done\n", (int)(uintptr_t)arg);
	return NULL;
}

/* The rest of the test goes with the main thread. */
KTEST(pthread_end, main_leaves_and_the_others_go_on)
{
	pthread_t thread;
	uintptr_t i;

	if (!may_end())
		return;
	atexit(at_end);
	for (i = 1; i <= 3; i++)
		ASSERT_EQ(
			pthread_create(&thread, NULL, work_a_while, (void *)i),
			0);
	pthread_exit(NULL);
}

static volatile bool busy;

static void *never_end(void *arg)
{
	while (!arg)
		sched_yield();
	return NULL;
}

static void *keep_stream(void *arg)
{
	flockfile(stdout);
	busy = true;
	while (!arg)
		task_sleep_ns(1000000000);
	return NULL;
}

/* One runs, one waits with the lock of a stream that has something to write. */
KTEST(pthread_end, exit_does_not_wait_for_threads)
{
	pthread_t thread;

	if (!may_end())
		return;
	ASSERT_EQ(pthread_create(&thread, NULL, never_end, NULL), 0);
	atexit(at_end);
	puts("end: main exits");
	exit(7);
}

KTEST(pthread_end, exit_does_not_wait_for_streams)
{
	pthread_t thread;

	if (!may_end())
		return;
	printf("end: this has no newline");
	ASSERT_EQ(pthread_create(&thread, NULL, keep_stream, NULL), 0);
	while (!busy)
		sched_yield();
	exit(8);
}

static void *exit_from_here(void *arg)
{
	puts("end: a thread exits");
	exit(9);
}

KTEST(pthread_end, a_thread_may_exit)
{
	pthread_t thread;

	if (!may_end())
		return;
	ASSERT_EQ(pthread_create(&thread, NULL, exit_from_here, NULL), 0);
	pthread_join(thread, NULL);
}

static int dig(volatile char *above)
{
	volatile char room[1000];

	room[0] = above[0];
	return above[0] ? 0 : dig(room) + room[0];
}

static void *overrun(void *arg)
{
	volatile char top[1] = { 0 };

	pthread_setname_np(pthread_self(), "digger");
	return (void *)(uintptr_t)dig(top);
}

KTEST(pthread_end, an_overrun_names_the_thread)
{
	pthread_t thread;

	if (!may_end())
		return;
	ASSERT_EQ(pthread_create(&thread, NULL, overrun, NULL), 0);
	pthread_join(thread, NULL);
}
