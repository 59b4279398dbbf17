// SPDX-License-Identifier: MIT
/*
 * hostctl.c - what a test asks of a Linux process
 *
 * Panics are caught by a hook that jumps out; the jump is the thread's own.
 */
#include <setjmp.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kgc/hosted.h>
#include <tests/hostctl.h>

#include "internal.h"

static _Thread_local struct catch
{
	jmp_buf out;
	char *buf;
	size_t size;
}
*catching;

static void panic_caught(const char *message)
{
	struct catch *c = catching;

	if (!c)
		return;
	catching = NULL;
	snprintf(c->buf, c->size, "%s", message);
	longjmp(c->out, 1);
}

bool hostctl_catch_panic(void (*fn)(void *arg), void *arg, char *buf,
			 size_t size)
{
	struct catch c = { .buf = buf, .size = size };
	unsigned int depth = kgc_host_depth();

	host_hooks.panic = panic_caught;
	if (!setjmp(c.out)) {
		catching = &c;
		fn(arg);
		catching = NULL;
		return false;
	}
	/* Leave the sections that fn() was in, and do what that involves. */
	while (kgc_host_depth() > depth)
		kgc_host_unpin();
	return true;
}

void hostctl_fail_commit(unsigned long nth)
{
	__atomic_store_n(&host_hooks.ncommits, 0, __ATOMIC_RELAXED);
	host_hooks.fail_on = false;
	host_hooks.failed = NULL;
	__atomic_store_n(&host_hooks.fail_in, nth, __ATOMIC_RELAXED);
}

void hostctl_fail_commits_from(unsigned long nth)
{
	hostctl_fail_commit(nth);
	host_hooks.fail_on = true;
}

const void *hostctl_failed_at(void)
{
	return host_hooks.failed;
}

size_t hostctl_reserved(void)
{
	return __atomic_load_n(&host_hooks.reserved, __ATOMIC_RELAXED);
}

unsigned long hostctl_commits(void)
{
	return __atomic_load_n(&host_hooks.ncommits, __ATOMIC_RELAXED);
}

/* --- threads ------------------------------------------------------------- */

struct hostctl_thread {
	pthread_t pthread;
	void (*fn)(void *arg);
	void *arg;
	sem_t attached;
};

static void *thread_main(void *arg)
{
	struct hostctl_thread *thread = arg;
	void (*fn)(void *arg) = thread->fn;
	void *fn_arg = thread->arg;

	kgc_thread_attach();
	sem_post(&thread->attached);
	fn(fn_arg);
	return NULL;
}

/* Returns when the thread's stack is a root, so that @arg may be an object. */
struct hostctl_thread *hostctl_spawn(void (*fn)(void *arg), void *arg)
{
	struct hostctl_thread *thread = calloc(1, sizeof *thread);

	if (!thread)
		abort();
	thread->fn = fn;
	thread->arg = arg;
	sem_init(&thread->attached, 0, 0);
	if (pthread_create(&thread->pthread, NULL, thread_main, thread))
		abort();
	while (sem_wait(&thread->attached))
		;
	return thread;
}

void hostctl_join(struct hostctl_thread *thread)
{
	pthread_join(thread->pthread, NULL);
	sem_destroy(&thread->attached);
	free(thread);
}

void hostctl_yield(void)
{
	sched_yield();
}

/* --- a handler ----------------------------------------------------------- */

static void (*handler_fn)(void *arg);
static void *handler_arg;

static void handler(int sig)
{
	kgc_handler_enter();
	handler_fn(handler_arg);
	kgc_handler_leave();
}

void hostctl_interrupt(void (*fn)(void *arg), void *arg)
{
	handler_fn = fn;
	handler_arg = arg;
	signal(SIGUSR1, handler);
	raise(SIGUSR1);
}

/* --- output -------------------------------------------------------------- */

/* The last bytes printed, in a ring. */
static char output[4096];
static size_t noutput;
static pthread_mutex_t output_lock = PTHREAD_MUTEX_INITIALIZER;

static void output_keep(const char *s, size_t n)
{
	size_t i;

	pthread_mutex_lock(&output_lock);
	for (i = 0; i < n; i++)
		output[noutput++ % sizeof output] = s[i];
	pthread_mutex_unlock(&output_lock);
}

void hostctl_last_output(char *buf, size_t size)
{
	size_t n, i;

	pthread_mutex_lock(&output_lock);
	n = noutput < sizeof output ? noutput : sizeof output;
	if (n > size - 1)
		n = size - 1;
	for (i = 0; i < n; i++)
		buf[i] = output[(noutput - n + i) % sizeof output];
	buf[n] = 0;
	pthread_mutex_unlock(&output_lock);
}

static __attribute__((constructor)) void output_hook(void)
{
	host_hooks.output = output_keep;
}

bool hostctl_preempts(void)
{
	return true;
}

const char *hostctl_name(void)
{
	return "hosted";
}
