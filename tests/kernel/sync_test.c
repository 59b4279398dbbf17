// SPDX-License-Identifier: MIT
/* sync_test.c - mutexes, wait queues, ranks of spin locks */
#include <string.h>

#include <kernel/sync.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

enum { TASKS = 4, ROUNDS = 50 };

struct shared {
	struct mutex mutex;
	volatile int inside;
	volatile int most_inside;
	volatile int rounds;
};

static void take_turns(void *arg)
{
	struct shared *s = arg;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		mutex_lock(&s->mutex);
		if (++s->inside > s->most_inside)
			s->most_inside = s->inside;
		task_yield();
		s->rounds++;
		s->inside--;
		mutex_unlock(&s->mutex);
	}
}

KTEST(kernel_sync, mutex_lets_one_in)
{
	struct shared s = { .mutex = MUTEX_INIT };
	struct task *task[TASKS];
	int i;

	for (i = 0; i < TASKS; i++) {
		task[i] = task_create("test", take_turns, &s, 0);
		ASSERT(task[i]);
	}
	for (i = 0; i < TASKS; i++)
		task_join(task[i]);
	EXPECT_EQ(s.most_inside, 1);
	EXPECT_EQ(s.rounds, TASKS * ROUNDS);
	EXPECT(!s.mutex.owner);
}

static void try_it(void *arg)
{
	struct shared *s = arg;

	s->rounds = mutex_try_lock(&s->mutex);
}

KTEST(kernel_sync, try_lock_does_not_wait)
{
	struct shared s = { .mutex = MUTEX_INIT };
	struct task *task;

	EXPECT(mutex_try_lock(&s.mutex));
	s.rounds = 7;
	task = task_create("test", try_it, &s, 0);
	ASSERT(task);
	task_join(task);
	EXPECT_EQ(s.rounds, 0);
	mutex_unlock(&s.mutex);
}

struct queue {
	struct spinlock lock;
	struct waitqueue waiters;
	volatile int waiting;
	volatile int woken;
};
#define QUEUE_INIT                                \
	{                                         \
		.lock = SPINLOCK_INIT(RANK_MUTEX) \
	}

struct waiter {
	struct queue *queue;
	int place; /* in the order of waking */
};

static void wait_once(void *arg)
{
	struct waiter *w = arg;

	spin_lock(&w->queue->lock);
	w->queue->waiting++;
	waitqueue_wait(&w->queue->waiters, &w->queue->lock);
	w->place = ++w->queue->woken;
	spin_unlock(&w->queue->lock);
}

KTEST(kernel_sync, queue_wakes_the_longest_waiting)
{
	struct queue q = QUEUE_INIT;
	struct waiter w[TASKS];
	struct task *task[TASKS];
	int i;

	for (i = 0; i < TASKS; i++) {
		w[i] = (struct waiter){ .queue = &q };
		task[i] = task_create("test", wait_once, &w[i], 0);
		ASSERT(task[i]);
		while (q.waiting <= i)
			task_yield();
	}
	waitqueue_wake_one(&q.waiters);
	task_join(task[0]);
	EXPECT_EQ(q.woken, 1);
	waitqueue_wake_all(&q.waiters);
	for (i = 1; i < TASKS; i++)
		task_join(task[i]);
	for (i = 0; i < TASKS; i++)
		EXPECT_EQ(w[i].place, i + 1);
	/* Nobody waits: no harm. */
	waitqueue_wake_one(&q.waiters);
	waitqueue_wake_all(&q.waiters);
}

/* --- waits with a deadline --- */

KTEST(kernel_sync, wait_ends_at_its_deadline)
{
	struct queue q = QUEUE_INIT;
	const uint64_t end = time_now_ns() + 3 * time_tick_ns();

	spin_lock(&q.lock);
	EXPECT(!waitqueue_wait_until(&q.waiters, &q.lock, end));
	spin_unlock(&q.lock);
	EXPECT(time_now_ns() >= end);
	EXPECT(!q.waiters.first && !q.waiters.last);
	/* One that is over already ends at the next tick. */
	spin_lock(&q.lock);
	EXPECT(!waitqueue_wait_until(&q.waiters, &q.lock, 1));
	spin_unlock(&q.lock);
}

struct late {
	struct queue *queue;
	uint64_t ns; /* 0: no deadline */
	volatile bool waits, done, woken;
};

