// SPDX-License-Identifier: MIT
/*
 * main.c - give a target one input after the other, without a fuzzer
 *
 *	<target> FILE...	each of them
 *	<target>		what stands on stdin
 *	<target> -r SEED N	N inputs at random
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { INPUT_MAX = 1 << 20, RANDOM_MAX = 2048 };

static uint8_t input[INPUT_MAX];

static void take(FILE *f)
{
	LLVMFuzzerTestOneInput(input, fread(input, 1, sizeof(input), f));
}

static void take_random(unsigned int seed, long n)
{
	size_t size, i;

	printf("# seed %u\n", seed);
	srand(seed);
	while (n-- > 0) {
		size = (size_t)rand() % RANDOM_MAX;
		for (i = 0; i < size; i++)
			input[i] = (uint8_t)(rand() >> 7);
		LLVMFuzzerTestOneInput(input, size);
	}
}

int main(int argc, char **argv)
{
	FILE *f;
	int i;

	if (argc == 1)
		take(stdin);
	if (argc == 4 && !strcmp(argv[1], "-r")) {
		take_random((unsigned int)atoi(argv[2]), atol(argv[3]));
		return 0;
	}
	for (i = 1; i < argc; i++) {
		f = fopen(argv[i], "rb");
		if (!f) {
			perror(argv[i]);
			return 1;
		}
		take(f);
		fclose(f);
	}
	return 0;
}
