// SPDX-License-Identifier: MIT
/* gctrace_test.c - the line of a cycle, to the byte */
#include "own.h"

static char out[256];

/* The last line printed. */
static const char *last_line(void)
{
	char *p, *line = out;

	hostctl_last_output(out, sizeof(out));
	for (p = out; *p; p++)
		if (*p == '\n' && p[1])
			line = p + 1;
	return line;
}

KTEST(mm_gctrace, line_is_exact)
{
	static const struct kgc_cycle c = {
		.number = 12,
		.begin_ns[KGC_PHASE_STOP] = 1000000000,
		.begin_ns[KGC_PHASE_START] = 1004180999,
		.begin_ns[KGC_PHASE_SWEEP] = 1004190999,
		.begin_ns[KGC_PHASE_RELEASE] = 1005100999,
		.begin_ns[KGC_NPHASES] = 1005110999,
		.heap_before = 48 * 1048576 + 104858,
		.heap_after = 19 * 1048576 + 1048575,
		.objects_before = 612340,
		.objects_after = 240112,
		.nmalloc = 5000000000,
		.nfree = 4999759888,
		.nlookup = 7,
	};

	gctrace_print(&own, &c);
	EXPECT_STR(last_line(),
		   "gc12: 4.180+0.910+0.020 ms 48.1 -> 19.9 MB "
		   "612340 -> 240112 (5000000000-4999759888) objects "
		   "7 pointer lookups (0 size, 0 addr)\n");
}

KTEST(mm_gctrace, zeroes_are_printed_in_full)
{
	static const struct kgc_cycle c = { .number = 1 };

	gctrace_print(&own, &c);
	EXPECT_STR(last_line(), "gc1: 0.000+0.000+0.000 ms 0.0 -> 0.0 MB "
				"0 -> 0 (0-0) objects "
				"0 pointer lookups (0 size, 0 addr)\n");
}

KTEST(mm_gctrace, long_times_and_large_heaps)
{
	static const struct kgc_cycle c = {
		.number = 4000000000u,
		.begin_ns[KGC_PHASE_START] = 3600000000000,
		.begin_ns[KGC_PHASE_SWEEP] = 3600000000000,
		.begin_ns[KGC_PHASE_RELEASE] = 3600000000000,
		.begin_ns[KGC_NPHASES] = 3600000000000,
		.heap_before = (uint64_t)1 << 44,
		.heap_after = (uint64_t)3 << 40,
	};

	gctrace_print(&own, &c);
	EXPECT_STR(last_line(),
		   "gc4000000000: 3600000.000+0.000+0.000 ms "
		   "16777216.0 -> 3145728.0 MB 0 -> 0 (0-0) objects "
		   "0 pointer lookups (0 size, 0 addr)\n");
}

/* Does @s match @form, in which # stands for a number? */
static bool matches(const char *s, const char *form)
{
	for (; *form; form++) {
		if (*form != '#') {
			if (*s++ != *form)
				return false;
			continue;
		}
		if (*s < '0' || *s > '9')
			return false;
		while (*s >= '0' && *s <= '9')
			s++;
	}
	return !*s;
}

KTEST(mm_gctrace, every_cycle_prints_when_asked)
{
	ASSERT(OWN_OPEN(.heap_reserve = MIB, .percent = -1, .trace = 1));
	ASSERT(heap_alloc(&own, 100, 0));
	collect(&own, true);
	EXPECT(matches(last_line(), "gc1: #.#+#.#+#.# ms 0.0 -> 0.0 MB "
				    "1 -> # (1-#) objects "
				    "0 pointer lookups (0 size, 0 addr)\n"));
	collect(&own, true);
	EXPECT(matches(last_line(), "gc2: #.#+#.#+#.# ms 0.0 -> 0.0 MB "
				    "# -> # (1-#) objects "
				    "0 pointer lookups (0 size, 0 addr)\n"));
	own_close();
}
