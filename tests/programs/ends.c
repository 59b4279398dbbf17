// SPDX-License-Identifier: MIT
/* ends.c - the ways in which a program may end, one for each word */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int zero;

/* Ends, for all that the compiler knows. */
static __attribute__((noinline)) int overrun(int depth)
{
	volatile char room[256];

	room[0] = (char)depth;
	if (zero)
		return 0;
	return overrun(depth + 1) + room[0];
}

static void last_words(void)
{
	printf("atexit\n");
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	atexit(last_words);
	printf("ends: %s\n", how);
	if (!strcmp(how, "return"))
		return atoi(argv[2]);
	if (!strcmp(how, "exit"))
		exit(atoi(argv[2]));
	if (!strcmp(how, "abort"))
		abort();
	if (!strcmp(how, "null"))
		((void (*)(void))(size_t)zero)();
	if (!strcmp(how, "divide"))
		return 7 / zero;
	if (!strcmp(how, "overrun"))
		return overrun(0);
	while (!strcmp(how, "loop"))
		;
	return 0;
}
