// SPDX-License-Identifier: MIT
/* copy.c - stdin to stdout, and to stderr how many bytes it was */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	static char buf[4096];
	unsigned long total = 0;
	ssize_t n;

	fprintf(stderr, "copy: begin\n");
	while ((n = read(0, buf, sizeof(buf))) > 0) {
		total += (unsigned long)n;
		if (write(1, buf, (size_t)n) != n)
			return 1;
	}
	fprintf(stderr, "copy: %lu bytes\n", total);
	return n < 0;
}
