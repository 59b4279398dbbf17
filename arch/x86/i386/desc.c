// SPDX-License-Identifier: MIT
/*
 * desc.c - segments, task state and gates of i386
 *
 * A double fault has a task of its own, because only a task gate changes the
 * stack within ring 0: the processor stores the registers of what it came from
 * in the main task's segment, from where the report takes them.
 */
#include <arch/cpu.h>
#include <arch/task.h>

#include <arch/upcall.h>
#include <lib/noroot.h>
#include <lib/mem.h>

#include "frame.h"
#include "layout.h"
#include "regs.h"
#include "trap.h"

enum { STACK_SIZE = 8192 }; /* a report needs 2 KiB */

const char arch_name[] = "i386";

struct gate {
	uint16_t offset_low, selector;
	uint8_t zero, type;
	uint16_t offset_high;
};

struct tss {
	uint32_t link, esp0, ss0, esp1, ss1, esp2, ss2, cr3;
	uint32_t eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi;
	uint32_t es, cs, ss, ds, fs, gs, ldt;
	uint16_t trap, io_map;
};

struct table_register {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed));

static struct gate idt[VECTORS] __attribute__((aligned(8)));
static struct tss tss, double_fault_tss;
static char stack[STACK_SIZE] NOROOT __attribute__((aligned(16)));
static const uint64_t gdt_fixed[] = {
	0,
	0x00cf9b000000ffff, /* code */
	0x00cf93000000ffff, /* data */
	0,		    /* main task state */
	0,		    /* double fault's */
	0x00cf93000000ffff, /* thread pointer */
};
/* No root: a descriptor's pieces of an address may look like another. */
static uint64_t gdt[sizeof(gdt_fixed) / sizeof(gdt_fixed[0])] NOROOT;

static uint64_t segment(uint32_t base, uint32_t limit, uint32_t flags)
{
	return (limit & 0xffff) | (uint64_t)(base & 0xffffff) << 16 |
	       (uint64_t)(flags & 0xff) << 40 |
	       (uint64_t)(limit >> 16 & 0xf) << 48 |
	       (uint64_t)(flags >> 8 & 0xf) << 52 |
	       (uint64_t)(base >> 24) << 56;
}

static void gdt_load(void)
{
	const struct table_register r = { sizeof(gdt) - 1, (uintptr_t)gdt };

	memcpy(gdt, gdt_fixed, sizeof(gdt));
	gdt[SELECTOR_TSS / 8] = segment((uintptr_t)&tss, sizeof(tss) - 1, 0x89);
	gdt[SELECTOR_DOUBLE_FAULT / 8] =
		segment((uintptr_t)&double_fault_tss,
			sizeof(double_fault_tss) - 1, 0x89);
	__asm__ volatile("lgdt %0\n\t"
			 "ljmp %1, $1f\n"
			 "1:\tmovl %2, %%ds\n\t"
			 "movl %2, %%es\n\t"
			 "movl %2, %%fs\n\t"
			 "movl %2, %%gs\n\t"
			 "movl %2, %%ss"
			 :
			 : "m"(r), "i"(SELECTOR_CODE), "r"(SELECTOR_DATA)
			 : "memory");
}

/*
 * The double fault's task begins here.  The error code that the processor
 * pushed stands where a return address would.  Reports the frame that a stub
 * would have left, from the main task's segment.
 */
static _Noreturn void double_fault(void)
{
	const struct frame frame = {
		.di = tss.edi,
		.si = tss.esi,
		.bp = tss.ebp,
		.unused_sp = tss.esp,
		.bx = tss.ebx,
		.dx = tss.edx,
		.cx = tss.ecx,
		.ax = tss.eax,
		.vector = VECTOR_DOUBLE_FAULT,
		.pc = tss.eip,
		.cs = tss.cs,
		.flags = tss.eflags,
	};

	trap_exception(&frame);
}

static void tss_init(void)
{
	tss.io_map = double_fault_tss.io_map = sizeof(tss);
	double_fault_tss.cr3 = read_cr3();
	double_fault_tss.eip = (uintptr_t)double_fault;
	double_fault_tss.eflags = 2;
	double_fault_tss.esp = (uintptr_t)(stack + STACK_SIZE);
	double_fault_tss.cs = SELECTOR_CODE;
	double_fault_tss.ss = SELECTOR_DATA;
	double_fault_tss.ds = SELECTOR_DATA;
	double_fault_tss.es = SELECTOR_DATA;
	double_fault_tss.fs = SELECTOR_DATA;
	double_fault_tss.gs = SELECTOR_DATA;
	/* The switch away stores all but this one. */
	tss.cr3 = read_cr3();
	__asm__ volatile("ltr %w0" : : "r"(SELECTOR_TSS));
}

void desc_init(void)
{
	const struct table_register r = { sizeof(idt) - 1, (uintptr_t)idt };
	unsigned int i;
	uintptr_t stub;

	gdt_load();
	tss_init();
	for (i = 0; i < VECTORS; i++) {
		stub = (uintptr_t)trap_stubs[i];
		idt[i] = (struct gate){
			.offset_low = stub & 0xffff,
			.selector = SELECTOR_CODE,
			.type = 0x8e, /* present; interrupts go off */
			.offset_high = stub >> 16,
		};
	}
	idt[VECTOR_DOUBLE_FAULT] = (struct gate){
		.selector = SELECTOR_DOUBLE_FAULT, .type = 0x85, /* task gate */
	};
	__asm__ volatile("lidt %0" : : "m"(r));
}

void arch_set_tls(uintptr_t tp)
{
	gdt[SELECTOR_TLS / 8] = segment(tp, 0xfffff, 0xc93);
	__asm__ volatile("movl %0, %%gs" : : "r"(SELECTOR_TLS) : "memory");
}
