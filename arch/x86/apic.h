/* SPDX-License-Identifier: MIT */
/* apic.h - the local APIC, inside arch/x86 */
#ifndef X86_APIC_H
#define X86_APIC_H

#include <stdbool.h>
#include <stdint.h>

/* Map and switch on; false if the processor has none.  May be called again. */
bool apic_init(void);
void apic_eoi(void);
/* Start the timer, counting down from @count once, without an interrupt. */
void apic_count_start(uint32_t count);
uint32_t apic_count(void);
/* Interrupt @vector each @count cycles of the timer. */
void apic_tick_start(unsigned int vector, uint32_t count);

/* Timer cycles a second; clock.c measures it. */
extern uint32_t apic_hz;

#endif /* X86_APIC_H */
