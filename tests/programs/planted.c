// SPDX-License-Identifier: MIT
/*
 * planted.c - a heap of which all is known, for a debugger to be asked
 *
 * It prints what the collector says of it, stops at planted_stop(), and
 * aborts.  An address that is told is kept and printed as its complement, so
 * that no word but the planted ones refers to an object.
 */
#include <kgc/kgc.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHAIN = 10, LOST = 1000, LOST_SIZE = 200, WEIGHT = 72, KIND_SIZE = 300 };

struct link {
	struct link *next;
	char weight[WEIGHT];
};

struct link *planted, *late;
volatile uintptr_t hidden; /* ~ the chain's last */
enum { HELD, VALUE, FINAL, NAMED, UNNAMED, KINDS };
volatile uintptr_t kinds[KINDS]; /* ~ what is held otherwise */
void *key, *typed;
static pthread_t thread;
static sem_t never;

__attribute__((noinline)) static void plant_chain(void)
{
	struct link *l;
	int i;

	for (i = 0; i < CHAIN; i++) {
		l = kgc_alloc(sizeof(*l), 0);
		l->next = planted;
		planted = l;
		if (i == 0)
			hidden = ~(uintptr_t)l;
	}
}

__attribute__((noinline)) static void plant_leak(void)
{
	volatile uintptr_t *pair[2];
	int i;

	for (i = 0; i < LOST; i++)
		kgc_alloc(LOST_SIZE, KGC_NOSCAN | KGC_NOZERO);
	/* Two that refer to each other alone. */
	pair[0] = kgc_alloc(LOST_SIZE, 0);
	pair[1] = kgc_alloc(LOST_SIZE, 0);
	*pair[0] = (uintptr_t)pair[1];
	*pair[1] = (uintptr_t)pair[0];
	pair[0] = pair[1] = NULL;
}

static void finalize(void *p, void *arg)
{
}

__attribute__((noinline)) static void plant_kinds(void)
{
	const uintptr_t first = 1; /* of two words, that one is a pointer */
	void **holder = kgc_alloc(KIND_SIZE, KGC_UNCOLLECTABLE);
	void *p[KINDS];
	int i;

	for (i = 0; i < KINDS; i++)
		p[i] = kgc_alloc(KIND_SIZE, 0);
	holder[1] = p[HELD];
	key = kgc_alloc(KIND_SIZE, 0);
	kgc_set_ephemeron(key, p[VALUE]);
	kgc_set_finalizer(p[FINAL], finalize, NULL);
	typed = kgc_alloc_typed(KIND_SIZE, kgc_type(&first, 2 * sizeof(p[0])),
				0);
	((void **)typed)[0] = p[NAMED];
	((void **)typed)[1] = p[UNNAMED];
	for (i = 0; i < KINDS; i++) {
		kinds[i] = ~(uintptr_t)p[i];
		((void *volatile *)p)[i] = NULL;
	}
}

__attribute__((noinline)) static void plant_wait(void)
{
	sem_wait(&never);
	hidden = 0; /* the call is not its last deed, so it has a frame */
}

static void *plant_thread(void *arg)
{
	plant_wait();
	return NULL;
}

static void count(void *p, size_t size, unsigned int flags, void *arg)
{
	((size_t *)arg)[size == LOST_SIZE + 8 || size == LOST_SIZE]++;
}

/* Overwrite what calls before have left below. */
__attribute__((noinline)) static void clear_stack(void)
{
	volatile char room[4096];
	size_t i;

	for (i = 0; i < sizeof(room); i++)
		room[i] = 0;
}

static void show_link(const struct kgc_link *link, void *arg)
{
	if (link->root)
		printf("root %s\n", link->root);
}

static void no_link(const struct kgc_link *link, void *arg)
{
}

__attribute__((noinline)) void planted_stop(void)
{
	__asm__ volatile("" ::: "memory");
}

int main(void)
{
	struct kgc_memstats *stats = malloc(sizeof(*stats));
	size_t lost[2] = { 0, 0 };
	int i;

	kgc_set_percent(-1);
	plant_chain();
	plant_leak();
	plant_kinds();
	clear_stack();
	sem_init(&never, 0, 0);
	pthread_create(&thread, NULL, plant_thread, NULL);
	sleep(1);
	printf("links %d\n", kgc_why((void *)~hidden, show_link, NULL));
	printf("kinds");
	for (i = 0; i < KINDS; i++)
		printf(" %d", kgc_why((void *)~kinds[i], no_link, NULL));
	printf("\n");
	kgc_find_leaks(count, lost);
	printf("lost %zu others %zu\n", lost[1], lost[0]);
	printf("target %#lx\n", (unsigned long)hidden);
	late = kgc_alloc(sizeof(*late), 0); /* a window holds the next ones */
	kgc_read_memstats(stats);
	printf("objects %llu bytes %llu nmalloc %llu\n",
	       (unsigned long long)stats->heap_objects,
	       (unsigned long long)stats->heap_alloc,
	       (unsigned long long)stats->nmalloc);
	printf("sys %llu inuse %llu next %llu\n",
	       (unsigned long long)stats->heap_sys,
	       (unsigned long long)stats->heap_inuse,
	       (unsigned long long)stats->next_gc);
	planted_stop();
	abort();
}
