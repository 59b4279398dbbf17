// SPDX-License-Identifier: MIT
/* main.c - the program: 210 MB of nodes in 32 MB of RAM, and none is freed */
#include <kgc/host.h>
#include <kgc/kgc.h>

#include "kernel.h"

enum { NODES = 4600000, STEP = 1000, DYING = 100000 };
static int nfinalized;

static void count(void *p, void *arg) { nfinalized++; }

/* Every 1000th is kept, in a list that only the stack leads to. */
bool program(void)
{
	struct node {
		struct node *next;
		size_t number;
		char text[32];
	} *list = NULL, *n;
	size_t i;

	if (kgc_init(&(struct kgc_config){ .trace = 1 }))
		kgc_host_panic("no room for a heap");
	for (i = 0; i < NODES; i++) {
		n = kgc_alloc(sizeof *n, 0);
		if (!n)
			kgc_host_panic("out of memory");
		*n = (struct node){ .next = list, .number = i };
		if (i % STEP == 0)
			list = n;
		else if (i % DYING == 1)
			kgc_set_finalizer(n, count, NULL);
		if (finalizers_due) {
			finalizers_due = false;
			kgc_run_finalizers();
		}
	}
	for (n = list; n && n->number == i - STEP; n = n->next)
		i -= STEP;
	if (n || i)
		kgc_host_panic("the list has lost nodes");
	return nfinalized && !kgc_check();
}
