// SPDX-License-Identifier: MIT
/*
 * atomic_test.c - what kgc_alloc_atomic() takes at most
 *
 * With virtual time (ICOUNT=1) a nanosecond is an instruction.  The longest
 * way looks at every word: the last is free, or none.
 */
#include <stdio.h>

#include <kernel/time.h>
#include <kgc/kgc.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

enum { CALLS = 1000, LEAST = 8 };

struct measure {
	void *last;
	unsigned int empty_ns; /* of CALLS calls that find nothing */
};

static void measure(void *arg)
{
	struct measure *m = arg;
	uint64_t begin;
	int i;

	m->last = kgc_alloc_atomic(LEAST);
	begin = time_now_ns();
	for (i = 0; i < CALLS; i++)
		kgc_alloc_atomic(LEAST);
	m->empty_ns = (unsigned int)(time_now_ns() - begin);
}

KTEST(kernel_atomic, the_longest_way)
{
	void *taken[KGC_ATOMIC_MAX - 1];
	struct measure m;
	int i;

	ASSERT_EQ(kgc_set_atomic(LEAST, KGC_ATOMIC_MAX), 0);
	for (i = 0; i < KGC_ATOMIC_MAX - 1; i++)
		taken[i] = kgc_alloc_atomic(LEAST);
	hostctl_interrupt(measure, &m);
	EXPECT(m.last);
	EXPECT(!kgc_alloc_atomic(LEAST));
	printf("# kgc_alloc_atomic: %u ns with %d blocks taken\n",
	       m.empty_ns / CALLS, KGC_ATOMIC_MAX);
	for (i = 0; i < KGC_ATOMIC_MAX - 1; i++)
		kgc_free(kgc_adopt(taken[i]));
	kgc_free(kgc_adopt(m.last));
	EXPECT_EQ(kgc_set_atomic(0, 0), 0);
}
