// SPDX-License-Identifier: MIT
/* environment.c - the variables that the arguments name */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	const char *value;
	int i;

	for (i = 1; i < argc; i++) {
		value = getenv(argv[i]);
		printf("%s=%s\n", argv[i], value ? value : "(none)");
	}
	return 0;
}
