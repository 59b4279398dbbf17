// SPDX-License-Identifier: MIT
/*
 * console_test.c - a program's input, echoed
 *
 * tests/run/console.t sends the input and compares what comes back, between a
 * line "begin" and a line "end".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kernel/param.h>
#include <tests/ktest.h>

KTEST(libc_console, echoes_its_input)
{
	static const char mark[] = "to stderr\n";
	size_t room = 64 << 10, size = 0;
	char *all = malloc(room);
	ssize_t got;

	if (!params.stdin_escaped) {
		ktest_skip("without stdin=escaped there is no end of input");
		return;
	}
	EXPECT(!isatty(0));
	while ((got = read(0, all + size, room - size)) > 0) {
		size += (size_t)got;
		if (size == room)
			all = realloc(all, room *= 2);
	}
	EXPECT_EQ(got, 0);
	EXPECT_EQ(read(0, all, 1), 0);
	EXPECT_EQ(write(2, mark, sizeof(mark) - 1), sizeof(mark) - 1);
	printf("begin\n");
	fwrite(all, size, 1, stdout);
	printf("end\n");
	fflush(stdout);
	free(all);
}
