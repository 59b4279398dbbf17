// SPDX-License-Identifier: MIT
/*
 * sites.c - one site allocates most; then it ends as its word says
 *
 *	return		well
 *	free		by a second free()
 *	null		by a call of nothing
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void **kept[1000];
static volatile int zero;

__attribute__((noinline)) static void **hot(void **next)
{
	void **p = malloc(1000);

	p[0] = next;
	return p;
}

__attribute__((noinline)) static void **cold(void **next)
{
	void **p = malloc(100);

	p[0] = next;
	return p;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	int i;

	for (i = 0; i < 20000; i++) {
		kept[i % 1000] = hot(i % 4000 < 1000 ? NULL : kept[i % 1000]);
		kept[i % 1000] = cold(kept[i % 1000]);
	}
	printf("sites: %s\n", how);
	fflush(stdout);
	if (!strcmp(how, "free")) {
		free(kept[7]);
		free(kept[7]);
	}
	if (!strcmp(how, "null"))
		((void (*)(void))(size_t)zero)();
	return 0;
}
