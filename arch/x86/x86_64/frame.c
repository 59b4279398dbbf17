// SPDX-License-Identifier: MIT
/* frame.c - the registers of a report; a fresh stack */
#include "frame.h"

#include <arch/task.h>
#include <arch/upcall.h>

#include "regs.h"
#include "trap.h"

/* switch.S */
void task_begin(void);

uintptr_t frame_sp(const struct frame *f)
{
	return f->sp;
}

void frame_print(const struct trap *trap)
{
	const struct frame *f = trap->frame;

	kernel_print("rax %016llx rbx %016llx rcx %016llx\n", f->ax, f->bx,
		     f->cx);
	kernel_print("rdx %016llx rsi %016llx rdi %016llx\n", f->dx, f->si,
		     f->di);
	kernel_print("rbp %016llx rsp %016llx r8  %016llx\n", f->bp, f->sp,
		     f->r8);
	kernel_print("r9  %016llx r10 %016llx r11 %016llx\n", f->r9, f->r10,
		     f->r11);
	kernel_print("r12 %016llx r13 %016llx r14 %016llx\n", f->r12, f->r13,
		     f->r14);
	kernel_print("r15 %016llx rip %016llx flags %08llx\n", f->r15, f->pc,
		     f->flags);
	kernel_print("cr2 %016lx cr3 %016lx error %llx\n", read_cr2(),
		     read_cr3(), f->error);
}

uintptr_t arch_stack_prepare(uintptr_t top, void (*entry)(void *arg), void *arg)
{
	uintptr_t *sp = (uintptr_t *)(top & ~(uintptr_t)15);

	/* Above the return address two words of 0 end the backtrace. */
	*--sp = 0;
	*--sp = 0;
	*--sp = (uintptr_t)task_begin;
	*--sp = 0;		  /* rbp */
	*--sp = (uintptr_t)arg;	  /* rbx */
	*--sp = (uintptr_t)entry; /* r12 */
	*--sp = 0;
	*--sp = 0;
	*--sp = 0;
	return (uintptr_t)sp;
}
