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
#include <kernel/task.h>
#include <lib/noroot.h>

static uint64_t NOROOT boot_wall_ns; /* time of day when the clock showed 0 */
static uint64_t tick_ns;

/* What the next tick is to call, or NULL. */
static struct {
	void (*volatile fn)(void *arg);
	void *arg;
} tick_call;

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

/*
 * A handler has no windows: the fast path of kgc_alloc() and kgc_free() finds
 * nothing there and goes on to where the context is asked for.
 */
static void irq_enter(struct cpu *cpu)
{
	if (!cpu->irq_depth++) {
		cpu->irq_local = cpu->pin->local;
		cpu->pin->local = kgc_nobody;
	}
}

static void irq_leave(struct cpu *cpu)
{
	if (!--cpu->irq_depth)
		cpu->pin->local = cpu->irq_local;
}

static void call_once(void)
{
	void (*const fn)(void *arg) = tick_call.fn;

	fn(tick_call.arg);
	tick_call.fn = NULL;
}

void kernel_tick(void)
{
	struct cpu *cpu = cpu_here();

	if (guard_tick())
		return;
	irq_enter(cpu);
	sched_tick(time_now_ns());
	if (tick_call.fn)
		call_once();
	irq_leave(cpu);
}

void time_call_in_tick(void (*fn)(void *arg), void *arg)
{
	tick_call.arg = arg;
	tick_call.fn = fn;
	while (tick_call.fn)
		task_yield();
}
