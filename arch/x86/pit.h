/* SPDX-License-Identifier: MIT */
/* pit.h - the 8254 timer, inside arch/x86 */
#ifndef X86_PIT_H
#define X86_PIT_H

#include <stdbool.h>

enum { PIT_HZ = 1193182 };

/* Is there a channel 2 to measure with?  microvm has no port 0x61. */
bool pit_can_measure(void);
/* Start channel 2 with @count; has it run out? */
void pit_measure_start(unsigned int count);
bool pit_measure_done(void);
/* Interrupt line 0 each @count cycles. */
void pit_tick_start(unsigned int count);

#endif /* X86_PIT_H */
