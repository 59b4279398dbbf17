/* SPDX-License-Identifier: MIT */
/* arch/cpu.h - what every part of the kernel asks of the processor */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdbool.h>
#include <stdint.h>

/* "x86_64" or "i386". */
extern const char arch_name[];

void arch_irq_enable(void);
void arch_irq_disable(void);
/* Switch interrupts off; returns the state for arch_irq_restore(). */
unsigned long arch_irq_save(void);
void arch_irq_restore(unsigned long state);
bool arch_irq_enabled(void);

/* Enable interrupts and wait for one, with no gap between the two. */
void arch_idle(void);
/* Called in the body of a loop that waits for another CPU. */
void arch_relax(void);
/* Never returns; interrupts off. */
_Noreturn void arch_halt(void);
/* End the machine with isa-debug-exit's status (@code << 1) | 1. */
_Noreturn void arch_exit(unsigned int code);

uint64_t arch_cycles(void);

/* Number of the CPU we run on, below ARCH_CPUS_MAX; 0 until others start. */
enum { ARCH_CPUS_MAX = 16 };
unsigned int arch_cpu(void);
/* How many processors the firmware tables name. */
unsigned int arch_cpus_found(void);

#endif /* ARCH_CPU_H */
