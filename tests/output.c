// SPDX-License-Identifier: MIT
/*
 * output.c - results of tests go to the C library's standard output
 *
 * Written out at each line's end: what comes next may be a crash.
 */
#include <stdio.h>
#include <string.h>

#include <tests/ktest.h>

void ktest_vprintf(const char *fmt, va_list ap)
{
	vprintf(fmt, ap);
	if (strchr(fmt, '\n'))
		fflush(stdout);
}
