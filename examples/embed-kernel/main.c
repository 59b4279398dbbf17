// SPDX-License-Identifier: MIT
/*
 * main.c - the program: two tasks allocate 220 MB and free nothing
 *
 * Each keeps every 1000th node in a list that only its own stack leads to,
 * and some of the others have a finalizer.  At the end the lists are counted
 * and the heap is checked.
 */
#include <kgc/host.h>
#include <kgc/kgc.h>

#include "kernel.h"

enum { NODES = 2300000, STEP = 1000, DYING = 100000 };

struct node {
	struct node *next;
	size_t number;
	char text[32];
};
static unsigned int ndone, ngood, nfinalized;

static void count(void *p, void *arg) { nfinalized++; }

static struct node *make(struct node *next, size_t number)
{
	struct node *n = kgc_alloc(sizeof *n, 0);

	if (!n)
		kgc_host_panic("out of memory at node %lu",
			       (unsigned long)number);
	n->next = next;
	n->number = number;
	return n;
}

static void work(void *arg)
{
	struct node *list = NULL, *n = NULL;
	size_t i, wanted = NODES;

	for (i = 0; i < NODES; i++) {
		n = make(list, i);
		if (i % STEP == 0)
			list = n;
		else if (i % STEP == 1)
			task_yield();
		else if (i % DYING == 2)
			kgc_set_finalizer(n, count, NULL);
	}
	for (n = list; n && n->number == wanted - STEP; n = n->next)
		wanted -= STEP;
	ngood += !n && wanted == 0;
	ndone++;
}

int program(void)
{
	struct kgc_memstats stats;
	int faults;

	if (kgc_init(&(struct kgc_config){ .trace = 1 }))
		kgc_host_panic("no room for a heap");
	task_start(work, NULL);
	task_start(work, NULL);
	while (ndone < 2) {
		task_yield();
		if (finalizers_due) {
			finalizers_due = false;
			kgc_run_finalizers();
		}
	}
	kgc_collect();
	kgc_run_finalizers();
	faults = kgc_check();
	kgc_read_memstats(&stats);
	say("%u lists whole, %u of %u finalizers ran, %u faults, "
	    "%llu MB allocated, %llu KB taken from the machine\n",
	    ngood, nfinalized, 2 * NODES / DYING, faults,
	    (unsigned long long)stats.total_alloc >> 20,
	    (unsigned long long)stats.sys >> 10);
	return ngood != 2 || faults || !nfinalized;
}
