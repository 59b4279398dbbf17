// SPDX-License-Identifier: MIT
/* pthread_test.c - life of a POSIX thread, its attributes, keys, once */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <unistd.h>

#include <kernel/task.h>
#include <kgc/kgc.h>
#include <lib/noroot.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

static void *add_one(void *arg)
{
	++*(volatile int *)arg;
	return arg;
}

static void *wait_for(void *arg)
{
	while (!*(volatile bool *)arg)
		sched_yield();
	return NULL;
}

/* --- create, join, detach, exit --- */

KTEST(pthread, join_gives_the_result)
{
	volatile int n = 0;
	pthread_t thread;
	void *result = NULL;

	ASSERT_EQ(pthread_create(&thread, NULL, add_one, (void *)&n), 0);
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT(result == &n);
	EXPECT_EQ(n, 1);
	ASSERT_EQ(pthread_create(&thread, NULL, add_one, (void *)&n), 0);
	EXPECT_EQ(pthread_join(thread, NULL), 0);
}

static void *leave_deep(void *arg)
{
	pthread_exit((void *)((uintptr_t)arg + 1));
}

KTEST(pthread, exit_gives_the_result)
{
	pthread_t thread;
	void *result = NULL;

	ASSERT_EQ(pthread_create(&thread, NULL, leave_deep, (void *)41), 0);
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT_EQ((uintptr_t)result, 42);
}

static void *give_self(void *arg)
{
	return pthread_self();
}

KTEST(pthread, self_is_what_the_creator_got)
{
	pthread_t thread, main = pthread_self();
	void *result;

	EXPECT(pthread_equal(main, pthread_self()));
	ASSERT_EQ(pthread_create(&thread, NULL, give_self, NULL), 0);
	EXPECT(!pthread_equal(thread, main));
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT(result == (void *)thread);
}

KTEST(pthread, join_refuses)
{
	volatile bool stop = false;
	pthread_attr_t attr;
	pthread_t thread;

	EXPECT_EQ(pthread_join(pthread_self(), NULL), EDEADLK);
	ASSERT_EQ(pthread_create(&thread, NULL, wait_for, (void *)&stop), 0);
	EXPECT_EQ(pthread_detach(thread), 0);
	EXPECT_EQ(pthread_join(thread, NULL), EINVAL);
	EXPECT_EQ(pthread_detach(thread), EINVAL);
	stop = true;
	while (pthread_kill(thread, 0) == 0)
		sched_yield();
	EXPECT_EQ(pthread_join(thread, NULL), ESRCH);
	EXPECT_EQ(pthread_detach(thread), ESRCH);

	stop = false;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	ASSERT_EQ(pthread_create(&thread, &attr, wait_for, (void *)&stop), 0);
	EXPECT_EQ(pthread_join(thread, NULL), EINVAL);
	stop = true;
	while (pthread_kill(thread, 0) == 0)
		sched_yield();
}

static void *join_it(void *arg)
{
	return (void *)(uintptr_t)pthread_join(*(pthread_t *)arg, NULL);
}

struct circle {
	pthread_t next;
	volatile bool start;
};

static void *join_next(void *arg)
{
	struct circle *c = arg;

	while (!c->start)
		sched_yield();
	return (void *)(uintptr_t)pthread_join(c->next, NULL);
}

/* Whoever comes last is refused, and then all the others get what they want. */
KTEST(pthread, circle_of_joins_is_found)
{
	struct circle c[3] = { { .start = false } };
	pthread_t first_thread;
	void *result;
	int i;

	for (i = 2; i >= 0; i--) {
		ASSERT_EQ(pthread_create(&first_thread, NULL, join_next, &c[i]),
			  0);
		c[(i + 2) % 3].next = first_thread;
	}
	c[0].start = c[1].start = true;
	for (i = 0; i < 10; i++)
		sched_yield();
	/* 0 waits for 1, 1 for 2; 2 may not wait for 0, but we may. */
	c[2].start = true;
	while (pthread_kill(c[1].next, 0) == 0)
		sched_yield();
	EXPECT_EQ(pthread_join(first_thread, &result), 0);
	EXPECT_EQ((uintptr_t)result, 0);
}

