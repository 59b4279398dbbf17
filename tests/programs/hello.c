// SPDX-License-Identifier: MIT
/* hello.c - the least: a line, and what the program was called with */
#include <stdio.h>

int main(int argc, char **argv)
{
	int i;

	printf("hello, world\n");
	for (i = 0; i < argc; i++)
		printf("argv[%d] = <%s>\n", i, argv[i]);
	return argc > 1 ? 7 : 0;
}
