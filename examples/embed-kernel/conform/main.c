// SPDX-License-Identifier: MIT
/*
 * main.c - the program that tells whether this host keeps its contract
 *
 * Runs tests/host over the host of the folder above.  What the linker cannot
 * wrap is here: where results are printed, and threads, which are tasks.
 */
#include <kgc/host.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "kernel.h"

void ktest_vprintf(const char *fmt, va_list ap) { kgc_host_vprintf(fmt, ap); }

struct hostctl_thread {
	void (*fn)(void *arg);
	void *arg;
	bool used, done;
};
static struct hostctl_thread threads[8];

static void thread_main(void *arg)
{
	struct hostctl_thread *t = arg;

	t->fn(t->arg);
	t->done = true;
}

struct hostctl_thread *hostctl_spawn(void (*fn)(void *arg), void *arg)
{
	struct hostctl_thread *t = threads;

	while (t->used)
		t++;
	*t = (struct hostctl_thread){ .fn = fn, .arg = arg, .used = true };
	if (!task_start(thread_main, t))
		kgc_host_panic("too many tasks");
	return t;
}

void hostctl_join(struct hostctl_thread *t)
{
	while (!t->done)
		task_yield();
	t->used = false;
}

void hostctl_yield(void) { task_yield(); }

size_t hostctl_too_much(void)
{
	return (size_t)1 << 30; /* this kernel uses less, whatever there is */
}

int program(void) { return ktest_run("host:", 1); }
