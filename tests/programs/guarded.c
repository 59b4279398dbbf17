// SPDX-License-Identifier: MIT
/*
 * guarded.c - blocks of the C library between guard pages: guard=1
 *
 *	guarded nothing|overflow|underflow|free
 *
 * Every other block lies at its page's end, the others at its start.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kgc/kgc.h>

enum { SIZE = 48, FEW = 4 };

static int is_whole(const char *p)
{
	return kgc_is_guarded(p) && malloc_usable_size((char *)p) >= SIZE &&
	       kgc_lookup(p + SIZE, NULL) == p;
}

/* The compiler must not see it: it would warn. */
static __attribute__((noipa)) void release(volatile char *p)
{
	free((char *)p);
}

static __attribute__((noipa)) void end(const char *what, volatile char *p)
{
	const int at_start = (uintptr_t)p % 4096 == 0;

	if (!strcmp(what, "overflow") && !at_start)
		p[SIZE] = 1;
	else if (!strcmp(what, "underflow") && at_start)
		p[-1] = 1;
	else if (!strcmp(what, "free")) {
		release(p);
		putchar(p[SIZE - 1]);
	}
}

int main(int argc, char **argv)
{
	char *p;
	int i;

	for (i = 0; i < FEW; i++) {
		p = malloc(SIZE);
		if (!p || !is_whole(p))
			return 1;
		memset(p, 'x', SIZE);
		end(argv[1], p);
		p = realloc(p, 2 * SIZE);
		if (!p || p[SIZE - 1] != 'x')
			return 1;
		memset(p, 'y', 2 * SIZE);
	}
	printf("done\n");
	return 0;
}
