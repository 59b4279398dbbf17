// SPDX-License-Identifier: MIT
/* text_test.c - numbers as text */
#include "own.h"

static char buf[64];
static struct line line;

static struct out *fresh(size_t size)
{
	static struct out o;

	line = (struct line){ .buf = buf, .size = size };
	o = (struct out){ .write = line_write, .arg = &line };
	return &o;
}

KTEST(mm_text, numbers)
{
	out_number(fresh(64), 0);
	EXPECT_STR(buf, "0");
	out_number(fresh(64), UINT64_MAX);
	EXPECT_STR(buf, "18446744073709551615");
	out_address(fresh(64), 0);
	EXPECT_STR(buf, "0x0");
	out_address(fresh(64), 0xdeadbeef);
	EXPECT_STR(buf, "0xdeadbeef");
}

KTEST(mm_text, line_is_cut_at_its_size)
{
	struct out *o = fresh(6);

	out_text(o, "abc");
	out_text(o, "defgh");
	EXPECT_STR(buf, "abcde");
	EXPECT_EQ(o->n, 8);
	EXPECT_EQ(line.n, 5);
}