KTEST(pthread, second_joiner_is_refused)
{
	volatile bool stop = false;
	pthread_t thread, joiner;
	void *result;

	ASSERT_EQ(pthread_create(&thread, NULL, wait_for, (void *)&stop), 0);
	ASSERT_EQ(pthread_create(&joiner, NULL, join_it, &thread), 0);
	sched_yield();
	EXPECT_EQ(pthread_join(thread, NULL), EINVAL);
	EXPECT_EQ(pthread_detach(thread), EINVAL);
	stop = true;
	EXPECT_EQ(pthread_join(joiner, &result), 0);
	EXPECT_EQ((uintptr_t)result, 0);
}

KTEST(pthread, detach_of_an_ended_thread_frees_it)
{
	static struct kgc_memstats NOROOT before, after;
	volatile int n = 0;
	pthread_t thread;

	kgc_read_memstats(&before);
	ASSERT_EQ(pthread_create(&thread, NULL, add_one, (void *)&n), 0);
	while (pthread_kill(thread, 0) == 0)
		sched_yield();
	sched_yield();
	EXPECT_EQ(n, 1);
	EXPECT_EQ(pthread_detach(thread), 0);
	kgc_read_memstats(&after);
	EXPECT_EQ(after.stacks_inuse, before.stacks_inuse);
	EXPECT_EQ(pthread_detach(thread), ESRCH);
}

KTEST(pthread, without_memory_is_eagain)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	EXPECT_EQ(pthread_attr_setstacksize(&attr, (size_t)-1 / 4), 0);
	EXPECT_EQ(pthread_create(&thread, &attr, add_one, NULL), EAGAIN);
	EXPECT_EQ(pthread_attr_setstacksize(&attr, (size_t)-1), 0);
	EXPECT_EQ(pthread_create(&thread, &attr, add_one, NULL), EAGAIN);
}

/* What is in the argument alone, before the thread runs for the first time. */
static void *read_list(void *arg)
{
	uintptr_t sum = 0;
	void **p;

	for (p = arg; p; p = p[0])
		sum += (uintptr_t)p[1];
	return (void *)sum;
}

static __attribute__((noinline)) void create_reader(pthread_t *thread)
{
	void **list = NULL, **p;
	uintptr_t i;

	for (i = 1; i <= 100; i++) {
		p = malloc(2 * sizeof(*p));
		p[0] = list;
		p[1] = (void *)i;
		list = p;
	}
	EXPECT_EQ(pthread_create(thread, NULL, read_list, list), 0);
}

static __attribute__((noinline)) void clear_stack(void)
{
	volatile char room[4096];
	size_t i;

	for (i = 0; i < sizeof(room); i++)
		room[i] = 0;
}

KTEST(pthread, argument_not_yet_taken_is_kept)
{
	pthread_t thread;
	void *result, *fill[100];
	int i;

	create_reader(&thread);
	clear_stack();
	kgc_collect();
	for (i = 0; i < 100; i++) {
		fill[i] = malloc(2 * sizeof(void *));
		memset(fill[i], 0xff, 2 * sizeof(void *));
	}
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT_EQ((uintptr_t)result, 5050);
}

static void *make_text(void *arg)
{
	return strdup("kept until it is joined");
}

KTEST(pthread, result_not_yet_joined_is_kept)
{
	pthread_t thread;
	void *result;
	int i;

	ASSERT_EQ(pthread_create(&thread, NULL, make_text, NULL), 0);
	while (pthread_kill(thread, 0) == 0)
		sched_yield();
	kgc_collect();
	for (i = 0; i < 100; i++)
		memset(malloc(24), 0xff, 24);
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT_STR(result, "kept until it is joined");
}

/* --- attributes --- */

