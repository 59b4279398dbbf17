// SPDX-License-Identifier: MIT
/*
 * bad.c - one bad access, which the argument names; all before it are good
 *
 *	bad overflow|free|string|copy|wild|nothing
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kgc/kgc.h>

struct thing {
	long value[5];
	struct thing *next;
};

static __attribute__((noipa)) struct thing *make(long value)
{
	struct thing *t = malloc(sizeof(*t));

	for (int i = 0; i < 5; i++)
		t->value[i] = value;
	t->next = NULL;
	return t;
}

static __attribute__((noipa)) void release(void *p)
{
	free(p);
}

/* The compiler must not see where it comes from: it would warn. */
static __attribute__((noipa)) void end(const char *what, struct thing *t)
{
	volatile long *value = t->value;
	char *text = strdup("text of some length");
	struct thing copy;

	if (!strcmp(what, "overflow"))
		value[6] = 1;
	else if (!strcmp(what, "free")) {
		release(t);
		printf("%ld\n", value[1]);
	} else if (!strcmp(what, "string"))
		strcpy((char *)t + sizeof(*t) - 10, text);
	else if (!strcmp(what, "copy")) {
		memcpy(&copy, &t->value[2], sizeof(copy));
		printf("%ld\n", copy.value[0]);
	} else if (!strcmp(what, "wild")) {
		char *large = malloc(100000);

		release(large);
		large[5000] = 1;
	}
}

int main(int argc, char **argv)
{
	struct thing *first = NULL;
	long sum = 0;

	for (int i = 0; i < 1000; i++) {
		struct thing *t = make(i);

		t->next = first;
		first = t;
	}
	for (struct thing *t = first; t; t = t->next)
		sum += t->value[4];
	printf("sum %ld\n", sum);
	fflush(stdout);
	end(argc > 1 ? argv[1] : "nothing", first);
	printf("done\n");
	return 0;
}
