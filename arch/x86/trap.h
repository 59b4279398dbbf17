/* SPDX-License-Identifier: MIT */
/* trap.h - vectors, and what trap.c and the word sizes know of each other */
#ifndef X86_TRAP_H
#define X86_TRAP_H

enum {
	VECTOR_DIVIDE = 0,
	VECTOR_NMI = 2,
	VECTOR_DOUBLE_FAULT = 8,
	VECTOR_PAGE_FAULT = 14,
	VECTOR_MACHINE_CHECK = 18,
	VECTOR_IRQ = 32, /* the first that is no exception */
	VECTOR_PIC = 0x20,
	VECTOR_TICK = 0x30,
	VECTOR_SPURIOUS = 0xff,
	VECTORS = 256,
};

struct frame;
struct trap;

/* desc.c: segments, task state, gates; loads them all. */
void desc_init(void);
/* Print the registers of trap->frame. */
void frame_print(const struct trap *trap);

/* entry.S: addresses of the VECTORS stubs. */
extern const char *const trap_stubs[];

/* Called by entry.S. */
_Noreturn void trap_exception(const struct frame *frame);
void trap_irq(const struct frame *frame);

/* irq.c: an interrupt of @vector has arrived. */
void irq_handle(unsigned int vector);

/* fpu.c */
void fpu_init(void);
#endif /* X86_TRAP_H */
