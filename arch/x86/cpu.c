// SPDX-License-Identifier: MIT
/* cpu.c - interrupts on and off, waiting, the end of the machine */
#include <arch/cpu.h>

#include "io.h"
#include "regs.h"

void arch_irq_enable(void)
{
	__asm__ volatile("sti" : : : "memory");
}

void arch_irq_disable(void)
{
	__asm__ volatile("cli" : : : "memory");
}

static unsigned long flags_read(void)
{
	unsigned long flags;

	__asm__ volatile("pushf\n\tpop %0" : "=r"(flags) : : "memory");
	return flags;
}

unsigned long arch_irq_save(void)
{
	const unsigned long flags = flags_read();

	arch_irq_disable();
	return flags & RFLAGS_IF;
}

void arch_irq_restore(unsigned long state)
{
	if (state)
		arch_irq_enable();
}

bool arch_irq_enabled(void)
{
	return flags_read() & RFLAGS_IF;
}

void arch_idle(void)
{
	/* sti takes effect after the next instruction. */
	__asm__ volatile("sti\n\thlt" : : : "memory");
}

void arch_relax(void)
{
	__asm__ volatile("pause" : : : "memory");
}

void arch_halt(void)
{
	for (;;)
		__asm__ volatile("cli\n\thlt" : : : "memory");
}

void arch_exit(unsigned int code)
{
	arch_irq_disable();
	out32(0xf4, code);
	/* A machine without the device stays where it is. */
	arch_halt();
}

uint64_t arch_cycles(void)
{
	return read_tsc();
}

unsigned int arch_cpu(void)
{
	return 0;
}
