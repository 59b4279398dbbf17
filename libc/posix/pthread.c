// SPDX-License-Identifier: MIT
/*
 * pthread.c - life of a thread
 *
 * A thread is a task with a record, which the task's `user` points to.  The
 * record is a scanned object that the list of all threads keeps, so what is in
 * it (the argument until the thread takes it, its data by key, its result until
 * somebody joins it) is seen by the collector whether the thread runs, has not
 * started, or has ended.
 *
 * The creator's reference to the task belongs to whoever joins or detaches.  A
 * join waits for the end of the task itself, so that nothing of the thread is
 * left when it returns.
 *
 * The kernel's own tasks get a record at their first call of something that
 * needs one; such a thread is detached and does not keep the program running.
 *
 * Bad at: thousands of threads; a pthread_t is looked for in the list, so that
 * one that is gone is ESRCH and not a crash.
 */
#include <libc/thread.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kernel/panic.h>
#include <kernel/sched.h>
#include <kgc/kgc.h>
#include <lib/format.h>

struct __pthread *threads;

/* Under sched_lock. */
static unsigned int nalive; /* counted threads that have not ended */
static unsigned int ncreated;

static struct __pthread main_thread = {
	.joinable = true,
	.counted = true,
	.name = "main",
};

/* --- the list --- */

static void list_add_locked(struct __pthread *thread)
{
	thread->next = threads;
	thread->link = &threads;
	if (threads)
		threads->link = &thread->next;
	threads = thread;
	nalive += thread->counted;
}

static void list_remove_locked(struct __pthread *thread)
{
	*thread->link = thread->next;
	if (thread->next)
		thread->next->link = thread->link;
}

bool thread_exists_locked(pthread_t thread)
{
	struct __pthread *t;

	for (t = threads; t && t != thread; t = t->next)
		;
	return t != NULL;
}

static void record_free(struct __pthread *thread)
{
	if (thread != &main_thread)
		kgc_free(thread);
}

/* --- who runs --- */

static void adopt(struct __pthread *thread)
{
	struct task *task = task_current();
	unsigned long irq = sched_acquire();

	thread->task = task;
	task->user = thread;
	/* As if we had created it: the reference is for whoever joins. */
	task->refs += thread->joinable;
	list_add_locked(thread);
	sched_release(irq);
}

void thread_init(void)
{
	adopt(&main_thread);
}

struct __pthread *thread_current(void)
{
	struct __pthread *thread = task_current()->user;

	if (thread)
		return thread;
	thread = kgc_alloc(sizeof(*thread), 0);
	if (!thread)
		return NULL;
	strncpy(thread->name, task_current()->name, THREAD_NAME_MAX - 1);
	adopt(thread);
	return thread;
}

pthread_t pthread_self(void)
{
	struct __pthread *thread = thread_current();

	if (!thread)
		panic("pthread: no memory for the record of task %u (%s)",
		      task_current()->id, task_current()->name);
	return thread;
}

int pthread_equal(pthread_t a, pthread_t b)
{
	return a == b;
}

/* --- the beginning --- */

static void thread_begin(void *arg)
{
	struct __pthread *thread = arg;
	void *start_arg = thread->arg;

	/* From here on the thread alone decides how long it is kept. */
	thread->arg = NULL;
	thread->task->arg = NULL;
	pthread_exit(thread->start(start_arg));
}

static struct __pthread *record_create(const pthread_attr_t *attr)
{
	struct __pthread *self = thread_current(), *thread;
	unsigned long irq;
	unsigned int number;

	thread = self ? kgc_alloc(sizeof(*thread), 0) : NULL;
	if (!thread)
		return NULL;
	irq = sched_acquire();
	number = ++ncreated;
	sched_release(irq);
	format_buffer(thread->name, THREAD_NAME_MAX, "thread %u", number);
	thread->counted = true;
	thread->joinable =
		!attr || attr->__detach_state == PTHREAD_CREATE_JOINABLE;
	return thread;
}

int pthread_create(pthread_t *result, const pthread_attr_t *attr,
		   void *(*start)(void *arg), void *arg)
{
	struct __pthread *thread = record_create(attr);
	struct task *task;
	unsigned long irq;

	if (!thread)
		return EAGAIN;
	thread->start = start;
	thread->arg = arg;
	task = task_create_stopped(thread->name, thread_begin, thread,
				   attr ? attr->__stack_size : 0);
	if (!task) {
		kgc_free(thread);
		return EAGAIN;
	}
	thread->task = task;
	task->user = thread;
	irq = sched_acquire();
	list_add_locked(thread);
	sched_release(irq);
	*result = thread;
	if (!thread->joinable)
		task_detach(task);
	/* It may have ended, and its record be gone, when this returns. */
	task_start(task);
	return 0;
}

/* --- the end --- */

void pthread_exit(void *result)
{
	struct __pthread *thread = pthread_self();
	struct __pthread_cleanup *cleanup;

	thread->result = result;
	while ((cleanup = thread->cleanup)) {
		thread->cleanup = cleanup->__previous;
		cleanup->__routine(cleanup->__arg);
	}
	task_exit();
}

void thread_end(void)
{
	struct task *task = task_current();
	struct __pthread *thread = task->user;
	unsigned long irq;
	bool last, gone;

	if (!thread)
		return;
	thread_run_destructors(thread);
	irq = sched_acquire();
	last = thread->counted && --nalive == 0;
	sched_release(irq);
	if (last)
		exit(EXIT_SUCCESS);

	irq = sched_acquire();
	thread->ended = true;
	gone = !thread->joinable;
	if (gone)
		list_remove_locked(thread);
	/* The record may go before the task does. */
	task->user = NULL;
	task->name = "ended thread";
	sched_release(irq);
	if (gone)
		record_free(thread);
}

/* --- join and detach --- */

/* Would @thread, if it waited for @target, wait for itself? */
static bool is_circle_locked(const struct __pthread *thread,
			     const struct __pthread *target)
{
	while (target && target != thread)
		target = target->joins;
	return target != NULL;
}

/* Make the caller the only one that may join or detach @target. */
static int claim_locked(struct __pthread *self, struct __pthread *target,
			bool join)
{
	if (!thread_exists_locked(target))
		return ESRCH;
	if (join && is_circle_locked(self, target))
		return EDEADLK;
	if (!target->joinable || target->claimed)
		return EINVAL;
	if (join) {
		target->claimed = true;
		self->joins = target;
	} else {
		target->joinable = false;
		if (target->ended)
			list_remove_locked(target);
	}
	return 0;
}

int pthread_join(pthread_t thread, void **result)
{
	struct __pthread *self = pthread_self();
	unsigned long irq = sched_acquire();
	int error = claim_locked(self, thread, true);

	sched_release(irq);
	if (error)
		return error;
	task_join(thread->task);
	irq = sched_acquire();
	self->joins = NULL;
	list_remove_locked(thread);
	sched_release(irq);
	if (result)
		*result = thread->result;
	record_free(thread);
	return 0;
}

int pthread_detach(pthread_t thread)
{
	unsigned long irq = sched_acquire();
	int error = claim_locked(NULL, thread, false);
	struct task *task = error ? NULL : thread->task;
	bool gone = !error && thread->ended;

	sched_release(irq);
	if (error)
		return error;
	task_detach(task);
	if (gone)
		record_free(thread);
	return 0;
}
