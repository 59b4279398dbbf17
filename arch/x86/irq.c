// SPDX-License-Identifier: MIT
/*
 * irq.c - interrupt controllers and the tick
 *
 * The tick comes from the local APIC's timer; without one from the PIT.  The
 * two PICs are moved off the exceptions' vectors and masked, but for line 0
 * where the PIT ticks.
 */
#include <arch/irq.h>

#include <arch/upcall.h>

#include "apic.h"
#include "io.h"
#include "pit.h"
#include "trap.h"

enum {
	PIC1 = 0x20,
	PIC2 = 0xa0,
	PIC_EOI = 0x20,
};

static bool by_apic;

static void pic_init(void)
{
	out8(PIC1, 0x11); /* initialize; four words follow */
	out8(PIC2, 0x11);
	out8(PIC1 + 1, VECTOR_PIC);
	out8(PIC2 + 1, VECTOR_PIC + 8);
	out8(PIC1 + 1, 4); /* the second hangs on line 2 */
	out8(PIC2 + 1, 2);
	out8(PIC1 + 1, 1);
	out8(PIC2 + 1, 1);
	out8(PIC1 + 1, 0xff); /* all masked */
	out8(PIC2 + 1, 0xff);
}

void arch_irq_init(void)
{
	pic_init();
	by_apic = apic_init();
}

void arch_tick_start(unsigned int hz)
{
	unsigned int count;

	if (by_apic) {
		apic_tick_start(VECTOR_TICK, apic_hz / hz);
		return;
	}
	count = PIT_HZ / hz;
	pit_tick_start(count > 0xffff ? 0xffff : count);
	out8(PIC1 + 1, 0xfe);
}

void irq_handle(unsigned int vector)
{
	switch (vector) {
	case VECTOR_TICK:
		apic_eoi();
		kernel_tick();
		break;
	case VECTOR_PIC:
		out8(PIC1, PIC_EOI);
		kernel_tick();
		break;
	}
	/* All else is spurious, and wants no answer. */
}
