/* SPDX-License-Identifier: MIT */
/*
 * kgc/host_inline.h - pin, unpin and relax as the kernel compiles them
 *
 * A pin is the CPU's preemption count.  Interrupts stay on: a handler that
 * interrupts the increment pins and unpins in pairs, and the tick switches
 * tasks only where the count is 0, to a task that finds it 0 and leaves it 0.
 * So the increment needs no atomic instruction.
 */
#ifndef KGC_HOST_INLINE_H
#define KGC_HOST_INLINE_H

#include <stdbool.h>

/* Slots of a config that says 0: one CPU runs tasks. */
#define KGC_HOST_SLOTS 1

struct kgc_host_cpu {
	unsigned int pins;
	bool resched; /* a switch is due when pins returns to 0 */
};
extern struct kgc_host_cpu kgc_host_cpus[];

/* One CPU runs tasks: a constant address, one instruction to count. */
static inline struct kgc_host_cpu *kgc_host_cpu_here(void)
{
	return &kgc_host_cpus[0];
}

/* Switch now, if interrupts are on.  In kernel/sched.c; not for mm/. */
void sched_preempt(void);

static inline unsigned int kgc_host_pin(void)
{
	kgc_host_cpu_here()->pins++;
	__asm__ volatile("" ::: "memory");
	return 0;
}

static inline void kgc_host_unpin(void)
{
	bool outermost;

	__asm__ volatile("" ::: "memory");
	outermost = --kgc_host_cpu_here()->pins == 0;
	/* A tick before this line sees the count above 0, one after it not. */
	__asm__ volatile("" ::: "memory");
	if (outermost && __builtin_expect(kgc_host_cpu_here()->resched, false))
		sched_preempt();
}

static inline void kgc_host_relax(void)
{
	__builtin_ia32_pause();
}

#endif /* KGC_HOST_INLINE_H */
