// SPDX-License-Identifier: MIT
/*
 * pthread_key.c - data of each thread, by keys; and what is done once
 *
 * The values are in the threads' records, which the collector scans.  A key
 * that is deleted is deleted in every thread, so that its next owner finds
 * NULL and nothing is kept.
 *
 * Locking: keys are under sched_lock; a thread's values are its own, but for
 * deletion.
 */
#include <libc/thread.h>

#include <errno.h>

#include <kernel/sched.h>

static struct {
	bool used;
	void (*destructor)(void *value);
} keys[PTHREAD_KEYS_MAX];

static bool is_used(pthread_key_t key)
{
	return key < PTHREAD_KEYS_MAX && keys[key].used;
}

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *value))
{
	unsigned long irq = sched_acquire();
	pthread_key_t k;

	for (k = 0; k < PTHREAD_KEYS_MAX && keys[k].used; k++)
		;
	if (k < PTHREAD_KEYS_MAX) {
		keys[k].used = true;
		keys[k].destructor = destructor;
		*key = k;
	}
	sched_release(irq);
	return k < PTHREAD_KEYS_MAX ? 0 : EAGAIN;
}

int pthread_key_delete(pthread_key_t key)
{
	unsigned long irq = sched_acquire();
	const bool used = is_used(key);
	struct __pthread *thread;

	if (used) {
		keys[key].used = false;
		for (thread = threads; thread; thread = thread->next)
			thread->specific[key] = NULL;
	}
	sched_release(irq);
	return used ? 0 : EINVAL;
}

void *pthread_getspecific(pthread_key_t key)
{
	const struct __pthread *thread = task_current()->user;

	return thread && key < PTHREAD_KEYS_MAX ? thread->specific[key] : NULL;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
	struct __pthread *thread;

	if (!is_used(key))
		return EINVAL;
	thread = thread_current();
	if (!thread)
		return ENOMEM;
	thread->specific[key] = (void *)value;
	return 0;
}

/* Call the destructors of what there is; false if there was nothing. */
static bool destroy_values(struct __pthread *thread)
{
	void (*destructor)(void *value);
	bool any = false;
	pthread_key_t key;
	void *value;

	for (key = 0; key < PTHREAD_KEYS_MAX; key++) {
		value = thread->specific[key];
		destructor = keys[key].destructor;
		if (!value || !is_used(key) || !destructor)
			continue;
		thread->specific[key] = NULL;
		destructor(value);
		any = true;
	}
	return any;
}

void thread_run_destructors(struct __pthread *thread)
{
	int round;

	for (round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS; round++)
		if (!destroy_values(thread))
			break;
}

/* --- once --- */

enum { NOT_YET, RUNNING, DONE };

static void once_set(pthread_once_t *once, int state)
{
	unsigned long irq = sched_acquire();

	/* Pairs with the acquire in pthread_once(). */
	__atomic_store_n(&once->__state, state, __ATOMIC_RELEASE);
	thread_wake_all_locked(&once->__waiters);
	sched_release(irq);
}

/* The routine called pthread_exit(): as if it had not been called. */
static void once_undo(void *once)
{
	once_set(once, NOT_YET);
}

/* Wait while another thread is at it; true if the caller is to do it. */
static bool once_claim(pthread_once_t *once)
{
	unsigned long irq = sched_acquire();
	bool mine;

	while (once->__state == RUNNING)
		thread_wait_locked(&once->__waiters, NO_DEADLINE);
	mine = once->__state == NOT_YET;
	if (mine)
		once->__state = RUNNING;
	sched_release(irq);
	return mine;
}

int pthread_once(pthread_once_t *once, void (*init)(void))
{
	if (__atomic_load_n(&once->__state, __ATOMIC_ACQUIRE) == DONE)
		return 0;
	if (!once_claim(once))
		return 0;
	pthread_cleanup_push(once_undo, once);
	init();
	pthread_cleanup_pop(0);
	once_set(once, DONE);
	return 0;
}
