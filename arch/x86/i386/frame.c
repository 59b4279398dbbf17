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
	/* A double fault's frame was put together elsewhere. */
	return f->vector == VECTOR_DOUBLE_FAULT ? f->unused_sp
						: (uintptr_t)(f + 1);
}

void frame_print(const struct trap *trap)
{
	const struct frame *f = trap->frame;

	kernel_print("eax %08lx ebx %08lx ecx %08lx edx %08lx\n", f->ax, f->bx,
		     f->cx, f->dx);
	kernel_print("esi %08lx edi %08lx ebp %08lx esp %08lx\n", f->si, f->di,
		     f->bp, (unsigned long)trap->sp);
	kernel_print("eip %08lx flags %08lx\n", f->pc, f->flags);
	kernel_print("cr2 %08lx cr3 %08lx error %lx\n", read_cr2(), read_cr3(),
		     f->error);
}

uintptr_t arch_stack_prepare(uintptr_t top, void (*entry)(void *arg), void *arg)
{
	uintptr_t *sp = (uintptr_t *)(top & ~(uintptr_t)15);

	/* Four words of 0 keep the alignment and end the backtrace. */
	*--sp = 0;
	*--sp = 0;
	*--sp = 0;
	*--sp = 0;
	*--sp = (uintptr_t)task_begin;
	*--sp = 0;		  /* ebp */
	*--sp = (uintptr_t)arg;	  /* ebx */
	*--sp = (uintptr_t)entry; /* esi */
	*--sp = 0;		  /* edi */
	return (uintptr_t)sp;
}
