// SPDX-License-Identifier: MIT
/*
 * main.c - a program with a heap in one static array
 *
 * It keeps a short list, makes many times the array's size of garbage, and
 * counts the list again.
 */
#include <stdio.h>

#include <kgc/kgc.h>

#include "embed.h"

struct node {
	struct node *next;
	int number;
};

static struct node *push(struct node *list, int number)
{
	struct node *node = kgc_alloc(sizeof *node, 0);

	if (!node)
		return NULL;
	node->next = list;
	node->number = number;
	return node;
}

static int run(void)
{
	struct kgc_memstats stats;
	struct node *kept = NULL, *n;
	int i, count = 0;

	for (i = 0; i < 1000000; i++) {
		if (i % 1000 == 0)
			kept = push(kept, i);
		if (!kgc_alloc(100, KGC_NOSCAN))
			return 1;
	}
	for (n = kept; n; n = n->next)
		count++;
	kgc_read_memstats(&stats);
	printf("%d nodes kept, %u collections, %lu KiB of heap\n", count,
	       (unsigned int)stats.numgc,
	       (unsigned long)(stats.heap_sys >> 10));
	return count != 1000 || stats.numgc == 0;
}

int main(void)
{
	const struct kgc_config config = {
		.heap_reserve = (size_t)16 << 20,
		.heap_max = (size_t)8 << 20,
		.heap_min = (size_t)2 << 20,
		.nofault = true,
	};

	embed_stack_top = __builtin_frame_address(0);
	if (kgc_init(&config)) {
		printf("no room for the heap\n");
		return 1;
	}
	return run();
}
