// SPDX-License-Identifier: MIT
/*
 * main.c - the program that tells whether this host keeps its contract
 *
 * Runs tests/host over the host of the folder above.  What the linker cannot
 * wrap is here: where results are printed, and threads, which are tasks.
 *
 * A task switches in kgc_host_call_saved(), which notes its stack pointer, with
 * the compiler's own jumps: {frame, address, stack pointer}.
 */
#include <kgc/host.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "kernel.h"

void ktest_vprintf(const char *fmt, va_list ap) { kgc_host_vprintf(fmt, ap); }

struct hostctl_thread {
	struct task task; /* in the ring until fn has returned */
	void (*fn)(void *arg);
	void *arg;
	bool used, done;
	void *jump[5];
};
static struct hostctl_thread threads[8] = { { .used = true } };
static struct hostctl_thread *current = threads; /* the first task */
static char stacks[8][32768]
	__attribute__((section(".bss.noroot"), aligned(4096)));

static struct hostctl_thread *thread_of(struct task *t)
{
	struct hostctl_thread *h = threads + 1;

	while (h < threads + 8 && t != &h->task)
		h++;
	return h < threads + 8 ? h : threads;
}

/* Apart, as both jumps may not be in one function. */
static __attribute__((noinline)) void jump_to_next(void)
{
	running = running->next;
	current = thread_of(running);
	__builtin_longjmp(current->jump, 1);
}

static void go_on(void *arg)
{
	if (!__builtin_setjmp(current->jump))
		jump_to_next();
}

void hostctl_yield(void) { kgc_host_call_saved(go_on, NULL); }

static void thread_main(void)
{
	struct task *before = running;

	current->fn(current->arg);
	current->done = true;
	while (before->next != running)
		before = before->next;
	before->next = running->next;
	hostctl_yield();
}

struct hostctl_thread *hostctl_spawn(void (*fn)(void *arg), void *arg)
{
	struct hostctl_thread *t = threads;
	uintptr_t *top;

	while (t < threads + 8 && t->used)
		t++;
	if (t == threads + 8)
		kgc_host_panic("too many tasks");
	/* As if called: a return address below 16 bytes. */
	top = (uintptr_t *)stacks[t - threads + 1];
	*t = (struct hostctl_thread){
		.task = { top - 1, top, running->next },
		.fn = fn,
		.arg = arg,
		.used = true,
		.jump = { NULL, (void *)thread_main, top - 1 },
	};
	running->next = &t->task;
	return t;
}

void hostctl_join(struct hostctl_thread *t)
{
	while (!t->done)
		hostctl_yield();
	t->used = false;
}

size_t hostctl_too_much(void) { return (size_t)128 << 20; /* of 32 MB */ }

bool program(void) { return !ktest_run("host:", 1); }
