// SPDX-License-Identifier: MIT
/*
 * guard_test.c - calls that fail come back
 *
 * That one without an end does, after five seconds, is tests/run/leave.t's.
 */
#include <arch/cpu.h>
#include <kernel/guard.h>
#include <kernel/panic.h>
#include <tests/ktest.h>

static bool called;
static volatile uintptr_t nowhere = 64;

static void succeed(void)
{
	called = arch_irq_enabled();
}

static void fail(void)
{
	panic("guarded: %d", 7);
}

static void fault(void)
{
	*(volatile int *)nowhere = 1;
}

static void divide(void)
{
	nowhere = 1000 / (nowhere - 64);
}

/* Interrupts are off behind a call, and on when a test runs. */
static bool guarded(void (*fn)(void))
{
	const bool good = guard_call(fn), off = !arch_irq_enabled();

	arch_irq_enable();
	return EXPECT(off) && good;
}

KTEST(kernel_guard, good_call)
{
	called = false;
	EXPECT(guarded(succeed));
	EXPECT(called);
}

KTEST(kernel_guard, panic_ends_the_call)
{
	EXPECT(!guarded(fail));
	EXPECT_STR(guard_why(), "guarded: 7");
}

KTEST(kernel_guard, faults_end_the_call)
{
	char begin[12];
	int i;

	EXPECT(!guarded(fault));
	for (i = 0; i < 10; i++)
		begin[i] = guard_why()[i];
	begin[i] = 0;
	EXPECT_STR(begin, "page fault");
	EXPECT(!guarded(divide));
	for (i = 0; i < 8; i++)
		begin[i] = guard_why()[i];
	begin[i] = 0;
	EXPECT_STR(begin, "division");
	EXPECT(guarded(succeed));
}
