// SPDX-License-Identifier: MIT
/* pthread_lock_test.c - mutexes, conditions, read locks, barriers, semaphores
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <string.h>

#include <kernel/time.h>
#include <tests/ktest.h>

enum { NS_PER_S = 1000000000 };

/* @ticks from now, or before now, by @wall or by the clock. */
static struct timespec in_ticks(int ticks, bool wall)
{
	uint64_t ns = wall ? time_wall_ns() : time_now_ns();

	ns += (uint64_t)((int64_t)ticks * (int64_t)time_tick_ns());
	return (struct timespec){ .tv_sec = (time_t)(ns / NS_PER_S),
				  .tv_nsec = (long)(ns % NS_PER_S) };
}

static const struct timespec no_time = { 0, NS_PER_S };

static void *call(void *(*fn)(void *), void *arg)
{
	pthread_t thread;
	void *result = (void *)-1;

	if (EXPECT(!pthread_create(&thread, NULL, fn, arg)))
		pthread_join(thread, &result);
	return result;
}

#define ELSEWHERE(fn, arg) ((int)(uintptr_t)call(fn, arg))

/* --- mutexes --- */

static void *try_mutex(void *arg)
{
	int error = pthread_mutex_trylock(arg);

	if (!error)
		pthread_mutex_unlock(arg);
	return (void *)(uintptr_t)error;
}

static void *unlock_mutex(void *arg)
{
	return (void *)(uintptr_t)pthread_mutex_unlock(arg);
}

static void *timed_mutex(void *arg)
{
	const struct timespec end = in_ticks(2, true);

	return (void *)(uintptr_t)pthread_mutex_timedlock(arg, &end);
}

KTEST(pthread_mutex, normal)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	struct timespec end;

	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_trylock(&mutex), EBUSY);
	EXPECT_EQ(ELSEWHERE(try_mutex, &mutex), EBUSY);
	EXPECT_EQ(ELSEWHERE(timed_mutex, &mutex), ETIMEDOUT);
	end = in_ticks(2, true);
	EXPECT_EQ(pthread_mutex_timedlock(&mutex, &end), ETIMEDOUT);
	EXPECT(time_wall_ns() >=
	       (uint64_t)end.tv_sec * NS_PER_S + (uint64_t)end.tv_nsec);
	EXPECT_EQ(pthread_mutex_timedlock(&mutex, &no_time), EINVAL);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), EBUSY);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(ELSEWHERE(try_mutex, &mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), EPERM);
	/* It is free, so the time does not matter. */
	EXPECT_EQ(pthread_mutex_timedlock(&mutex, &no_time), 0);
	EXPECT_EQ(ELSEWHERE(unlock_mutex, &mutex), 0);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), EINVAL);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), EINVAL);
	EXPECT_EQ(pthread_mutex_destroy(&mutex), EINVAL);
}

KTEST(pthread_mutex, recursive)
{
	pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
	int i;

	for (i = 0; i < 5; i++)
		EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_trylock(&mutex), 0);
	for (i = 0; i < 6; i++) {
		EXPECT_EQ(ELSEWHERE(try_mutex, &mutex), EBUSY);
		EXPECT_EQ(ELSEWHERE(unlock_mutex, &mutex), EPERM);
		EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	}
	EXPECT_EQ(ELSEWHERE(try_mutex, &mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), EPERM);
}

KTEST(pthread_mutex, errorcheck)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t mutex;
	int type;

	EXPECT_EQ(pthread_mutexattr_init(&attr), 0);
	EXPECT_EQ(pthread_mutexattr_settype(&attr, 9), EINVAL);
	EXPECT_EQ(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK),
		  0);
	EXPECT_EQ(pthread_mutexattr_gettype(&attr, &type), 0);
	EXPECT_EQ(type, PTHREAD_MUTEX_ERRORCHECK);
	EXPECT_EQ(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED),
		  0);
	EXPECT_EQ(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT),
		  ENOTSUP);
	EXPECT_EQ(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST),
		  ENOTSUP);
	EXPECT_EQ(pthread_mutex_init(&mutex, &attr), 0);
	EXPECT_EQ(pthread_mutexattr_destroy(&attr), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_lock(&mutex), EDEADLK);
	EXPECT_EQ(pthread_mutex_trylock(&mutex), EBUSY);
	EXPECT_EQ(ELSEWHERE(unlock_mutex, &mutex), EPERM);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), EPERM);
}