static void *use_stack(void *arg)
{
	const size_t size = (size_t)arg;
	volatile char *room = __builtin_alloca(size);
	pthread_attr_t attr;
	void *lo;
	size_t n;

	memset((void *)room, 1, size);
	if (pthread_getattr_np(pthread_self(), &attr) ||
	    pthread_attr_getstack(&attr, &lo, &n))
		return NULL;
	return (void *)(uintptr_t)((char *)lo <= room &&
				   room + size < (char *)lo + n && n >= size);
}

KTEST(pthread, stack_is_as_large_as_asked)
{
	pthread_attr_t attr;
	pthread_t thread;
	size_t size;
	void *result;

	EXPECT_EQ(pthread_attr_init(&attr), 0);
	EXPECT_EQ(pthread_attr_getstacksize(&attr, &size), 0);
	EXPECT_EQ(size, 256 << 10);
	EXPECT_EQ(pthread_attr_setstacksize(&attr, 100), EINVAL);
	EXPECT_EQ(pthread_attr_setstacksize(&attr, 3 << 20), 0);
	EXPECT_EQ(pthread_attr_getstacksize(&attr, &size), 0);
	EXPECT_EQ(size, 3 << 20);
	ASSERT_EQ(pthread_create(&thread, &attr, use_stack,
				 (void *)((size_t)(3 << 20) - 16384)),
		  0);
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT(result);
	EXPECT_EQ(pthread_attr_destroy(&attr), 0);
}

KTEST(pthread, attributes_are_checked_and_kept)
{
	struct sched_param param = { .sched_priority = 0 };
	pthread_attr_t attr;
	int value;
	size_t size;

	pthread_attr_init(&attr);
	EXPECT_EQ(pthread_attr_getdetachstate(&attr, &value), 0);
	EXPECT_EQ(value, PTHREAD_CREATE_JOINABLE);
	EXPECT_EQ(pthread_attr_setdetachstate(&attr, 7), EINVAL);
	EXPECT_EQ(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED),
		  0);
	EXPECT_EQ(pthread_attr_getinheritsched(&attr, &value), 0);
	EXPECT_EQ(value, PTHREAD_EXPLICIT_SCHED);
	EXPECT_EQ(pthread_attr_setschedpolicy(&attr, SCHED_RR), 0);
	EXPECT_EQ(pthread_attr_setschedpolicy(&attr, 77), EINVAL);
	EXPECT_EQ(pthread_attr_setschedparam(&attr, &param), 0);
	EXPECT_EQ(pthread_attr_getschedparam(&attr, &param), 0);
	EXPECT_EQ(pthread_attr_setscope(&attr, PTHREAD_SCOPE_SYSTEM), 0);
	EXPECT_EQ(pthread_attr_setscope(&attr, -1), EINVAL);
	EXPECT_EQ(pthread_attr_setguardsize(&attr, 8192), 0);
	EXPECT_EQ(pthread_attr_getguardsize(&attr, &size), 0);
	EXPECT_EQ(size, 8192);
}

/* --- names, signals, scheduling, cancellation --- */

KTEST(pthread, threads_have_names)
{
	volatile bool stop = false;
	pthread_t thread;
	char name[16];

	EXPECT_EQ(pthread_getname_np(pthread_self(), name, sizeof(name)), 0);
	EXPECT_STR(name, "main");
	ASSERT_EQ(pthread_create(&thread, NULL, wait_for, (void *)&stop), 0);
	EXPECT_EQ(pthread_getname_np(thread, name, sizeof(name)), 0);
	EXPECT(!strncmp(name, "thread ", 7));
	EXPECT_EQ(pthread_setname_np(thread, "a worker"), 0);
	EXPECT_EQ(pthread_getname_np(thread, name, 3), ERANGE);
	EXPECT_EQ(pthread_getname_np(thread, name, sizeof(name)), 0);
	EXPECT_STR(name, "a worker");
	EXPECT_EQ(pthread_setname_np(thread, "sixteen letters!"), ERANGE);
	stop = true;
	EXPECT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(pthread_setname_np(thread, "x"), ESRCH);
}

static volatile sig_atomic_t caught;

static void catch (int sig)
{
	caught = sig;
}

