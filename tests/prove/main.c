// SPDX-License-Identifier: MIT
/*
 * main.c - run the claims that are linked in
 *
 * Prints "proved: <bits>:<name>" for each, or "refuted:" with the case; the
 * status is 1 if one was refuted.  With an argument, those alone whose name it
 * is.  A panic of mm/ refutes the claim that it happens in.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <tests/hostctl.h>

#include "prove.h"

unsigned long long ncases;

static struct claim *claims, **claims_end = &claims;
static jmp_buf ended;
static const char *running;

void claim_add(struct claim *c)
{
	*claims_end = c;
	claims_end = &c->next;
}

void refute(const char *what, const char *file, int line, unsigned long a,
	    unsigned long b, unsigned long c)
{
	printf("refuted: %d:%s: %s at %s:%d, case %#lx %#lx %#lx\n",
	       (int)WORD_SIZE * 8, running, what, file, line, a, b, c);
	longjmp(ended, 1);
}

struct heap *prove_heap(void)
{
	static const struct kgc_config config = {
		.heap_reserve = 64 * MIB,
		.percent = -1,
		.profile_rate = KGC_PROFILE_OFF,
	};

	if (kgc_init(&config)) {
		printf("refuted: %s: no memory for a heap\n", running);
		exit(1);
	}
	return &heap;
}

struct heap *prove_bits(void *bitmap_end)
{
	static struct heap h;

	memset(&h, 0, sizeof(h));
	h.arena.start = (uintptr_t)bitmap_end;
	if (sizeclass_init(&h.classes) != KGC_NCLASSES)
		refute("61 classes", __FILE__, __LINE__, 0, 0, 0);
	return &h;
}

static void run(void *arg)
{
	const struct claim *c = arg;

	c->fn();
}

/* True if it holds: refute() and a panic say why not. */
static bool holds(struct claim *c)
{
	char panic[200];

	if (setjmp(ended))
		return false;
	if (!hostctl_catch_panic(run, c, panic, sizeof(panic)))
		return true;
	printf("refuted: %d:%s: %s\n", (int)WORD_SIZE * 8, running, panic);
	return false;
}

static bool prove(struct claim *c)
{
	bool proved;

	running = c->name;
	ncases = 0;
	proved = holds(c);
	if (proved)
		printf("proved: %d:%s (%llu cases)\n", (int)WORD_SIZE * 8,
		       c->name, ncases);
	fflush(stdout);
	if (heap.arena.start)
		heap_destroy(&heap);
	return proved;
}

int main(int argc, char **argv)
{
	struct claim *c;
	int refuted = 0;

	for (c = claims; c; c = c->next)
		if (argc < 2 || !strcmp(argv[1], c->name))
			refuted |= !prove(c);
	return refuted;
}