struct counter {
	pthread_mutex_t mutex;
	volatile int n, inside, most;
};

static void *count(void *arg)
{
	struct counter *c = arg;
	int i;

	for (i = 0; i < 100; i++) {
		pthread_mutex_lock(&c->mutex);
		if (++c->inside > c->most)
			c->most = c->inside;
		if (i % 3 == 0)
			sched_yield();
		c->n++;
		c->inside--;
		pthread_mutex_unlock(&c->mutex);
		if (i % 7 == 0)
			sched_yield();
	}
	return NULL;
}

KTEST(pthread_mutex, lets_one_in)
{
	struct counter c = { .mutex = PTHREAD_MUTEX_INITIALIZER };
	pthread_t thread[6];
	int i;

	for (i = 0; i < 6; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, count, &c), 0);
	for (i = 0; i < 6; i++)
		EXPECT_EQ(pthread_join(thread[i], NULL), 0);
	EXPECT_EQ(c.n, 600);
	EXPECT_EQ(c.most, 1);
}

/* --- condition variables --- */

struct gate {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	volatile int waiting, open, passed;
};

static void *pass(void *arg)
{
	struct gate *g = arg;

	pthread_mutex_lock(&g->mutex);
	g->waiting++;
	while (!g->open)
		pthread_cond_wait(&g->cond, &g->mutex);
	g->open--;
	g->passed++;
	pthread_mutex_unlock(&g->mutex);
	return NULL;
}

KTEST(pthread_cond, signal_wakes_one_broadcast_all)
{
	struct gate g = { .mutex = PTHREAD_MUTEX_INITIALIZER,
			  .cond = PTHREAD_COND_INITIALIZER };
	pthread_t thread[5];
	int i;

	for (i = 0; i < 5; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, pass, &g), 0);
	while (g.waiting < 5)
		sched_yield();
	EXPECT_EQ(pthread_cond_destroy(&g.cond), EBUSY);
	pthread_mutex_lock(&g.mutex);
	g.open = 1;
	EXPECT_EQ(pthread_cond_signal(&g.cond), 0);
	EXPECT_EQ(g.passed, 0);
	pthread_mutex_unlock(&g.mutex);
	while (g.passed < 1)
		sched_yield();
	pthread_mutex_lock(&g.mutex);
	EXPECT_EQ(g.passed, 1);
	g.open = 4;
	EXPECT_EQ(pthread_cond_broadcast(&g.cond), 0);
	pthread_mutex_unlock(&g.mutex);
	for (i = 0; i < 5; i++)
		EXPECT_EQ(pthread_join(thread[i], NULL), 0);
	EXPECT_EQ(g.passed, 5);
	EXPECT_EQ(pthread_cond_signal(&g.cond), 0);
	EXPECT_EQ(pthread_cond_destroy(&g.cond), 0);
	EXPECT_EQ(pthread_cond_signal(&g.cond), EINVAL);
}

static void check_timeout(pthread_cond_t *cond, bool wall)
{
	pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
	struct timespec end = in_ticks(3, wall);
	const uint64_t start = time_now_ns();

	EXPECT_EQ(pthread_cond_timedwait(cond, &mutex, &end), EPERM);
	pthread_mutex_lock(&mutex);
	pthread_mutex_lock(&mutex);
	EXPECT_EQ(pthread_cond_timedwait(cond, &mutex, &end), ETIMEDOUT);
	EXPECT(time_now_ns() - start >= 2 * time_tick_ns());
	EXPECT(time_now_ns() - start < 5ull * NS_PER_S);
	end = in_ticks(-3, wall);
	EXPECT_EQ(pthread_cond_timedwait(cond, &mutex, &end), ETIMEDOUT);
	EXPECT_EQ(pthread_cond_timedwait(cond, &mutex, &no_time), EINVAL);
	/* As deep as it was. */
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(ELSEWHERE(try_mutex, &mutex), EBUSY);
	EXPECT_EQ(pthread_mutex_unlock(&mutex), 0);
	EXPECT_EQ(ELSEWHERE(try_mutex, &mutex), 0);
}