KTEST(pthread, signals_reach_the_thread_itself)
{
	volatile bool stop = false;
	pthread_t thread;
	sigset_t set, old;

	caught = 0;
	signal(SIGUSR1, catch);
	EXPECT_EQ(pthread_kill(pthread_self(), SIGUSR1), 0);
	EXPECT_EQ(caught, SIGUSR1);
	signal(SIGUSR1, SIG_DFL);
	EXPECT_EQ(pthread_kill(pthread_self(), 0), 0);
	EXPECT_EQ(pthread_kill(pthread_self(), -1), EINVAL);
	EXPECT_EQ(pthread_kill(pthread_self(), 1000), EINVAL);
	ASSERT_EQ(pthread_create(&thread, NULL, wait_for, (void *)&stop), 0);
	EXPECT_EQ(pthread_kill(thread, SIGUSR1), ENOSYS);
	stop = true;
	EXPECT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(pthread_kill(thread, 0), ESRCH);

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	EXPECT_EQ(pthread_sigmask(SIG_BLOCK, &set, &old), 0);
	EXPECT_EQ(pthread_sigmask(SIG_SETMASK, &old, &set), 0);
	EXPECT(sigismember(&set, SIGINT));
	EXPECT(!sigismember(&old, SIGINT));
	EXPECT_EQ(pthread_sigmask(77, &set, NULL), EINVAL);
	EXPECT_EQ(pthread_atfork(NULL, NULL, NULL), 0);
}

KTEST(pthread, scheduling_has_one_policy)
{
	struct sched_param param = { .sched_priority = 5 };
	struct timespec interval;
	int policy;

	EXPECT_EQ(pthread_getschedparam(pthread_self(), &policy, &param), 0);
	EXPECT_EQ(policy, SCHED_OTHER);
	EXPECT_EQ(param.sched_priority, 0);
	EXPECT_EQ(pthread_setschedparam(pthread_self(), SCHED_OTHER, &param),
		  0);
	EXPECT_EQ(pthread_setschedparam(pthread_self(), SCHED_FIFO, &param),
		  ENOTSUP);
	EXPECT_EQ(pthread_setschedprio(pthread_self(), 3), EINVAL);
	EXPECT_EQ(sched_yield(), 0);
	EXPECT_EQ(sched_get_priority_max(SCHED_OTHER), 0);
	EXPECT_EQ(sched_get_priority_min(99), -1);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
	EXPECT_EQ(sched_getscheduler(getpid() + 1), -1);
	EXPECT_EQ(errno, ESRCH);
	EXPECT_EQ(sched_rr_get_interval(0, &interval), 0);
	EXPECT(interval.tv_nsec > 0);
}

KTEST(pthread, nobody_is_cancelled)
{
	int old;

	EXPECT_EQ(pthread_cancel(pthread_self()), ENOSYS);
	EXPECT_EQ(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old), 0);
	EXPECT_EQ(old, PTHREAD_CANCEL_ENABLE);
	EXPECT_EQ(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old), 0);
	EXPECT_EQ(old, PTHREAD_CANCEL_DISABLE);
	EXPECT_EQ(pthread_setcancelstate(7, NULL), EINVAL);
	EXPECT_EQ(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old), 0);
	EXPECT_EQ(old, PTHREAD_CANCEL_DEFERRED);
	EXPECT_EQ(pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL), 0);
	pthread_testcancel();
}

/* --- cleanup --- */

struct trail {
	char text[16];
};

static void note_a(void *arg)
{
	strcat(((struct trail *)arg)->text, "a");
}

static void note_b(void *arg)
{
	strcat(((struct trail *)arg)->text, "b");
}

static void exit_deep(void *arg)
{
	pthread_cleanup_push(note_b, arg);
	pthread_exit(NULL);
	pthread_cleanup_pop(0);
}

static void *push_and_exit(void *arg)
{
	pthread_cleanup_push(note_a, arg);
	pthread_cleanup_push(note_b, arg);
	pthread_cleanup_pop(1);
	pthread_cleanup_push(note_b, arg);
	pthread_cleanup_pop(0);
	strcat(((struct trail *)arg)->text, ".");
	exit_deep(arg);
	pthread_cleanup_pop(0);
	return NULL;
}

