// SPDX-License-Identifier: MIT
/*
 * report_test.c - does the host tell the time, print, and panic as it should?
 */
#include <stdarg.h>

#include <kgc/host.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "need.h"

KTEST(host, clock_does_not_go_back)
{
	uint64_t last = kgc_host_nanotime(), now;
	int i;

	for (i = 0; i < 10000; i++) {
		now = kgc_host_nanotime();
		ASSERT(now >= last);
		last = now;
	}
}

static __attribute__((noinline)) void compare_backtrace(void)
{
	uintptr_t pc[4] = { 0 }, skipped[4] = { 0 };
	int n;

	kgc_host_pin();
	n = kgc_host_backtrace(pc, 4, 0);
	kgc_host_backtrace(skipped, 4, 1);
	kgc_host_unpin();
	if (!n) {
		ktest_skip("no backtraces");
		return;
	}
	ASSERT(n >= 2);
	EXPECT_EQ(pc[0], (uintptr_t)__builtin_return_address(0));
	EXPECT_EQ(skipped[0], pc[1]);
}

KTEST(host, backtrace_starts_at_the_callers_return_address)
{
	compare_backtrace();
	__asm__ volatile("");
}

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kgc_host_vprintf(fmt, ap);
	va_end(ap);
}

/* What the collector prints; hosts differ in what they make of %p. */
KTEST(host, output_knows_the_collectors_formats)
{
	static const char want[] =
		"# formats: text -7 42 007 3000000000 18446744073709551615\n";
	char buf[128];
	size_t n;

	say("# formats: %s %d %u %03u %lu %llu\n", "text", -7, 42u, 7u,
	    3000000000ul, ~0ull);
	NEED(hostctl_last_output);
	hostctl_last_output(buf, sizeof buf);
	n = text_length(buf);
	ASSERT(n >= sizeof want - 1);
	EXPECT_STR(buf + n - (sizeof want - 1), want);
}

static void be_short(void *arg)
{
	kgc_host_pin();
	kgc_host_unpin();
}

static void panic_pinned(void *arg)
{
	kgc_host_pin();
	kgc_host_pin();
	kgc_host_panic("gc: %s %d", "number", 7);
}

KTEST(host, caught_panics_leave_no_pins)
{
	char buf[64] = "";

	NEED(hostctl_catch_panic);
	EXPECT(hostctl_catch_panic(panic_pinned, NULL, buf, sizeof buf));
	EXPECT_STR(buf, "gc: number 7");
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	EXPECT(!hostctl_catch_panic(be_short, NULL, buf, sizeof buf));
}
