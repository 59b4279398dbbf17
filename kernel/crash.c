// SPDX-License-Identifier: MIT
/*
 * crash.c - fail on purpose: `crash=`, for tests of what a report says
 *
 * Each failure goes through a function of its own name, so that a test knows
 * what the backtrace must show.
 */
#include <kernel/crash.h>

#include <stddef.h>
#include <stdint.h>

#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/mem.h>

extern char __image_start[];

static char data_page[64];
static volatile int zero, one = 1;

static __attribute__((noinline)) void crash_null(void)
{
	*(volatile int *)(uintptr_t)zero = 1;
}

static __attribute__((noinline)) void crash_text(void)
{
	*(volatile char *)__image_start = 1;
}

static __attribute__((noinline)) void crash_rodata(void)
{
	*(volatile char *)(uintptr_t) "read-only" = 2;
}

static __attribute__((noinline)) void crash_data(void)
{
	data_page[0] = (char)0xc3; /* ret */
	((void (*)(void))(uintptr_t)data_page)();
}

static __attribute__((noinline)) void crash_stack(void)
{
	volatile char code[16];

	code[0] = (char)0xc3;
	((void (*)(void))(uintptr_t)code)();
}

static __attribute__((noinline)) void crash_divide(void)
{
	one /= zero;
}

/* Ends, for all that the compiler knows. */
static __attribute__((noinline)) int crash_overflow(int depth)
{
	volatile char room[256];

	room[0] = (char)depth;
	if (zero)
		return 0;
	return crash_overflow(depth + 1) + room[0];
}

static void crash_overflow_start(void)
{
	crash_overflow(0);
}

static __attribute__((noinline)) void crash_instruction(void)
{
	__builtin_trap();
}

static __attribute__((noinline)) void crash_panic(void)
{
	panic("asked for by crash=panic");
}

static const struct {
	const char *name;
	void (*fn)(void);
} crashes[] = {
	{ "null", crash_null },
	{ "text", crash_text },
	{ "rodata", crash_rodata },
	{ "data", crash_data },
	{ "stack", crash_stack },
	{ "divide", crash_divide },
	{ "overflow", crash_overflow_start },
	{ "instruction", crash_instruction },
	{ "panic", crash_panic },
};

void crash_now(const char *how)
{
	size_t i;

	for (i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		if (text_equal(crashes[i].name, how))
			crashes[i].fn();
	printk("crash: %s did not\n", how);
}
