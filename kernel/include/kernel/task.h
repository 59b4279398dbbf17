/* SPDX-License-Identifier: MIT */
/*
 * kernel/task.h - kernel threads
 *
 * A task is one nogc block: a guard page, the stack, and at its top the FP
 * save area, its thread-local variables, the C library's state of this task
 * and struct task.
 *
 *	block      block + 4096                                   block + size
 *	| guard    |  ... stack, growing down | FP | TLS | libc | struct task |
 *
 * What a task that does not run has in registers lies on its stack and in the
 * FP area, so its one root range is [sp - ARCH_REDZONE, end).
 */
#ifndef KERNEL_TASK_H
#define KERNEL_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <arch/mmu.h>
#include <kernel/cpu.h>
#include <kernel/sync.h>

enum task_state {
	TASK_READY,   /* in the run queue */
	TASK_RUNNING, /* on a CPU */
	TASK_ASLEEP,  /* until wake_ns */
	TASK_WAITING, /* in a wait queue, perhaps until wake_ns */
	TASK_ENDED,   /* will not run again */
};

struct task {
	uintptr_t sp;  /* while it does not run */
	void *fp;      /* FP save area */
	void *libc;    /* the C library's state of this task */
	uintptr_t tls; /* thread pointer; 0: none, on the boot stack */

	unsigned int id;
	const char *name; /* the creator's: a constant */
	enum task_state state;
	unsigned int refs;	  /* the task itself, and who created it */
	struct task *next, *prev; /* in the run queue or a wait queue */
	struct task *list_next, **list_link;   /* in the list of all tasks */
	struct task *sleep_next, **sleep_link; /* in the list of sleepers */
	uint64_t wake_ns;		       /* 0: not in that list */
	struct waitqueue *queue; /* the wait queue it is in, or NULL */
	bool woken;		 /* left that queue because of a waker */
	struct waitqueue joiners;
	void (*fn)(void *arg);
	void *arg;
	void *user; /* the C library's thread, or NULL */

	uintptr_t roots_sp; /* end of its roots while it collects, else 0 */

	uintptr_t block;    /* 0: the boot stack */
	uintptr_t stack_lo; /* first byte above the guard page */
	uintptr_t stack_hi;
	uintptr_t end; /* its roots end here, a little before the block does */
	paddr_t guard; /* the frame that the guard page had */
};

/*
 * Start @fn(@arg) on a stack of @stack_bytes (0: TASK_STACK).  The task
 * returned must be given to task_join() or task_detach() once.  NULL if there
 * is no memory, or the guard page cannot be made.
 */
struct task *task_create(const char *name, void (*fn)(void *arg), void *arg,
			 size_t stack_bytes);
enum { TASK_STACK = 256 << 10 };
/* The same, but it does not run before task_start(). */
struct task *task_create_stopped(const char *name, void (*fn)(void *arg),
				 void *arg, size_t stack_bytes);
void task_start(struct task *task);

/* Wait for the end of @task and forget it. */
void task_join(struct task *task);
/* Forget @task, which goes on. */
void task_detach(struct task *task);
_Noreturn void task_exit(void);

/* Drop a reference; the last one frees the block.  Not its own stack. */
void task_drop(struct task *task);

static inline struct task *task_current(void)
{
	return cpu_here()->current;
}

void task_yield(void);
/* Sleep for @ns at least; what is asked is rounded up to whole ticks. */
void task_sleep_ns(uint64_t ns);

/*
 * Step through all tasks: NULL gives the first, the last gives NULL.  Pinned,
 * or with the world stopped.
 */
struct task *task_next(struct task *task);

/*
 * If @addr lies in a task's block, say where: "guard page of the stack of task
 * 3 (worker)".  Takes no lock: a fault handler asks.
 */
bool task_explain_address(uintptr_t addr, char *buf, size_t size);

/*
 * Make the boot stack the idle task and run @main as task 1 on a stack of
 * @stack_bytes.  The heap is up; never returns.
 */
_Noreturn void task_start_main(void (*main)(void *arg), size_t stack_bytes);

#endif /* KERNEL_TASK_H */
