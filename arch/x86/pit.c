// SPDX-License-Identifier: MIT
/* pit.c - the 8254 timer: a measure for the other clocks, a tick without APIC
 */
#include "pit.h"

#include "io.h"

enum {
	PIT_CHANNEL0 = 0x40,
	PIT_CHANNEL2 = 0x42,
	PIT_COMMAND = 0x43,
	CONTROL = 0x61,
	CONTROL_GATE = 1 << 0,
	CONTROL_SPEAKER = 1 << 1,
	CONTROL_OUT = 1 << 5,
	COMMAND_ONCE2 = 0xb0,	  /* channel 2, both bytes, mode 0 */
	COMMAND_PERIODIC0 = 0x34, /* channel 0, both bytes, mode 2 */
};

bool pit_can_measure(void)
{
	return in8(CONTROL) != 0xff;
}

void pit_measure_start(unsigned int count)
{
	out8(CONTROL, (in8(CONTROL) & ~CONTROL_SPEAKER) | CONTROL_GATE);
	out8(PIT_COMMAND, COMMAND_ONCE2);
	out8(PIT_CHANNEL2, count & 0xff);
	out8(PIT_CHANNEL2, count >> 8);
}

bool pit_measure_done(void)
{
	return in8(CONTROL) & CONTROL_OUT;
}

void pit_tick_start(unsigned int count)
{
	out8(PIT_COMMAND, COMMAND_PERIODIC0);
	out8(PIT_CHANNEL0, count & 0xff);
	out8(PIT_CHANNEL0, count >> 8);
}