KTEST(pthread, exit_runs_what_was_pushed_last_first)
{
	struct trail trail = { "" };
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, push_and_exit, &trail), 0);
	EXPECT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_STR(trail.text, "b.ba");
}

/* --- keys --- */

static pthread_key_t first, second;
static volatile int ndestroyed;

static void destroy(void *value)
{
	ndestroyed++;
	free(value);
}

/* Sets its own key again for the first rounds, so it is called again. */
static void destroy_again(void *value)
{
	ndestroyed++;
	if (ndestroyed < 3)
		pthread_setspecific(first, value);
}

static void *set_key(void *arg)
{
	if (pthread_getspecific(first))
		return "not NULL at first";
	if (pthread_setspecific(first, arg))
		return "not set";
	sched_yield();
	return pthread_getspecific(first) == arg ? NULL : "not what was set";
}

KTEST(pthread, keys_hold_a_value_in_each_thread)
{
	pthread_t thread[3];
	void *result;
	int i;

	ASSERT_EQ(pthread_key_create(&first, destroy), 0);
	EXPECT_EQ(pthread_setspecific(first, "main"), 0);
	ndestroyed = 0;
	for (i = 0; i < 3; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, set_key, malloc(8)),
			  0);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(pthread_join(thread[i], &result), 0);
		EXPECT_STR(result ? result : "right", "right");
	}
	EXPECT_EQ(ndestroyed, 3);
	EXPECT_STR(pthread_getspecific(first), "main");
	EXPECT_EQ(pthread_key_delete(first), 0);
	EXPECT_EQ(pthread_key_delete(first), EINVAL);
	EXPECT_EQ(pthread_setspecific(first, "main"), EINVAL);
	EXPECT(!pthread_getspecific(first));
	/* The next one has the same number, and no value. */
	ASSERT_EQ(pthread_key_create(&second, NULL), 0);
	EXPECT(!pthread_getspecific(second));
	EXPECT_EQ(pthread_key_delete(second), 0);
}

KTEST(pthread, destructors_run_again_but_not_for_ever)
{
	pthread_t thread;

	ASSERT_EQ(pthread_key_create(&first, destroy_again), 0);
	ndestroyed = 0;
	ASSERT_EQ(pthread_create(&thread, NULL, set_key, &thread), 0);
	EXPECT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(ndestroyed, 3);
	ndestroyed = -100;
	ASSERT_EQ(pthread_create(&thread, NULL, set_key, &thread), 0);
	EXPECT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(ndestroyed, -100 + PTHREAD_DESTRUCTOR_ITERATIONS);
	EXPECT_EQ(pthread_key_delete(first), 0);
}

KTEST(pthread, as_many_keys_as_promised)
{
	static pthread_key_t keys[PTHREAD_KEYS_MAX + 1];
	int n = 0, i, error = 0;

	while (n <= PTHREAD_KEYS_MAX &&
	       !(error = pthread_key_create(&keys[n], NULL)))
		n++;
	EXPECT_EQ(error, EAGAIN);
	EXPECT(n >= 128);
	for (i = 0; i < n; i++)
		EXPECT_EQ(pthread_setspecific(keys[i], &keys[i]), 0);
	for (i = 0; i < n; i++)
		EXPECT(pthread_getspecific(keys[i]) == &keys[i]);
	for (i = 0; i < n; i++)
		EXPECT_EQ(pthread_key_delete(keys[i]), 0);
}

/* A task of the kernel is a thread when it asks. */
static void use_key(void *arg)
{
	void **result = arg;

	*result = "no";
	if (pthread_getspecific(first) ||
	    pthread_setspecific(first, malloc(8)) ||
	    !pthread_equal(pthread_self(), pthread_self()))
		return;
	*result = pthread_getspecific(first) ? "yes" : "no";
}

