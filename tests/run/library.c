// SPDX-License-Identifier: MIT
/*
 * library.c - a program as an embedder writes it, over libkgc.a
 *
 * Keeps one list by a static variable, one by a local one and one in another
 * thread, makes garbage until collections have run, and looks whether all is
 * still there.  Its functions have names that are the library's inside.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <kgc/kgc.h>

struct node {
	struct node *next;
	size_t number;
	char text[40];
};

static struct node *kept;

/* Not ours alone: the library has one too, and keeps it to itself. */
struct node *span_lookup(struct node *list, size_t number)
{
	struct node *node = kgc_alloc(sizeof *node, 0);

	node->next = list;
	node->number = number;
	memset(node->text, 'x', sizeof node->text);
	return node;
}

static struct node *make_list(size_t n)
{
	struct node *list = NULL;

	while (n--) {
		list = span_lookup(list, n);
		kgc_alloc(200, KGC_NOSCAN);
	}
	return list;
}

static int count_faults(const struct node *list, size_t n)
{
	size_t i;

	for (i = 0; i < n && list; i++, list = list->next)
		if (list->number != i || list->text[39] != 'x')
			return 1;
	return i != n || list;
}

static void *run(void *arg)
{
	struct node *list = make_list(20000);
	int i;

	for (i = 0; i < 20; i++)
		make_list(5000);
	return (void *)(size_t)count_faults(list, 20000);
}

int main(void)
{
	struct kgc_memstats stats;
	struct node *local;
	pthread_t thread;
	void *faults;

	if (kgc_init(NULL)) {
		fprintf(stderr, "# no heap\n");
		return 1;
	}
	pthread_create(&thread, NULL, run, NULL);
	kept = make_list(20000);
	local = make_list(20000);
	run(NULL);
	kgc_collect();
	pthread_join(thread, &faults);
	kgc_read_memstats(&stats);
	if (faults || count_faults(kept, 20000) || count_faults(local, 20000) ||
	    stats.numgc < 2) {
		fprintf(stderr, "# faults, %u collections\n", stats.numgc);
		return 1;
	}
	return 0;
}
