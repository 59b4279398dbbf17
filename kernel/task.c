// SPDX-License-Identifier: MIT
/*
 * task.c - life of a task
 *
 * A task is one nogc block of the heap (the picture is in task.h), so that its
 * stack, its thread-local variables, the C library's state and its FP registers
 * are one root range, and so that tasks cost address space only while they
 * live.  The lowest page is unmapped, for an overflow to fault; its frame is
 * kept and mapped again before the block is freed, which therefore needs no
 * memory.
 *
 * Two hold a task: it itself until it has been switched away from for the last
 * time, and whoever created it until task_join() or task_detach().  The last
 * frees the block.
 *
 * The boot stack becomes task 0, the idle task.
 *
 * Locking: the list of tasks and the reference counts are under sched_lock.
 */
#include <kernel/task.h>

#include <arch/mmu.h>
#include <arch/task.h>
#include <kernel/cpu.h>
#include <kernel/libc.h>
#include <kernel/panic.h>
#include <kernel/sched.h>
#include <kernel/time.h>
#include <kernel/tls.h>
#include <kgc/kgc.h>
#include <lib/format.h>

enum { GUARD = 4096, PAGE = 4096 };
/*
 * Left unused at the end of a block: task->end lies among the task's roots, and
 * as the address behind the block would keep whatever object begins there.
 */
enum { BEHIND = 16 };
/* Least stack: the registers of an interrupt and a switch, twice over. */
enum { STACK_LEAST = 8 << 10 };
/* Room for the FP state of the boot stack: AVX-512's is 2,696 bytes. */
enum { BOOT_FP_MAX = 4096 };

/* Of boot/entry.S; the lowest page is its guard. */
extern char boot_stack[], boot_stack_top[];

static char boot_fp[BOOT_FP_MAX] __attribute__((aligned(ARCH_FP_ALIGN)));
static struct task boot_task = {
	.fp = boot_fp,
	.name = "idle",
	.state = TASK_RUNNING,
	.refs = 1,
	.stack_lo = (uintptr_t)boot_stack + GUARD,
	.stack_hi = (uintptr_t)boot_stack_top,
	.end = (uintptr_t)boot_stack_top,
};

struct kgc_host_cpu kgc_host_cpus[ARCH_CPUS_MAX] = {
	[0 ... ARCH_CPUS_MAX - 1] = { .pins = 1, .local = kgc_nobody },
};
struct cpu cpus[ARCH_CPUS_MAX] = {
	[0] = {
		.pin = &kgc_host_cpus[0],
		.current = &boot_task,
		.idle = &boot_task,
	},
};

/* Under sched_lock. */
static struct task *tasks;
static unsigned int next_id = 1;

static uintptr_t align_down(uintptr_t value, size_t align)
{
	return value & ~(uintptr_t)(align - 1);
}

static size_t align_up(size_t value, size_t align)
{
	return align_down(value + align - 1, align);
}

static void task_entry(void *arg)
{
	struct task *task = arg;

	sched_begin_task();
	task->fn(task->arg);
	task_exit();
}

/* Lay the parts out at the top of @block, from the end down. */
static struct task *task_lay_out(uintptr_t block, size_t size)
{
	uintptr_t end = block + size - BEHIND;
	struct task *task = (void *)(end - align_up(sizeof(*task), 16));
	uintptr_t libc, tls, tls_lo, fp;

	libc = align_down((uintptr_t)task - libc_task_size(), 16);
	tls = tls_make(libc, &tls_lo);
	fp = align_down(tls_lo - arch_fp_size(), ARCH_FP_ALIGN);
	*task = (struct task){
		.block = block,
		.end = end,
		.stack_lo = block + GUARD,
		.stack_hi = fp,
		.fp = (void *)fp,
		.libc = (void *)libc,
		.tls = tls,
		.refs = 2,
	};
	return task;
}

static bool guard_unmap(struct task *task)
{
	unsigned int flags;

	return arch_query(task->block, &task->guard, &flags) &&
	       arch_unmap(task->block, GUARD, NULL) == 0;
}

/* The page's table is still there, so this cannot fail. */
static void guard_map(struct task *task)
{
	if (arch_map(task->block, task->guard, GUARD, MMU_WRITE) != 0)
		panic("task: no table for the guard page of task %u", task->id);
}

static void list_add_locked(struct task *task)
{
	task->list_next = tasks;
	task->list_link = &tasks;
	if (tasks)
		tasks->list_link = &task->list_next;
	tasks = task;
}

