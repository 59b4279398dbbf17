// SPDX-License-Identifier: MIT
/*
 * postmortem.c - what is told of the heap after a panic
 *
 * The panic's report is complete by now.  What follows trusts the heap, which
 * may be damaged, so each part is guarded: one that fails is told in a line,
 * and the next one tried.
 *
 * All of it runs on the collector's stack, where there is room: the stack that
 * the panic was on may be the reason for it.  If that was the collector's own,
 * it goes on below.
 */
#include <kernel/postmortem.h>

#include <stddef.h>

#include <arch/task.h>
#include <kernel/cpu.h>
#include <kernel/guard.h>
#include <kernel/leave.h>
#include <kernel/printk.h>
#include <kernel/task.h>
#include <kgc/kgc.h>
#include <lib/noroot.h>

static struct kgc_cycle NOROOT cycles[KGC_LAST_CYCLES];
static bool at_start; /* of a line */

/* A kgc_write_fn: lines of the report are indented. */
static void write_indented(void *arg, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (at_start)
			printk_write("  ", 2);
		printk_write(s + i, 1);
		at_start = s[i] == '\n';
	}
}

static void tell_state(void)
{
	kgc_write_state(write_indented, NULL);
}

static void tell_cycles(void)
{
	const int n = kgc_last_cycles(cycles, KGC_LAST_CYCLES);
	int i;

	for (i = 0; i < n; i++)
		if (cycles[i].begin_ns[KGC_NPHASES])
			kgc_write_cycle(&cycles[i], write_indented, NULL);
}

static void tell_check(void)
{
	kgc_write_check(write_indented, NULL);
}

static bool tell(const char *what, void (*fn)(void))
{
	at_start = true;
	printk("%s:\n", what);
	if (guard_call(fn))
		return true;
	if (!at_start)
		printk("\n");
	printk("  cut off: %s\n", guard_why());
	at_start = true;
	return false;
}

static void tell_all(void *arg)
{
	tell("state of the heap", tell_state);
	if (kgc_cycles())
		tell("last cycles", tell_cycles);
	kgc_abandon();
	if (!tell("check of the heap", tell_check))
		guard_call(tell_check); /* where it was */
	leave_after_panic();
}

/* A kgc_write_fn. */
static void write_nothing(void *arg, const char *s, size_t n)
{
}

void postmortem(void)
{
	struct task *task = task_current();
	const uintptr_t stack = cpu_here()->stack_hi;

	if (!task || !stack || !kgc_write_state(write_nothing, NULL))
		return;
	cpu_pin();
	if (task->roots_sp)
		tell_all(NULL);
	else
		arch_call_saved(tell_all, NULL, &task->roots_sp, stack);
}
