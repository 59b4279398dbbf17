/* SPDX-License-Identifier: MIT */
/*
 * kernel/cpu.h - what the kernel keeps for each CPU
 *
 * The preemption count with the note that a switch is due stands apart, in
 * struct kgc_host_cpu, because every allocation touches them inline.
 */
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include <arch/cpu.h>
#include <kgc/host_inline.h>

struct task;

struct cpu {
	struct kgc_host_cpu *pin;
	struct task *current;
	struct task *idle;	/* runs when nobody else can */
	struct task *ended;	/* left by the last switch, not yet dropped */
	unsigned int irq_depth; /* above 0 in an interrupt handler */
	void *irq_local;	/* pin->local of what the handler interrupted */
	uint32_t ranks;		/* bit n: a spin lock of rank n is held */
	uintptr_t stack_lo, stack_hi; /* the collector's stack */
};
extern struct cpu cpus[ARCH_CPUS_MAX];

static inline struct cpu *cpu_here(void)
{
	return &cpus[arch_cpu()];
}

/*
 * Preemption off and on: interrupts stay on, the tick only notes that a switch
 * is due, and the last unpin switches.  The same count as kgc_host_pin().
 */
static inline void cpu_pin(void)
{
	kgc_host_pin();
}

static inline void cpu_unpin(void)
{
	kgc_host_unpin();
}

static inline bool cpu_is_pinned(void)
{
	return kgc_host_depth() != 0;
}

#endif /* KERNEL_CPU_H */