static void list_remove_locked(struct task *task)
{
	*task->list_link = task->list_next;
	if (task->list_next)
		task->list_next->list_link = task->list_link;
}

struct task *task_create_stopped(const char *name, void (*fn)(void *arg),
				 void *arg, size_t stack_bytes)
{
	size_t stack = stack_bytes ? stack_bytes : TASK_STACK;
	size_t top = sizeof(struct task) + libc_task_size() + tls_room() +
		     arch_fp_size() + ARCH_FP_ALIGN + 32 + BEHIND;
	struct task *task;
	unsigned long irq;
	size_t size;
	void *block;

	if (stack > SIZE_MAX / 2)
		return NULL;
	if (stack < STACK_LEAST)
		stack = STACK_LEAST;
	size = align_up(GUARD + stack + top, PAGE);
	block = kgc_alloc(size, KGC_NOGC | KGC_NOZERO | KGC_NOPROFILE);
	if (!block)
		return NULL;
	task = task_lay_out((uintptr_t)block, size);
	if (!guard_unmap(task)) {
		kgc_free(block);
		return NULL;
	}
	task->name = name;
	task->fn = fn;
	task->arg = arg;
	arch_fp_init(task->fp);
	libc_task_init(task->libc);
	task->sp = arch_stack_prepare(task->stack_hi, task_entry, task);

	irq = sched_acquire();
	task->id = next_id++;
	task->state = TASK_WAITING;
	list_add_locked(task);
	sched_release(irq);
	return task;
}

void task_start(struct task *task)
{
	unsigned long irq = sched_acquire();

	sched_ready_locked(task);
	sched_release(irq);
}

struct task *task_create(const char *name, void (*fn)(void *arg), void *arg,
			 size_t stack_bytes)
{
	struct task *task = task_create_stopped(name, fn, arg, stack_bytes);

	if (task)
		task_start(task);
	return task;
}

void task_drop(struct task *task)
{
	unsigned long irq = sched_acquire();
	bool last = --task->refs == 0;

	if (last)
		list_remove_locked(task);
	sched_release(irq);
	if (!last)
		return;
	guard_map(task);
	kgc_free((void *)task->block);
}

void task_detach(struct task *task)
{
	task_drop(task);
}

void task_join(struct task *task)
{
	unsigned long irq = sched_acquire();

	while (task->state != TASK_ENDED)
		sched_wait_locked(&task->joiners);
	sched_release(irq);
	task_drop(task);
}

void task_exit(void)
{
	libc_task_exit(task_current()->libc);
	sched_acquire();
	sched_end_locked();
}

void task_sleep_ns(uint64_t ns)
{
	unsigned long irq = sched_acquire();

	sched_sleep_locked(time_now_ns() + ns);
	sched_release(irq);
}

struct task *task_next(struct task *task)
{
	if (!task)
		return &boot_task;
	return task == &boot_task ? tasks : task->list_next;
}

static const char *part_of(const struct task *task, uintptr_t addr)
{
	if (addr < task->stack_lo)
		return "guard page of the stack";
	return addr < task->stack_hi ? "stack" : "control block";
}

bool task_explain_address(uintptr_t addr, char *buf, size_t size)
{
	struct task *task;
	struct cpu *cpu;

	for (task = tasks; task; task = task->list_next) {
		if (addr < task->block || addr >= task->end)
			continue;
		format_buffer(buf, size, "%s of task %u (%s)",
			      part_of(task, addr), task->id, task->name);
		return true;
	}
	for (cpu = cpus; cpu < cpus + ARCH_CPUS_MAX; cpu++) {
		if (!cpu->stack_hi || addr < cpu->stack_lo - GUARD ||
		    addr >= cpu->stack_hi)
			continue;
		format_buffer(buf, size, "%s of the collector",
			      addr < cpu->stack_lo ? "guard page of the stack"
						   : "stack");
		return true;
	}
	return false;
}

void task_start_main(void (*main)(void *arg), size_t stack_bytes)
{
	struct task *task;

	if (arch_fp_size() > BOOT_FP_MAX)
		panic("task: FP state of %zu bytes", arch_fp_size());
	task = task_create("main", main, NULL, stack_bytes);
	if (!task)
		panic("task: no memory for the main task's stack of %zu bytes",
		      stack_bytes);
	task_detach(task);
	sched_idle();
}
