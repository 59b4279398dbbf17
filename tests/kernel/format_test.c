// SPDX-License-Identifier: MIT
/* format_test.c - lib/format.c against what the C library prints */
#include <lib/format.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <tests/ktest.h>

#define SAME(...)                                                           \
	do {                                                                \
		char ours_[128], theirs_[128];                              \
		int n_ = format_buffer(ours_, sizeof(ours_), __VA_ARGS__);  \
                                                                            \
		EXPECT_EQ(n_,                                               \
			  snprintf(theirs_, sizeof(theirs_), __VA_ARGS__)); \
		EXPECT_STR(ours_, theirs_);                                 \
	} while (0)

KTEST(kernel_format, agrees_with_printf)
{
	SAME("%d %d %d", 0, INT_MIN, INT_MAX);
	SAME("%ld %lu %lld %llu", LONG_MIN, ULONG_MAX, LLONG_MIN, ULLONG_MAX);
	SAME("%zu %x %X %llx", (size_t)-1, 0xbeefu, 0xbeefu, ULLONG_MAX);
	SAME("[%5d] [%-5d] [%05d] [%05d]", 42, 42, 42, -42);
	SAME("[%.3u] [%03u] [%8.3x] [%-8.3x]", 7u, 7u, 10u, 10u);
	SAME("[%s] [%8s] [%-8s] [%.2s] [%*s]", "abc", "abc", "abc", "abc", 5,
	     "abc");
	SAME("[%c] [%3c] %% [%.0u]", 'x', 'y', 0u);
}

KTEST(kernel_format, is_cut_to_size)
{
	char buf[4];

	EXPECT_EQ(format_buffer(buf, sizeof(buf), "%s", "abcdef"), 3);
	EXPECT_STR(buf, "abc");
}
