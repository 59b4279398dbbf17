/* SPDX-License-Identifier: MIT */
/* arch/upcall.h - what arch/ calls in its kernel */
#ifndef ARCH_UPCALL_H
#define ARCH_UPCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <arch/mmu.h>

/* First C function on our own page tables, on the boot stack. */
_Noreturn void kernel_main(void);

/* Before the kernel can panic: print "panic: " and @why, and stop. */
_Noreturn void kernel_stop(const char *why);

/* printk, by the name that arch/ may know. */
void kernel_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The timer ticked.  Interrupts off, on the interrupted task's stack. */
void kernel_tick(void);
/* Before an interrupt returns: switch tasks if that is due and allowed. */
void kernel_irq_exit(void);

/* An exception, as arch/ reports it. */
struct trap {
	const char *name; /* "page fault" */
	unsigned int vector;
	unsigned long error;
	uintptr_t pc, sp, fp;
	uintptr_t addr; /* faulting address, of a page fault */
	bool page_fault;
	bool write, exec, present; /* of a page fault */
	bool double_fault;	   /* arrived on its own stack */
	bool divide;
	void (*print_regs)(const struct trap *trap);
	const void *frame;
};
/* Report and stop: every exception is fatal. */
_Noreturn void kernel_trap(const struct trap *trap);

/* A zeroed page frame for a page table, or 0. */
paddr_t kernel_table_frame(void);
/* It is no longer one. */
void kernel_table_free(paddr_t pa);

#endif /* ARCH_UPCALL_H */
