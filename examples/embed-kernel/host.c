// SPDX-License-Identifier: MIT
/*
 * host.c - tasks, and what else kgc.o asks for, on a machine with one CPU
 *
 * Tasks yield and interrupts are off, so a pin is a count, and the world stands
 * still by itself.  A switch of tasks is a kgc_host_call_saved(): it returns
 * into the task that is then `running`.
 *
 * Bad at: profiles, which want a kgc_host_backtrace().
 */
#include <kgc/host.h>
#include <kgc/kgc.h>

#include "kernel.h"

enum { NTASKS = 8 };

extern char boot_stack_top[], data_start[], data_end[];
static char stacks[NTASKS][32768] NOROOT;
static struct task {
	const void *sp, *top; /* the root is [sp, top); no top: no task */
	void (*fn)(void *arg);
	void *arg;
} tasks[NTASKS] = { { .top = boot_stack_top } };
struct task *running = tasks; /* start.S keeps its sp */
static unsigned int depth;
bool finalizers_due; /* program() looks now and then */

static void choose(void *arg)
{
	do
		running = running == tasks ? tasks + NTASKS - 1 : running - 1;
	while (!running->top);
}

void task_yield(void) { kgc_host_call_saved(choose, NULL); }

static void task_main(void)
{
	running->fn(running->arg);
	running->top = NULL;
	task_yield();
}

/* Its stack is as if kgc_host_call_saved() had put six registers there. */
bool task_start(void (*fn)(void *arg), void *arg)
{
	uintptr_t *sp;
	int i;

	for (i = 1; i < NTASKS && tasks[i].top; i++)
		;
	if (i == NTASKS)
		return false;
	sp = (uintptr_t *)(stacks[i] + sizeof stacks[i]) - 8;
	sp[6] = (uintptr_t)task_main;
	tasks[i] = (struct task){ sp, sp + 8, fn, arg };
	return true;
}

unsigned int kgc_host_pin(void)
{
	depth++;
	return 0; /* the only slot */
}
void kgc_host_unpin(void) { depth--; }
void kgc_host_relax(void) {}
bool kgc_host_stop_world(void)
{
	depth++;
	return true; /* nobody else could have stopped it */
}
void kgc_host_start_world(void) { depth--; }
enum kgc_context kgc_host_context(void)
{
	return depth ? KGC_PINNED : KGC_TASK;
}
void kgc_host_wake_finalizer(void) { finalizers_due = true; }
int kgc_host_backtrace(uintptr_t *pc, int max, int skip) { return 0; }

void kgc_host_roots(kgc_host_visit_fn *visit, void *arg)
{
	struct task *t;

	visit(data_start, data_end, KGC_ROOT_DATA, NULL, arg);
	for (t = tasks; t < tasks + NTASKS; t++)
		if (t->top)
			visit(t->sp, t->top, KGC_ROOT_STACK, t, arg);
}

int kgc_host_root_name(char *buf, size_t size, enum kgc_root kind,
		       const void *owner, const void *word)
{
	const char *name = kind == KGC_ROOT_STACK ? "a stack" : "data";
	size_t n = 0;

	for (; name[n] && n + 1 < size; n++)
		buf[n] = name[n];
	buf[n] = 0;
	return n;
}

uint64_t kgc_host_nanotime(void)
{
	return __builtin_ia32_rdtsc(); /* 1 GHz in QEMU; calibrate a real one */
}

/* Called by start.S with PVH's start information. */
_Noreturn void kernel_main(const uint32_t *info)
{
	const struct {
		uint64_t lo, size, type; /* 1: RAM */
	} *map = (void *)(uintptr_t)info[10];
	uint32_t i;

	for (i = 0; i < info[12]; i++)
		if ((uint32_t)map[i].type == 1)
			frames_add(map[i].lo, map[i].lo + map[i].size);
	console_exit(program() ? 0x11 : 0x10);
}
