/* SPDX-License-Identifier: MIT */
/* arch/irq.h - the timer tick and device interrupts */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include <stdint.h>

/* Interrupt controllers and the periodic tick, @hz times a second. */
void arch_irq_init(void);
void arch_tick_start(unsigned int hz);

/* Nanoseconds since boot; monotonic.  Works before arch_irq_init(). */
uint64_t arch_nanotime(void);
/* Calibrate the clock that arch_nanotime() reads. */
void arch_clock_init(void);
/* Seconds since 1970 by the battery clock; 0 if the machine has none. */
uint64_t arch_rtc_seconds(void);

#endif /* ARCH_IRQ_H */
