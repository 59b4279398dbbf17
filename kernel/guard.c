// SPDX-License-Identifier: MIT
/*
 * guard.c - call what may fail, when all else is over
 *
 * After a panic the heap is looked at, and it may be what is damaged.  A panic
 * or fault in there, or a tick that finds it late, leaves it by a long jump.
 * What it held stays as it was: nobody comes after it.
 *
 * Bad at: a second double fault, whose stack and task state are in use.
 */
#include <kernel/guard.h>

#include <stddef.h>
#include <stdint.h>

#include <arch/cpu.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/noroot.h>

enum { WHY_MAX = 256 };
#define LIMIT_NS ((uint64_t)5000000000)

/* What __builtin_setjmp() wants: five words. */
static void *landing[5];
static volatile bool guarding;
static uint64_t NOROOT deadline;
static char why[WHY_MAX];

/* Of its own, because a jump comes back to a frame whose locals are stale. */
static __attribute__((noinline)) bool call(void (*fn)(void))
{
	if (__builtin_setjmp(landing))
		return false;
	guarding = true;
	arch_irq_enable();
	fn();
	return true;
}

bool guard_call(void (*fn)(void))
{
	bool good;

	guard_progress();
	good = call(fn);
	arch_irq_disable();
	guarding = false;
	return good;
}

const char *guard_why(void)
{
	return why;
}

void guard_progress(void)
{
	deadline = time_now_ns() + LIMIT_NS;
}

void guard_fail(const char *message)
{
	if (!guarding)
		return;
	guarding = false;
	format_buffer(why, sizeof(why), "%s", message);
	__builtin_longjmp(landing, 1);
}

bool guard_tick(void)
{
	if (!guarding)
		return false;
	if (time_now_ns() > deadline)
		guard_fail("it takes too long");
	return true;
}
