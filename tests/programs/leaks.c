// SPDX-License-Identifier: MIT
/*
 * leaks.c - loses what it says, after much else that it does not lose
 *
 *	leaks return|exit <how many>
 *
 * Streams, strings, the environment, threads that ended: what the C library
 * keeps of them is not lost.  Each block that is lost has 100 bytes more than
 * the last, and the last two are a pair of which one refers to the other.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Volatile: otherwise the compiler sees that nobody reads it. */
static char *volatile kept[2];
static void *volatile latest;

static void *thread(void *arg)
{
	char *text = malloc(64), *old = kept[1];

	snprintf(text, 64, "%g %s", 1.25, (char *)arg);
	kept[1] = strdup(text);
	free(text);
	free(old);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void use_streams(void)
{
	FILE *f = fopen("/leaks.txt", "w+");
	char *line = NULL;
	size_t size = 0;

	fprintf(f, "%.17g\n%300d\n", 1.0 / 3, 7);
	rewind(f);
	while (getline(&line, &size, f) > 0)
		;
	free(line);
	fclose(f);
	/* Left open: the library knows of it. */
	f = fopen("/leaks.txt", "a");
	fputs("more\n", f);
}

static void use_library(void)
{
	pthread_t id;
	int many[1000];

	use_streams();
	kept[0] = strdup("kept");
	setenv("LEAKS", "one", 1);
	setenv("LEAKS", "a longer value than the one before", 1);
	for (int i = 0; i < 1000; i++)
		many[i] = i * 7919 % 1000;
	qsort(many, 1000, sizeof(*many), compare);
	printf("%d %d %f\n", many[0], many[999], 2.5);
	for (int i = 0; i < 3; i++)
		if (!pthread_create(&id, NULL, thread, "thread"))
			pthread_join(id, NULL);
}

/* Its frame is gone when the report is made, and so are the registers. */
static __attribute__((noinline)) void lose(int n)
{
	void **pair = NULL, **last;

	for (int i = 1; i <= n; i++) {
		last = malloc(100 * (size_t)i);
		latest = memset(last, 0, 100 * (size_t)i);
		if (i == n)
			*last = pair;
		pair = last;
	}
	latest = NULL;
}

static __attribute__((noinline)) void overwrite(void)
{
	volatile char stack[4096];

	for (size_t i = 0; i < sizeof(stack); i++)
		stack[i] = 0;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	use_library();
	lose(atoi(argv[2]));
	overwrite();
	if (!strcmp(argv[1], "exit"))
		exit(0);
	return 0;
}
