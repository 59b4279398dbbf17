// SPDX-License-Identifier: MIT
/*
 * tasks.c - a full collection with many threads that wait
 *
 * Each has a list on its stack and nothing else that refers to it.  The sum is
 * over what those lists hold.
 */
#include <pthread.h>
#include "bench.h"
#include "heap.h"
#include "peer.h"

enum { LENGTH = 8 };

struct node {
	struct node *next;
	uint64_t number;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static uint64_t count, nready;
static uintptr_t *first; /* by thread: its list, not as a root */

static void *task(void *arg)
{
	struct node *volatile list = NULL;
	uint64_t number = (uintptr_t)arg;

	for (int i = 0; i < LENGTH; i++) {
		struct node *n = peer_alloc(sizeof(*n));

		if (!n)
			die("tasks", "no memory");
		n->next = list;
		n->number = number;
		list = n;
	}
	first[number] = (uintptr_t)list;
	pthread_mutex_lock(&lock);
	nready++;
	pthread_cond_signal(&ready);
	while (list)
		pthread_cond_wait(&never, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void setup(char **args)
{
	count = number(args[0]);
	first = table_alloc(count, sizeof(*first));
	figures.ops = count;
	for (uintptr_t i = 0; i < count; i++) {
		heap_thread(task, (void *)i);
		pthread_mutex_lock(&lock);
		while (nready <= i)
			pthread_cond_wait(&ready, &lock);
		pthread_mutex_unlock(&lock);
	}
}

static uint64_t run(void)
{
	heap_collect(&figures.times);
	return 0;
}

static uint64_t check(void)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < count; i++)
		for (struct node *n = (struct node *)first[i]; n; n = n->next)
			sum += n->number + 1;
	return sum;
}

const struct workload tasks_workload = {
	.name = "tasks",
	.usage = "tasks COUNT",
	.nargs = 1,
	.setup = setup,
	.run = run,
	.check = check,
};