KTEST(pthread_cond, timedwait_by_either_clock)
{
	pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	pthread_condattr_t attr;
	clockid_t clock;

	check_timeout(&cond, true);
	EXPECT_EQ(pthread_condattr_init(&attr), 0);
	EXPECT_EQ(pthread_condattr_setclock(&attr, (clockid_t)77), EINVAL);
	EXPECT_EQ(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), 0);
	EXPECT_EQ(pthread_condattr_getclock(&attr, &clock), 0);
	EXPECT_EQ(clock, CLOCK_MONOTONIC);
	EXPECT_EQ(pthread_cond_init(&cond, &attr), 0);
	check_timeout(&cond, false);
	EXPECT_EQ(pthread_cond_destroy(&cond), 0);
}

static void *pass_in_time(void *arg)
{
	struct gate *g = arg;
	const struct timespec end = { .tv_sec = INT_MAX };
	int error = 0;

	pthread_mutex_lock(&g->mutex);
	g->waiting++;
	while (!g->open && !error)
		error = pthread_cond_timedwait(&g->cond, &g->mutex, &end);
	pthread_mutex_unlock(&g->mutex);
	return (void *)(uintptr_t)error;
}

KTEST(pthread_cond, signal_before_the_deadline)
{
	struct gate g = { .mutex = PTHREAD_MUTEX_INITIALIZER,
			  .cond = PTHREAD_COND_INITIALIZER };
	pthread_t thread;
	void *result;

	ASSERT_EQ(pthread_create(&thread, NULL, pass_in_time, &g), 0);
	while (!g.waiting)
		sched_yield();
	pthread_mutex_lock(&g.mutex);
	g.open = 1;
	pthread_cond_signal(&g.cond);
	pthread_mutex_unlock(&g.mutex);
	EXPECT_EQ(pthread_join(thread, &result), 0);
	EXPECT_EQ((uintptr_t)result, 0);
}

/* --- locks for readers and writers --- */

static void *try_read(void *arg)
{
	int error = pthread_rwlock_tryrdlock(arg);

	if (!error)
		pthread_rwlock_unlock(arg);
	return (void *)(uintptr_t)error;
}

static void *try_write(void *arg)
{
	int error = pthread_rwlock_trywrlock(arg);

	if (!error)
		pthread_rwlock_unlock(arg);
	return (void *)(uintptr_t)error;
}

static void *timed_read(void *arg)
{
	const struct timespec end = in_ticks(2, true);

	return (void *)(uintptr_t)pthread_rwlock_timedrdlock(arg, &end);
}

static void *timed_write(void *arg)
{
	const struct timespec end = in_ticks(2, true);

	return (void *)(uintptr_t)pthread_rwlock_timedwrlock(arg, &end);
}

static void *unlock_write(void *arg)
{
	return (void *)(uintptr_t)pthread_rwlock_unlock(arg);
}

