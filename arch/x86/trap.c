// SPDX-License-Identifier: MIT
/*
 * trap.c - from the frame of an exception or interrupt to the kernel's upcalls
 *
 * Exceptions are reported and never return.  A double fault means that the
 * processor could not push a frame: nearly always a stack overflow, so the
 * address that the page fault before it left in CR2 goes with the report.
 */
#include <arch/boot.h>

#include <arch/upcall.h>

#include "frame.h"
#include "regs.h"
#include "trap.h"

enum {
	FAULT_PRESENT = 1 << 0,
	FAULT_WRITE = 1 << 1,
	FAULT_EXEC = 1 << 4,
};

static const char *const names[VECTOR_IRQ] = {
	[0] = "division error",
	[1] = "debug exception",
	[2] = "non-maskable interrupt",
	[3] = "breakpoint",
	[4] = "overflow trap",
	[5] = "bound range exceeded",
	[6] = "invalid instruction",
	[7] = "no floating-point unit",
	[8] = "double fault",
	[10] = "invalid task state",
	[11] = "segment not present",
	[12] = "stack segment fault",
	[13] = "general protection fault",
	[14] = "page fault",
	[16] = "floating-point error",
	[17] = "alignment check",
	[18] = "machine check",
	[19] = "vector floating-point error",
};

void trap_exception(const struct frame *f)
{
	const unsigned int vector = (unsigned int)f->vector;
	const bool page_fault = vector == VECTOR_PAGE_FAULT;
	const bool double_fault = vector == VECTOR_DOUBLE_FAULT;
	const unsigned long error = f->error;
	struct trap trap = {
		.vector = vector,
		.error = error,
		.pc = f->pc,
		.sp = frame_sp(f),
		.fp = f->bp,
		.addr = page_fault || double_fault ? read_cr2() : 0,
		.page_fault = page_fault,
		.present = page_fault && (error & FAULT_PRESENT),
		.write = page_fault && (error & FAULT_WRITE),
		.exec = page_fault && (error & FAULT_EXEC),
		.double_fault = double_fault,
		.divide = vector == VECTOR_DIVIDE,
		.print_regs = frame_print,
		.frame = f,
	};

	if (vector < VECTOR_IRQ)
		trap.name = names[vector];
	if (!trap.name)
		trap.name = "reserved exception";
	kernel_trap(&trap);
}

void trap_irq(const struct frame *f)
{
	irq_handle((unsigned int)f->vector);
	kernel_irq_exit();
}

void arch_trap_init(void)
{
	desc_init();
	fpu_init();
}
