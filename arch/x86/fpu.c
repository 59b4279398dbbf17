// SPDX-License-Identifier: MIT
/*
 * fpu.c - floating point and vector state
 *
 * XSAVE where the processor has it, with every part it names up to AVX-512,
 * else FXSAVE.  The plain forms write all parts each time, so that what a
 * vector register holds is always found in memory.
 */
#include <arch/task.h>

#include <stdbool.h>

#include <arch/upcall.h>
#include <lib/mem.h>

#include "regs.h"
#include "trap.h"

/* x87, SSE, AVX, the three parts of AVX-512. */
#define XCR0_WANTED 0xe7u
#define FXSAVE_SIZE 512

/* Read by switch.S. */
extern bool fpu_xsave;
bool fpu_xsave;

static size_t fp_size = FXSAVE_SIZE;

static void xsave_init(void)
{
	const uint32_t parts = cpuid(0xd, 0).a & XCR0_WANTED;

	write_cr4(read_cr4() | CR4_OSXSAVE);
	__asm__ volatile("xsetbv" : : "c"(0), "a"(parts), "d"(0));
	fp_size = cpuid(0xd, 0).b;
	fpu_xsave = true;
}

void fpu_init(void)
{
	unsigned long cr0 = read_cr0();

	if (!features.fxsr)
		kernel_stop("this processor has no FXSAVE");
	cr0 &= ~(unsigned long)(CR0_EM | CR0_TS);
	write_cr0(cr0 | CR0_MP | CR0_NE);
	write_cr4(read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT);
	if (features.xsave)
		xsave_init();
	__asm__ volatile("fninit");
}

size_t arch_fp_size(void)
{
	return fp_size;
}

void arch_fp_init(void *area)
{
	memset(area, 0, fp_size);
	*(uint16_t *)area = 0x37f;		   /* x87: all masked */
	*(uint32_t *)((char *)area + 24) = 0x1f80; /* MXCSR likewise */
}
