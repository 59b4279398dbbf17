// SPDX-License-Identifier: MIT
/*
 * host.c - what mm/ asks of the kernel: all of <kgc/host.h>, and nothing else
 *
 * pin, unpin and relax are in inline/kgc/host_inline.h.  Nothing that is
 * reached from here allocates from the heap: address space and frames come
 * from vm.c, whose tables come from the frame allocator.
 *
 * On one CPU the world is stopped by a pin: whoever has it runs alone until it
 * unpins.  Interrupts stay on, and handlers do not touch the heap.  The queue
 * for callers that come too late is there for more CPUs, whose callers do not
 * find out by being pinned.
 *
 * Marking runs on a stack of the CPU's own, so that a task needs no room for
 * it and mm/'s frames are no roots.
 */
#include <kgc/host.h>

#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/task.h>
#include <kernel/cpu.h>
#include <kernel/final.h>
#include <kernel/host.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/symbols.h>
#include <kernel/sync.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <kernel/vm.h>
#include <kgc/kgc.h>
#include <lib/format.h>

/*
 * Marking is a loop, not a recursion, and needs 6.5 KiB, by `make stack`; an
 * interrupt on top of it 2 KiB, a panic with its backtrace 6 KiB.
 */
enum { COLLECTOR_STACK = 32 << 10, GUARD = 4096 };

/* Of linker.ld.  The pages between are stacks and page tables: no roots. */
extern char __data_start[], __noroot_start[], __noroot_end[], __image_tables[];

static struct {
	struct spinlock lock;
	struct task *stopper;  /* has the world stopped, or NULL */
	struct waitqueue late; /* came while it was stopped */
} world = { .lock = SPINLOCK_INIT(RANK_WORLD) };

/* What tests have fail. */
static unsigned long commits, fail_commit;
static bool fail_on; /* and all after that one */
static const void *failed;

/* What kgc_host_vprintf() printed last: byte n of all is at n % OUTPUT. */
enum { OUTPUT = 1024 };
static char output[OUTPUT];
static size_t noutput;

void host_init(void)
{
	struct cpu *cpu = cpu_here();
	char *stack = vm_reserve(GUARD + COLLECTOR_STACK, 0, 0);

	if (!stack || vm_commit(stack + GUARD, COLLECTOR_STACK) != 0)
		panic("host: no memory for the collector's stack");
	cpu->stack_lo = (uintptr_t)stack + GUARD;
	cpu->stack_hi = cpu->stack_lo + COLLECTOR_STACK;
}

/* --- memory --- */

void host_fail_commit(unsigned long nth, bool all)
{
	commits = 0;
	fail_commit = nth;
	fail_on = all;
	failed = NULL;
}

const void *host_failed_at(void)
{
	return failed;
}

unsigned long host_commits(void)
{
	return commits;
}

static bool must_fail(const void *addr)
{
	if (++commits != fail_commit &&
	    !(fail_on && fail_commit && commits > fail_commit))
		return false;
	if (!failed)
		failed = addr;
	return true;
}

void *kgc_host_reserve(size_t size, void *lo, void *hi)
{
	if (must_fail(NULL))
		return NULL;
	return vm_reserve(size, (uintptr_t)lo, (uintptr_t)hi);
}

void kgc_host_release(void *addr, size_t size)
{
	vm_release(addr, size);
}

int kgc_host_commit(void *addr, size_t size)
{
	if (must_fail(addr))
		return -KGC_ENOMEM;
	return vm_commit(addr, size);
}

void kgc_host_decommit(void *addr, size_t size)
{
	vm_decommit(addr, size);
}

/* --- the world --- */

enum kgc_context kgc_host_context(void)
{
	if (cpu_here()->irq_depth > 0)
		return KGC_INTERRUPT;
	if (cpu_is_pinned() || !arch_irq_enabled())
		return KGC_PINNED;
	return KGC_TASK;
}

bool kgc_host_stop_world(void)
{
	bool mine;

	spin_lock(&world.lock);
	mine = !world.stopper;
	if (mine) {
		world.stopper = task_current();
		cpu_pin();
	} else {
		waitqueue_wait(&world.late, &world.lock);
	}
	spin_unlock(&world.lock);
	/* QEMU's TLB grows at flushes alone; marking is twice as fast. */
	if (mine)
		arch_flush_all();
	return mine;
}

void kgc_host_start_world(void)
{
	arch_flush_all();
	spin_lock(&world.lock);
	world.stopper = NULL;
	waitqueue_wake_all(&world.late);
	spin_unlock(&world.lock);
	cpu_unpin();
}

