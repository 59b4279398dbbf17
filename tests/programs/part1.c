// SPDX-License-Identifier: MIT
/* part1.c - of a program in several files: main() and a constructor */
#include <math.h>
#include <stdio.h>

int twice(int n);

static int before;

/* A section that no linker script of ours names. */
static int table[] __attribute__((section("numbers"), used)) = { 3, 4, 5 };
extern int __start_numbers[], __stop_numbers[];

static __attribute__((constructor)) void begin(void)
{
	before = 1;
}

int main(void)
{
	volatile double two = 2;
	int *n, sum = 0;

	for (n = __start_numbers; n < __stop_numbers; n++)
		sum += (*n)++;
	printf("%d %d %.3f %d " KIND "\n", twice(21), before, sqrt(two), sum);
	return table[0] != 4;
}
