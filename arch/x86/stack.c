// SPDX-License-Identifier: MIT
/* stack.c - a fresh stack, and the way back through frame pointers */
#include <arch/task.h>

int arch_backtrace(uintptr_t fp, uintptr_t lo, uintptr_t hi, uintptr_t *pc,
		   int max)
{
	const uintptr_t *frame;
	int n = 0;

	while (n < max && fp >= lo && fp < hi && hi - fp >= 2 * sizeof(fp) &&
	       !(fp % sizeof(fp))) {
		frame = (const uintptr_t *)fp;
		if (!frame[1])
			break;
		pc[n++] = frame[1];
		/* Callers lie higher: a chain that turns back is broken. */
		if (frame[0] <= fp)
			break;
		fp = frame[0];
	}
	return n;
}
