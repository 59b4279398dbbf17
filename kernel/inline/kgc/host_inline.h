/* SPDX-License-Identifier: MIT */
/*
 * kgc/host_inline.h - pin, unpin and relax as the kernel compiles them
 *
 * A pin is the CPU's preemption count.  Interrupts stay on: a handler that
 * interrupts a pinned section pins and unpins in pairs, and the tick switches
 * tasks only where the count is 0, to a task that finds it 0 and leaves it 0.
 *
 * Count and note that a switch is due are one word: twice the count, and one
 * more while none is due.  So it is 0 when the last unpin has to switch, and
 * pin and unpin are one instruction each, which needs no lock: other CPUs do
 * not touch the word.
 */
#ifndef KGC_HOST_INLINE_H
#define KGC_HOST_INLINE_H

#include <stdbool.h>

/* Slots of a config that says 0: one CPU runs tasks. */
#define KGC_HOST_SLOTS 1

struct kgc_host_cpu {
	volatile unsigned int pins; /* 2 * count + (no switch is due) */
	void *local;		    /* mm/'s; kgc_nobody until it is set */
};
extern struct kgc_host_cpu kgc_host_cpus[];
extern char kgc_nobody[] __attribute__((visibility("hidden")));

/* One CPU runs tasks: a constant address, one instruction to count. */
static inline struct kgc_host_cpu *kgc_host_cpu_here(void)
{
	return &kgc_host_cpus[0];
}

/* Switch now, if interrupts are on.  In kernel/sched.c; not for mm/. */
void sched_preempt(void);

static inline unsigned int kgc_host_depth(void)
{
	return kgc_host_cpu_here()->pins >> 1;
}

/* Is a switch due when the count is 0 again? */
static inline bool kgc_host_resched(void)
{
	return !(kgc_host_cpu_here()->pins & 1);
}

static inline void kgc_host_set_resched(bool due)
{
	if (due)
		__asm__ volatile("andl $-2, %0"
				 : "+m"(kgc_host_cpu_here()->pins)
				 :
				 : "cc", "memory");
	else
		__asm__ volatile("orl $1, %0"
				 : "+m"(kgc_host_cpu_here()->pins)
				 :
				 : "cc", "memory");
}

static inline unsigned int kgc_host_pin(void)
{
	__asm__ volatile("addl $2, %0"
			 : "+m"(kgc_host_cpu_here()->pins)
			 :
			 : "cc", "memory");
	return 0;
}

/* A tick before the subtraction sees the count above 0, one after it not. */
static inline bool kgc_host_unpin_due(void)
{
	bool due;

	__asm__ volatile("subl $2, %0"
			 : "+m"(kgc_host_cpu_here()->pins), "=@ccz"(due)
			 :
			 : "memory");
	return due;
}

static inline void kgc_host_unpin_rest(void)
{
	sched_preempt();
}

static inline void kgc_host_unpin(void)
{
	if (__builtin_expect(kgc_host_unpin_due(), 0))
		sched_preempt();
}

static inline void *kgc_host_pin_local(void)
{
	kgc_host_pin();
	return kgc_host_cpu_here()->local;
}

static inline void kgc_host_set_local(void *p)
{
	kgc_host_cpu_here()->local = p;
}

static inline void kgc_host_relax(void)
{
	__builtin_ia32_pause();
}

#endif /* KGC_HOST_INLINE_H */