KTEST(pthread, tasks_of_the_kernel_are_threads_too)
{
	void *result = NULL;
	struct task *task;

	ASSERT_EQ(pthread_key_create(&first, destroy), 0);
	ndestroyed = 0;
	task = task_create("test", use_key, &result, 0);
	ASSERT(task);
	task_join(task);
	EXPECT_STR(result, "yes");
	EXPECT_EQ(ndestroyed, 1);
	EXPECT_EQ(pthread_key_delete(first), 0);
}

/* --- once --- */

static volatile int ninit;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_slowly(void)
{
	int i;

	for (i = 0; i < 10; i++)
		sched_yield();
	ninit++;
}

static void *do_once(void *arg)
{
	pthread_once(&once, init_slowly);
	return (void *)(uintptr_t)ninit;
}

KTEST(pthread, once_is_done_once_and_waited_for)
{
	pthread_t thread[4];
	void *result;
	int i;

	ninit = 0;
	once = (pthread_once_t)PTHREAD_ONCE_INIT;
	for (i = 0; i < 4; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, do_once, NULL), 0);
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(pthread_join(thread[i], &result), 0);
		EXPECT_EQ((uintptr_t)result, 1);
	}
	EXPECT_EQ(ninit, 1);
}

static void leave_early(void)
{
	if (ninit++ == 0)
		pthread_exit(NULL);
}

static void *try_once(void *arg)
{
	pthread_once(&once, leave_early);
	return NULL;
}

KTEST(pthread, once_that_was_left_is_done_again)
{
	pthread_t thread;

	ninit = 0;
	once = (pthread_once_t)PTHREAD_ONCE_INIT;
	ASSERT_EQ(pthread_create(&thread, NULL, try_once, NULL), 0);
	EXPECT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(pthread_once(&once, leave_early), 0);
	EXPECT_EQ(pthread_once(&once, leave_early), 0);
	EXPECT_EQ(ninit, 2);
}

/* --- C11 --- */

static mtx_t mtx;
static cnd_t cnd;
static tss_t tss;
static volatile int turns;

static int take_turn(void *arg)
{
	const int mine = (int)(intptr_t)arg;

	tss_set(tss, arg);
	mtx_lock(&mtx);
	while (turns != mine)
		cnd_wait(&cnd, &mtx);
	turns++;
	cnd_broadcast(&cnd);
	mtx_unlock(&mtx);
	if (tss_get(tss) != arg)
		return -1;
	if (mine % 2)
		thrd_exit(mine * 10);
	return mine * 10;
}

KTEST(pthread, threads_of_c11)
{
	const struct timespec ms = { 0, 1000000 }, past = { 1, 0 };
	once_flag flag = ONCE_FLAG_INIT;
	thrd_t thread[4];
	int i, result;

	turns = 0;
	ASSERT_EQ(mtx_init(&mtx, mtx_plain | mtx_timed), thrd_success);
	ASSERT_EQ(cnd_init(&cnd), thrd_success);
	ASSERT_EQ(tss_create(&tss, NULL), thrd_success);
	for (i = 3; i >= 0; i--)
		ASSERT_EQ(
			thrd_create(&thread[i], take_turn, (void *)(intptr_t)i),
			thrd_success);
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(thrd_join(thread[i], &result), thrd_success);
		EXPECT_EQ(result, i * 10);
	}
	EXPECT_EQ(mtx_lock(&mtx), thrd_success);
	EXPECT_EQ(mtx_trylock(&mtx), thrd_busy);
	EXPECT_EQ(mtx_timedlock(&mtx, &past), thrd_timedout);
	EXPECT_EQ(cnd_timedwait(&cnd, &mtx, &past), thrd_timedout);
	EXPECT_EQ(mtx_unlock(&mtx), thrd_success);
	EXPECT_EQ(thrd_sleep(&ms, NULL), 0);
	ninit = 0;
	call_once(&flag, init_slowly);
	call_once(&flag, init_slowly);
	EXPECT_EQ(ninit, 1);
	cnd_destroy(&cnd);
	mtx_destroy(&mtx);
	tss_delete(tss);
	EXPECT(thrd_equal(thrd_current(), thrd_current()));
}
