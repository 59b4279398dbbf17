// SPDX-License-Identifier: MIT
/* garbage.c - 100 MB in small pieces, and no free() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	size_t i;

	for (i = 0; i < 100000000; i += 100)
		if (!memset(malloc(100), 'x', 100))
			return 1;
	printf("%zu bytes\n", i);
	return 0;
}
