/* SPDX-License-Identifier: MIT */
/*
 * libc/thread.h - POSIX threads for the parts of libc/
 *
 * All of a thread's state and all of every mutex, condition variable and so on
 * is under sched_lock: what a thread looks at and what it then waits for is one
 * step.
 */
#ifndef LIBC_THREAD_H
#define LIBC_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <kernel/task.h>

#pragma GCC visibility push(hidden)

enum { THREAD_NAME_MAX = 16 };

/*
 * The record of a thread: a heap object, but for the main one's.  It is in the
 * list of all threads until the thread has ended and is joined or detached.
 * Under sched_lock, or the thread's own.
 */
struct __pthread {
	struct __pthread *next, **link;
	struct task *task;
	void *(*start)(void *arg);
	void *arg;    /* until it starts */
	void *result; /* once it has ended */
	/*
	 * joinable: its creator's reference to the task is the joiner's.
	 * counted: the program ends when none of these is left.
	 */
	bool joinable, counted, ended, claimed;
	struct __pthread *joins; /* whom it waits for */

	/* its own */
	struct __pthread_cleanup *cleanup;
	int cancel_state, cancel_type;

	char name[THREAD_NAME_MAX];
	void *specific[PTHREAD_KEYS_MAX];
};

/* Newest first. */
extern struct __pthread *threads;

/* Make the current task the main thread.  Before the program's first code. */
void thread_init(void);
/* The current task ends: run destructors, leave the list, perhaps exit(). */
void thread_end(void);

/*
 * The record of the current task.  One that pthread_create() did not make gets
 * one here; NULL, or a panic in pthread_self(), if there is no memory for it.
 */
struct __pthread *thread_current(void);
/* Is @thread in the list? */
bool thread_exists_locked(pthread_t thread);

/* Of pthread_key.c: what @thread has for each key is given to its destructor.
 */
void thread_run_destructors(struct __pthread *thread);

/* --- waiting --- */

#define NO_DEADLINE UINT64_MAX

/* @abstime of @clock by time_now_ns(); false if it is no time. */
bool thread_deadline(clockid_t clock, const struct timespec *abstime,
		     uint64_t *deadline);
/* Wait for the queue to be woken; ETIMEDOUT once @deadline is over. */
int thread_wait_locked(struct __pthread_queue *queue, uint64_t deadline);
/* Wake the longest waiting of @queue; false if nobody waits. */
bool thread_wake_locked(struct __pthread_queue *queue);
void thread_wake_all_locked(struct __pthread_queue *queue);

/* For condition variables: let @mutex go, and take it back as deep as it was.
 */
int mutex_release_all_locked(pthread_mutex_t *mutex, unsigned int *depth);
void mutex_take_back_locked(pthread_mutex_t *mutex, unsigned int depth);

#pragma GCC visibility pop

#endif /* LIBC_THREAD_H */