static void wait_late(void *arg)
{
	struct late *l = arg;

	spin_lock(&l->queue->lock);
	l->waits = true;
	if (l->ns)
		l->woken = waitqueue_wait_until(&l->queue->waiters,
						&l->queue->lock,
						time_now_ns() + l->ns);
	else
		waitqueue_wait(&l->queue->waiters, &l->queue->lock);
	l->done = true;
	spin_unlock(&l->queue->lock);
}

static struct task *start_late(struct late *l)
{
	struct task *task = task_create("test", wait_late, l, 0);

	while (task && !l->waits)
		task_yield();
	return task;
}

KTEST(kernel_sync, woken_before_its_deadline)
{
	struct queue q = QUEUE_INIT;
	struct late l = { &q, 3600 * 1000000000ull, false, false, false };
	struct task *task = start_late(&l);

	ASSERT(task);
	waitqueue_wake_one(&q.waiters);
	task_join(task);
	EXPECT(l.woken);
	/* It is not among the sleepers any more: others wake in time. */
	task_sleep_ns(2 * time_tick_ns());
}

/* Who leaves the middle of a queue by its deadline leaves the rest in order. */
KTEST(kernel_sync, deadline_leaves_the_middle_of_a_queue)
{
	struct queue q = QUEUE_INIT;
	struct late l[TASKS] = { { .queue = &q },
				 { .queue = &q, .ns = time_tick_ns() },
				 { .queue = &q },
				 { .queue = &q, .ns = 2 * time_tick_ns() } };
	struct task *task[TASKS];
	int i;

	for (i = 0; i < TASKS; i++) {
		task[i] = start_late(&l[i]);
		ASSERT(task[i]);
	}
	task_join(task[1]);
	task_join(task[3]);
	EXPECT(!l[1].woken);
	EXPECT(!l[3].woken);
	EXPECT(!l[0].done && !l[2].done);
	waitqueue_wake_one(&q.waiters);
	task_join(task[0]);
	EXPECT(!l[2].done);
	waitqueue_wake_one(&q.waiters);
	task_join(task[2]);
	EXPECT(!q.waiters.first && !q.waiters.last);
}

static void hold_until_told(void *arg)
{
	struct shared *s = arg;

	mutex_lock(&s->mutex);
	s->inside = 1;
	while (!s->rounds)
		task_yield();
	mutex_unlock(&s->mutex);
}

KTEST(kernel_sync, mutex_lock_until_gives_up)
{
	struct shared s = { .mutex = MUTEX_INIT };
	struct task *task = task_create("test", hold_until_told, &s, 0);

	ASSERT(task);
	while (!s.inside)
		task_yield();
	EXPECT(!mutex_lock_until(&s.mutex, time_now_ns() + time_tick_ns()));
	EXPECT(s.mutex.owner == task);
	s.rounds = 1;
	EXPECT(mutex_lock_until(&s.mutex, ~0ull));
	mutex_unlock(&s.mutex);
	task_join(task);
}

static void lock_twice(void *arg)
{
	mutex_lock(arg);
	mutex_lock(arg);
}

KTEST(kernel_sync, mutex_taken_twice_panics)
{
	struct mutex mutex = MUTEX_INIT;
	char text[80];

	EXPECT(hostctl_catch_panic(lock_twice, &mutex, text, sizeof(text)));
	EXPECT(!strncmp(text, "mutex: task ", 12));
}

static void unlock(void *arg)
{
	mutex_unlock(arg);
}

KTEST(kernel_sync, mutex_of_another_panics)
{
	struct mutex mutex = MUTEX_INIT;
	char text[80];

	EXPECT(hostctl_catch_panic(unlock, &mutex, text, sizeof(text)));
	EXPECT_STR(text, "mutex: released by a task that does not hold it");
}

static void lock_downwards(void *arg)
{
	static struct spinlock high = SPINLOCK_INIT(RANK_WORLD);
	static struct spinlock low = SPINLOCK_INIT(RANK_MUTEX);

	spin_lock(&high);
	spin_lock(&low);
}

KTEST(kernel_sync, rank_out_of_order_panics)
{
	char text[80];

	EXPECT(hostctl_catch_panic(lock_downwards, NULL, text, sizeof(text)));
	EXPECT_STR(text, "lock: rank 0 taken while ranks 0x2 are held");
}