KTEST(pthread_rwlock, readers_together_writers_alone)
{
	pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

	EXPECT_EQ(pthread_rwlock_unlock(&lock), EPERM);
	EXPECT_EQ(pthread_rwlock_rdlock(&lock), 0);
	EXPECT_EQ(pthread_rwlock_rdlock(&lock), 0);
	EXPECT_EQ(ELSEWHERE(try_read, &lock), 0);
	EXPECT_EQ(ELSEWHERE(try_write, &lock), EBUSY);
	EXPECT_EQ(ELSEWHERE(timed_write, &lock), ETIMEDOUT);
	EXPECT_EQ(pthread_rwlock_destroy(&lock), EBUSY);
	EXPECT_EQ(pthread_rwlock_unlock(&lock), 0);
	EXPECT_EQ(ELSEWHERE(try_write, &lock), EBUSY);
	EXPECT_EQ(pthread_rwlock_unlock(&lock), 0);

	EXPECT_EQ(pthread_rwlock_wrlock(&lock), 0);
	EXPECT_EQ(pthread_rwlock_wrlock(&lock), EDEADLK);
	EXPECT_EQ(pthread_rwlock_rdlock(&lock), EDEADLK);
	EXPECT_EQ(ELSEWHERE(try_read, &lock), EBUSY);
	EXPECT_EQ(ELSEWHERE(try_write, &lock), EBUSY);
	EXPECT_EQ(ELSEWHERE(timed_read, &lock), ETIMEDOUT);
	EXPECT_EQ(ELSEWHERE(unlock_write, &lock), EPERM);
	EXPECT_EQ(pthread_rwlock_timedwrlock(&lock, &no_time), EINVAL);
	EXPECT_EQ(pthread_rwlock_unlock(&lock), 0);
	EXPECT_EQ(ELSEWHERE(try_write, &lock), 0);
	EXPECT_EQ(pthread_rwlock_destroy(&lock), 0);
	EXPECT_EQ(pthread_rwlock_rdlock(&lock), EINVAL);
	EXPECT_EQ(pthread_rwlock_init(&lock, NULL), 0);
}

struct book {
	pthread_rwlock_t lock;
	volatile int left, right, torn;
};

static void *read_book(void *arg)
{
	struct book *b = arg;
	int i, left;

	for (i = 0; i < 100; i++) {
		pthread_rwlock_rdlock(&b->lock);
		left = b->left;
		sched_yield();
		if (b->right != left)
			b->torn++;
		pthread_rwlock_unlock(&b->lock);
		sched_yield();
	}
	return NULL;
}

static void *write_book(void *arg)
{
	struct book *b = arg;
	int i;

	for (i = 0; i < 100; i++) {
		pthread_rwlock_wrlock(&b->lock);
		b->left++;
		sched_yield();
		b->right++;
		pthread_rwlock_unlock(&b->lock);
	}
	return NULL;
}

KTEST(pthread_rwlock, readers_see_whole_writes)
{
	struct book b = { .lock = PTHREAD_RWLOCK_INITIALIZER };
	pthread_t thread[6];
	int i;

	for (i = 0; i < 6; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL,
					 i < 4 ? read_book : write_book, &b),
			  0);
	for (i = 0; i < 6; i++)
		EXPECT_EQ(pthread_join(thread[i], NULL), 0);
	EXPECT_EQ(b.torn, 0);
	EXPECT_EQ(b.left, 200);
}

/* --- barriers, spin locks --- */

struct meeting {
	pthread_barrier_t barrier;
	volatile int arrived[5], serial, early;
};

static void *meet(void *arg)
{
	struct meeting *m = arg;
	int round, result;

	for (round = 0; round < 5; round++) {
		__atomic_fetch_add(&m->arrived[round], 1, __ATOMIC_RELAXED);
		result = pthread_barrier_wait(&m->barrier);
		if (m->arrived[round] != 4)
			m->early++;
		if (result == PTHREAD_BARRIER_SERIAL_THREAD)
			m->serial++;
	}
	return NULL;
}

KTEST(pthread_barrier, all_arrive_before_any_leaves)
{
	struct meeting m = { .early = 0 };
	pthread_t thread[4];
	int i;

	EXPECT_EQ(pthread_barrier_init(&m.barrier, NULL, 0), EINVAL);
	EXPECT_EQ(pthread_barrier_init(&m.barrier, NULL, 4), 0);
	for (i = 0; i < 4; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, meet, &m), 0);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(pthread_join(thread[i], NULL), 0);
	EXPECT_EQ(m.early, 0);
	EXPECT_EQ(m.serial, 5);
	EXPECT_EQ(pthread_barrier_destroy(&m.barrier), 0);
	EXPECT_EQ(pthread_barrier_wait(&m.barrier), EINVAL);
}

