/* SPDX-License-Identifier: MIT */
/* kernel.h - what the host and its program know of each other */
#ifndef EMBED_KERNEL_H
#define EMBED_KERNEL_H

#include <stdbool.h>

/* A ring of one; a program may add to it, and change `running`. */
struct task {
	const void *sp, *top; /* [sp, top) is a root */
	struct task *next;
};
extern struct task *running;
extern bool finalizers_due;
bool program(void); /* did all go well? */

#endif /* EMBED_KERNEL_H */
