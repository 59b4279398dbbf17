// SPDX-License-Identifier: MIT
/*
 * clock.c - what time it is
 *
 * The processor's cycle counter, measured at boot for 5 ms: against the PIT
 * where there is one to measure with, else (QEMU's microvm) against the local
 * APIC's timer, which QEMU runs at 1 GHz.  Cycles become nanoseconds by one
 * multiplication with a factor of 28 bits behind the point, which clocks from
 * 63 MHz to 268 GHz fit into.
 *
 * Bad at: counters that stop or change their pace.
 */
#include <lib/noroot.h>
#include <arch/irq.h>

#include "apic.h"
#include "io.h"
#include "pit.h"
#include "regs.h"

enum {
	MEASURE_PER_SECOND = 200,
	SHIFT = 28,
	APIC_HZ_QEMU = 1000000000,
	CMOS_INDEX = 0x70,
	CMOS_DATA = 0x71,
};
/* Far more turns than 5 ms have: a broken timer must not hang the boot. */
#define TURNS_MAX 10000000u

uint32_t apic_hz = APIC_HZ_QEMU;

static uint64_t NOROOT start;
static uint32_t NOROOT factor; /* 0 until calibrated: the clock stands */

/* Reading a timer is dear in a virtual machine: wait a little in between. */
static void pause_briefly(void)
{
	unsigned int i;

	for (i = 0; i < 64; i++)
		__asm__ volatile("");
}

static uint64_t measure_by_pit(bool apic)
{
	unsigned int turns = 0;
	uint64_t before;

	if (apic)
		apic_count_start(~0u);
	pit_measure_start(PIT_HZ / MEASURE_PER_SECOND);
	before = read_tsc();
	while (!pit_measure_done() && ++turns < TURNS_MAX)
		pause_briefly();
	if (turns == TURNS_MAX)
		return 0;
	if (apic)
		apic_hz = (~0u - apic_count()) * MEASURE_PER_SECOND;
	return read_tsc() - before;
}

static uint64_t measure_by_apic(void)
{
	const uint32_t wait = APIC_HZ_QEMU / MEASURE_PER_SECOND;
	unsigned int turns = 0;
	uint64_t before;

	apic_count_start(~0u);
	before = read_tsc();
	while (~0u - apic_count() < wait && ++turns < TURNS_MAX)
		pause_briefly();
	return turns < TURNS_MAX ? read_tsc() - before : 0;
}

void arch_clock_init(void)
{
	const bool apic = apic_init();
	uint64_t cycles = 0;

	start = read_tsc();
	factor = 1u << SHIFT; /* 1 GHz, as under icount */
	if (pit_can_measure())
		cycles = measure_by_pit(apic);
	if (!cycles && apic)
		cycles = measure_by_apic();
	if (cycles > 5000000u / 16 && cycles >> 32 == 0)
		factor =
			((uint64_t)(1000000000 / MEASURE_PER_SECOND) << SHIFT) /
			(uint32_t)cycles;
}

uint64_t arch_nanotime(void)
{
	const uint64_t cycles = read_tsc() - start;
	const uint64_t high = cycles >> 32;
	const uint32_t low = (uint32_t)cycles;

	return (high * factor << (32 - SHIFT)) +
	       ((uint64_t)low * factor >> SHIFT);
}

static unsigned int cmos_read(unsigned int reg)
{
	out8(CMOS_INDEX, reg);
	return in8(CMOS_DATA);
}

static unsigned int cmos_number(unsigned int reg, bool bcd)
{
	const unsigned int v = cmos_read(reg);

	return bcd ? (v >> 4) * 10 + (v & 15) : v;
}

static uint64_t days_since_1970(unsigned int y, unsigned int m, unsigned int d)
{
	/* Years begin in March, so that the odd day is their last. */
	if (m <= 2)
		y--;
	m = m <= 2 ? m + 9 : m - 3;
	return (uint64_t)y * 365 + y / 4 - y / 100 + y / 400 +
	       (m * 153 + 2) / 5 + d - 1 - 719468;
}

uint64_t arch_rtc_seconds(void)
{
	unsigned int turns = 0;
	uint64_t days;
	bool bcd;

	if (cmos_read(0xd) == 0xff)
		return 0;
	while ((cmos_read(0xa) & 0x80) && ++turns < TURNS_MAX / 10)
		;
	bcd = !(cmos_read(0xb) & 4);
	days = days_since_1970(2000 + cmos_number(9, bcd), cmos_number(8, bcd),
			       cmos_number(7, bcd));
	return ((days * 24 + cmos_number(4, bcd)) * 60 + cmos_number(2, bcd)) *
		       60 +
	       cmos_number(0, bcd);
}
