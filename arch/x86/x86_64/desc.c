// SPDX-License-Identifier: MIT
/*
 * desc.c - segments, task state and gates of x86_64
 *
 * Interrupts, double faults, NMI and machine checks have stacks of their own:
 * a double fault because the stack it came from is used up, the two others
 * because they may arrive while any stack is in use, interrupts because of the
 * red zone (entry.S).
 */
#include <arch/cpu.h>
#include <arch/task.h>

#include <lib/noroot.h>
#include <lib/mem.h>

#include "frame.h"
#include "layout.h"
#include "regs.h"
#include "trap.h"

enum {
	IST_DOUBLE_FAULT = 1,
	IST_NMI,
	IST_MACHINE_CHECK,
	IST_IRQ,
	NSTACKS = IST_IRQ,
	STACK_SIZE = 8192, /* a report needs 2.5 KiB */
};

const char arch_name[] = "x86_64";

struct gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};

struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, io_map;
} __attribute__((packed));

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static struct gate idt[VECTORS] __attribute__((aligned(16)));
static struct tss tss = { .io_map = sizeof(tss) };
/* Not among the roots: an interrupted task's registers stay behind here. */
static char stacks[NSTACKS][STACK_SIZE] NOROOT __attribute__((aligned(16)));
static uint64_t gdt[] = {
	0,
	0x00af9b000000ffff, /* code */
	0x00cf93000000ffff, /* data */
	0,
	0, /* task state */
};

static void gdt_load(void)
{
	const struct table_register r = { sizeof(gdt) - 1, (uintptr_t)gdt };
	const uint64_t base = (uintptr_t)&tss;

	gdt[3] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 |
		 (uint64_t)0x89 << 40 | (base >> 24 & 0xff) << 56;
	gdt[4] = base >> 32;
	__asm__ volatile("lgdt %0\n\t"
			 "pushq %1\n\t"
			 "leaq 1f(%%rip), %%rax\n\t"
			 "pushq %%rax\n\t"
			 "lretq\n"
			 "1:\tmovl %2, %%ds\n\t"
			 "movl %2, %%es\n\t"
			 "movl %2, %%ss"
			 :
			 : "m"(r), "i"(SELECTOR_CODE), "r"(SELECTOR_DATA)
			 : "rax", "memory");
	__asm__ volatile("ltr %w0" : : "r"(SELECTOR_TSS));
}

static void gate_set(unsigned int vector, unsigned int ist)
{
	const uintptr_t stub = (uintptr_t)trap_stubs[vector];

	idt[vector] = (struct gate){
		.offset_low = stub & 0xffff,
		.selector = SELECTOR_CODE,
		.ist = ist,
		.type = 0x8e, /* present; interrupts go off */
		.offset_middle = stub >> 16 & 0xffff,
		.offset_high = stub >> 32,
	};
}

void desc_init(void)
{
	const struct table_register r = { sizeof(idt) - 1, (uintptr_t)idt };
	unsigned int i;

	for (i = 0; i < NSTACKS; i++)
		tss.ist[i] = (uintptr_t)(stacks[i] + STACK_SIZE);
	gdt_load();
	for (i = 0; i < VECTORS; i++)
		gate_set(i, i < VECTOR_IRQ ? 0 : IST_IRQ);
	gate_set(VECTOR_DOUBLE_FAULT, IST_DOUBLE_FAULT);
	gate_set(VECTOR_NMI, IST_NMI);
	gate_set(VECTOR_MACHINE_CHECK, IST_MACHINE_CHECK);
	__asm__ volatile("lidt %0" : : "m"(r));
}

void arch_set_tls(uintptr_t tp)
{
	write_msr(MSR_FS_BASE, tp);
}