struct spun {
	pthread_spinlock_t lock;
	volatile int n;
};

static void *spin_and_count(void *arg)
{
	struct spun *s = arg;
	int i, n;

	for (i = 0; i < 50; i++) {
		pthread_spin_lock(&s->lock);
		n = s->n;
		sched_yield();
		s->n = n + 1;
		pthread_spin_unlock(&s->lock);
	}
	return NULL;
}

static void *try_spin(void *arg)
{
	return (void *)(uintptr_t)pthread_spin_trylock(arg);
}

KTEST(pthread_barrier, spin_lock_lets_one_in)
{
	struct spun s = { .n = 0 };
	pthread_t thread[3];
	int i;

	EXPECT_EQ(pthread_spin_init(&s.lock, PTHREAD_PROCESS_PRIVATE), 0);
	for (i = 0; i < 3; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, spin_and_count, &s),
			  0);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(pthread_join(thread[i], NULL), 0);
	EXPECT_EQ(s.n, 150);
	EXPECT_EQ(pthread_spin_lock(&s.lock), 0);
	EXPECT_EQ(pthread_spin_lock(&s.lock), EDEADLK);
	EXPECT_EQ(ELSEWHERE(try_spin, (void *)&s.lock), EBUSY);
	EXPECT_EQ(pthread_spin_destroy(&s.lock), EBUSY);
	EXPECT_EQ(pthread_spin_unlock(&s.lock), 0);
	EXPECT_EQ(pthread_spin_unlock(&s.lock), EPERM);
	EXPECT_EQ(pthread_spin_destroy(&s.lock), 0);
}

/* --- semaphores --- */

static void *wait_and_post(void *arg)
{
	sem_t *sem = arg;

	sem_wait(&sem[0]);
	sem_post(&sem[1]);
	return NULL;
}

KTEST(pthread_semaphore, counts)
{
	struct timespec end;
	sem_t sem;
	int value;

	EXPECT_EQ(sem_init(&sem, 0, (unsigned int)SEM_VALUE_MAX + 1), -1);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(sem_init(&sem, 0, 2), 0);
	EXPECT_EQ(sem_wait(&sem), 0);
	EXPECT_EQ(sem_trywait(&sem), 0);
	EXPECT_EQ(sem_trywait(&sem), -1);
	EXPECT_EQ(errno, EAGAIN);
	end = in_ticks(2, true);
	EXPECT_EQ(sem_timedwait(&sem, &end), -1);
	EXPECT_EQ(errno, ETIMEDOUT);
	EXPECT_EQ(sem_timedwait(&sem, &no_time), -1);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(sem_post(&sem), 0);
	EXPECT_EQ(sem_getvalue(&sem, &value), 0);
	EXPECT_EQ(value, 1);
	EXPECT_EQ(sem_timedwait(&sem, &no_time), 0);
	EXPECT_EQ(sem_destroy(&sem), 0);
	EXPECT_EQ(sem_post(&sem), -1);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(sem_init(&sem, 0, SEM_VALUE_MAX), 0);
	EXPECT_EQ(sem_post(&sem), -1);
	EXPECT_EQ(errno, EOVERFLOW);
}

KTEST(pthread_semaphore, post_wakes_who_waits)
{
	pthread_t thread[3];
	sem_t sem[2];
	int i;

	EXPECT_EQ(sem_init(&sem[0], 0, 0), 0);
	EXPECT_EQ(sem_init(&sem[1], 0, 0), 0);
	for (i = 0; i < 3; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, wait_and_post, sem),
			  0);
	while (!sem[0].__waiters.__first)
		sched_yield();
	EXPECT_EQ(sem_destroy(&sem[0]), -1);
	EXPECT_EQ(errno, EBUSY);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(sem_post(&sem[0]), 0);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(sem_wait(&sem[1]), 0);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(pthread_join(thread[i], NULL), 0);
}
