// SPDX-License-Identifier: MIT
/*
 * param_test.c - command lines, good and bad
 *
 * The parameters are global and are read from the loader's line, so each case
 * reads a line of its own and then the loader's again, which restores them.
 */
#include <stdio.h>
#include <string.h>

#include <boot/bootinfo.h>
#include <kernel/param.h>
#include <tests/ktest.h>

static char loaders_line[BOOT_CMDLINE_MAX];
static struct kernel_params found;
/* What found points to, since the parser has one buffer for its words. */
static char run0[64], run1[64], env0[64], arg0[64], arg1[64];

static void copy(char *to, const char *from)
{
	snprintf(to, 64, "%s", from ? from : "");
}

/* Read @line into found. */
static void parse(const char *line)
{
	strcpy(loaders_line, bootinfo.cmdline);
	snprintf(bootinfo.cmdline, sizeof(bootinfo.cmdline), "%s", line);
	params = (struct kernel_params){ 0 };
	param_init();
	found = params;
	copy(run0, found.run[0]);
	copy(run1, found.run[1]);
	copy(env0, found.env[0]);
	copy(arg0, found.argv[0]);
	copy(arg1, found.argv[1]);
	strcpy(bootinfo.cmdline, loaders_line);
	params = (struct kernel_params){ 0 };
	param_init();
}

KTEST(kernel_param, empty_line_leaves_the_presets)
{
	parse("");
	EXPECT_EQ(found.gcpercent, 100);
	EXPECT_EQ(found.nrun, 0);
	EXPECT_EQ(found.argc, 0);
	EXPECT(found.hz > 0);
}

KTEST(kernel_param, what_to_leave)
{
	parse("");
	EXPECT_EQ(found.leave, 0);
	EXPECT(!found.events);
	parse("leave=dump,trace trace=perfetto");
	EXPECT_EQ(found.leave, LEAVE_DUMP | LEAVE_TRACE);
	EXPECT(found.events);
	parse("leave=profile,dump,perfetto,trace");
	EXPECT_EQ(found.leave, 15);
	parse("leave=dumps leave=dum leave=dump;trace leave=,dump trace=all");
	EXPECT_EQ(found.leave, 0);
	EXPECT(!found.events);
}

KTEST(kernel_param, numbers_and_sizes)
{
	parse("hz=250 heap_min=3M  heap_max=0x10000 gcpercent=off");
	EXPECT_EQ(found.hz, 250);
	EXPECT_EQ(found.heap_min, 3 << 20);
	EXPECT_EQ(found.heap_max, 0x10000);
	EXPECT_EQ(found.gcpercent, -1);
}

KTEST(kernel_param, what_does_not_parse_is_ignored)
{
	parse("hz=1000000 heap_min=3Q heap_max= heap_reserve=99999999999999T "
	      "nonsense=1 gcpercent=x");
	EXPECT(found.hz <= 10000);
	EXPECT_EQ(found.heap_min, 0);
	EXPECT_EQ(found.heap_max, 0);
	EXPECT_EQ(found.heap_reserve, 0);
	EXPECT_EQ(found.gcpercent, 100);
}

KTEST(kernel_param, choices)
{
	parse("");
	EXPECT(!found.log_channel);
	EXPECT(!found.stdin_escaped);
	parse("stdin=escaped log=channel");
	EXPECT(found.log_channel);
	EXPECT(found.stdin_escaped);
	parse("log=channel log=serial stdin=escaped stdin=cooked");
	EXPECT(!found.log_channel);
	EXPECT(found.stdin_escaped);
}

KTEST(kernel_param, runs_keep_their_order)
{
	parse("run=trees:3 hz=100 run=tests");
	ASSERT_EQ(found.nrun, 2);
	EXPECT_STR(run0, "trees:3");
	EXPECT_STR(run1, "tests");
}

KTEST(kernel_param, words_escapes_and_arguments)
{
	parse("env.NAME=a\\ b\\\\c run=x -- one\\ word run=y");
	ASSERT_EQ(found.nenv, 1);
	EXPECT_STR(env0, "NAME=a b\\c");
	EXPECT_EQ(found.nrun, 1);
	ASSERT_EQ(found.argc, 2);
	EXPECT_STR(arg0, "one word");
	EXPECT_STR(arg1, "run=y");
	EXPECT(!found.argv[2]);
}

KTEST(kernel_param, too_many_runs_are_survived)
{
	char line[8 * (PARAM_RUNS_MAX + 2)] = "";
	int i;

	for (i = 0; i < PARAM_RUNS_MAX + 2; i++)
		strcat(line, "run=x ");
	parse(line);
	EXPECT_EQ(found.nrun, PARAM_RUNS_MAX);
}

KTEST(kernel_param, arguments_may_be_empty_or_odd)
{
	parse("-- \"\" \\\n\\\"\\' \"\"");
	ASSERT_EQ(found.argc, 3);
	EXPECT_STR(arg0, "");
	EXPECT_STR(arg1, "\n\"'");
	EXPECT(!found.argv[3]);
	parse("name=a\\ b.elf -- -- --");
	EXPECT_EQ(found.argc, 2);
	EXPECT_STR(arg0, "--");
}

KTEST(kernel_param, as_many_arguments_as_a_line_has)
{
	char line[BOOT_CMDLINE_MAX] = "--";
	unsigned int i;

	for (i = 2; i + 2 < sizeof(line); i += 2)
		strcpy(line + i, " x");
	parse(line);
	EXPECT_EQ(found.argc, (sizeof(line) - 3) / 2);
	EXPECT(!found.argv[(sizeof(line) - 3) / 2]);
}
