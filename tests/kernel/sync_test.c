// SPDX-License-Identifier: MIT
/* sync_test.c - mutexes, wait queues, ranks of spin locks */
#include <string.h>

#include <kernel/sync.h>
#include <kernel/task.h>
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
