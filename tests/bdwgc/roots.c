// SPDX-License-Identifier: MIT
/*
 * roots.c - what static data keeps, and memory that is made a root
 */
#include <stdlib.h>

#include <gc.h>

#include "tap.h"

static void *volatile data[MANY] = { (void *)1 };
static void *volatile bss[MANY];
static void *volatile excluded[MANY];
static void **outside;
static int dead[4];

static void finalizer(void *p, void *arg)
{
	++*(int *)arg;
}

static void *object(int *count)
{
	void *p = GC_MALLOC(32);

	GC_REGISTER_FINALIZER(p, finalizer, count, NULL, NULL);
	return p;
}

__attribute__((noinline)) static void fill(void)
{
	int i;

	for (i = 0; i < MANY; i++) {
		data[i] = object(&dead[0]);
		bss[i] = object(&dead[1]);
		excluded[i] = object(&dead[2]);
		outside[i] = object(&dead[3]);
	}
}

/* What no collector looks at: atomic, and kept by its hidden address. */
static void outside_make(void)
{
	outside = GC_MALLOC_ATOMIC_UNCOLLECTABLE(MANY * sizeof(*outside));
}

int main(void)
{
	GC_INIT();
	outside_make();
	GC_exclude_static_roots((void *)excluded, (void *)(excluded + MANY));
	GC_add_roots(outside, outside + MANY);
	fill();
	TAP_COLLECT(2);
	ok(!dead[0] && !dead[1], "data and bss are roots");
	ok(dead[2] >= NEARLY, "what is excluded is none");
	ok(!dead[3], "what is added is one");
	GC_remove_roots(outside - 1, outside + MANY + 1);
	TAP_COLLECT(2);
	ok(dead[3] >= NEARLY, "until it is removed");
	GC_clear_exclusion_table();
	dead[2] = 0;
	fill();
	TAP_COLLECT(2);
	ok(!dead[2], "exclusions can be forgotten");
	return done();
}
