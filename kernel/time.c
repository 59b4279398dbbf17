// SPDX-License-Identifier: MIT
/*
 * time.c - the clock, and the tick that drives the scheduler
 *
 * The tick is periodic and never stopped: an idle machine wakes up for
 * nothing, which costs a host a few percent of a core.  The time of day is the
 * battery clock's second at boot plus what has passed since, so it is right to
 * within a second and never goes back.
 */
#include <kernel/time.h>

#include <arch/irq.h>
#include <arch/upcall.h>
#include <kernel/cpu.h>
#include <kernel/guard.h>
#include <kernel/sched.h>
#include <lib/noroot.h>

static uint64_t NOROOT boot_wall_ns; /* time of day when the clock showed 0 */
static uint64_t tick_ns;

void time_init(unsigned int hz)
{
	uint64_t seconds;

	arch_clock_init();
	seconds = arch_rtc_seconds();
	if (seconds)
		boot_wall_ns = seconds * 1000000000 - time_now_ns();
	tick_ns = 1000000000 / hz;
	arch_tick_start(hz);
}

uint64_t time_now_ns(void)
{
	return arch_nanotime();
}

uint64_t time_wall_ns(void)
{
	return boot_wall_ns + time_now_ns();
}

uint64_t time_tick_ns(void)
{
	return tick_ns;
}

void kernel_tick(void)
{
	struct cpu *cpu = cpu_here();

	if (guard_tick())
		return;
	cpu->irq_depth++;
	sched_tick(time_now_ns());
	cpu->irq_depth--;
}
