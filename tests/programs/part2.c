// SPDX-License-Identifier: MIT
/* part2.c - of a program in several files: what main() calls */
int twice(int n);

int twice(int n)
{
	return 2 * n;
}