void host_forget_stop(void)
{
	struct task *task = task_current();

	task->roots_sp = 0;
	if (world.stopper != task)
		return;
	world.stopper = NULL;
	waitqueue_wake_all(&world.late);
}

void kgc_host_call_saved(void (*fn)(void *arg), void *arg)
{
	struct task *task;

	cpu_pin();
	task = task_current();
	if (task->roots_sp) {
		fn(arg);
	} else {
		arch_call_saved(fn, arg, &task->roots_sp, cpu_here()->stack_hi);
		task->roots_sp = 0;
	}
	cpu_unpin();
}

/* --- roots --- */

static bool is_on_stack(const struct task *task, uintptr_t sp)
{
	return sp >= task->stack_lo && sp < task->stack_hi;
}

/* The lowest address that belongs to @task, or its end if it has none. */
static uintptr_t roots_begin(const struct task *task)
{
	if (task->state == TASK_ENDED)
		return task->end;
	if (task->roots_sp)
		return task->roots_sp;
	if (task == task_current())
		return arch_frame_pointer();
	return task->sp - ARCH_REDZONE;
}

void kgc_host_roots(kgc_host_visit_fn *visit, void *arg)
{
	struct task *task;
	uintptr_t lo;

	visit(__data_start, __noroot_start, KGC_ROOT_DATA, NULL, arg);
	visit(__noroot_end, __image_tables, KGC_ROOT_DATA, NULL, arg);
	for (task = task_next(NULL); task; task = task_next(task)) {
		lo = roots_begin(task);
		if (lo < task->stack_lo)
			lo = task->stack_lo;
		if (lo < task->end)
			visit((void *)lo, (void *)task->end, KGC_ROOT_STACK,
			      task, arg);
	}
}

int kgc_host_root_name(char *buf, size_t size, enum kgc_root kind,
		       const void *owner, const void *word)
{
	const struct task *task = owner;
	char name[64];

	switch (kind) {
	case KGC_ROOT_DATA:
		symbol_format(name, sizeof(name), (uintptr_t)word);
		return format_buffer(buf, size, "data %s", name);
	case KGC_ROOT_STACK:
		return format_buffer(
			buf, size, "%s of task %u (%s), top - 0x%lx",
			is_on_stack(task, (uintptr_t)word)
				? "stack"
				: "registers or libc",
			task->id, task->name,
			(unsigned long)(task->end - (uintptr_t)word));
	default:
		return format_buffer(buf, size, "%p", word);
	}
}

/* --- the rest --- */

void kgc_host_wake_finalizer(void)
{
	final_wake();
}

uint64_t kgc_host_nanotime(void)
{
	return time_now_ns();
}

/* Bounds of the stack that @fp lies in; nothing else is read. */
static void stack_bounds(uintptr_t fp, uintptr_t *lo, uintptr_t *hi)
{
	const struct cpu *cpu = cpu_here();
	const struct task *task = task_current();

	if (fp >= cpu->stack_lo && fp < cpu->stack_hi) {
		*lo = cpu->stack_lo;
		*hi = cpu->stack_hi;
	} else {
		*lo = task->stack_lo;
		*hi = task->stack_hi;
	}
}

int kgc_host_backtrace(uintptr_t *pc, int max, int skip)
{
	uintptr_t fp = arch_frame_pointer(), lo, hi;

	stack_bounds(fp, &lo, &hi);
	/* Our own frame, and those that the caller does not want. */
	for (; skip >= 0; skip--) {
		if (fp < lo || fp + 2 * sizeof(fp) > hi || fp % sizeof(fp))
			return 0;
		lo = fp + 1;
		fp = *(const uintptr_t *)fp;
	}
	return arch_backtrace(fp, lo, hi, pc, max);
}

static void output_add(void *arg, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		output[noutput++ % OUTPUT] = s[i];
}

void host_last_output(char *buf, size_t size)
{
	size_t n = noutput < OUTPUT ? noutput : OUTPUT, i;

	if (n > size - 1)
		n = size - 1;
	for (i = 0; i < n; i++)
		buf[i] = output[(noutput - n + i) % OUTPUT];
	buf[n] = '\0';
}

void kgc_host_vprintf(const char *fmt, va_list ap)
{
	va_list copy;

	va_copy(copy, ap);
	format(output_add, NULL, fmt, copy);
	va_end(copy);
	vprintk(fmt, ap);
}

void kgc_host_panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vpanic(fmt, ap);
}
