// SPDX-License-Identifier: MIT
/* collect_test.c - a whole cycle, with the host's roots */
#include "own.h"

static char out[256];
static uintptr_t hidden[200];

/* Of its own, so that few addresses stay on the stack. */
static __attribute__((noinline)) void make(int n)
{
	int i;

	for (i = 0; i < n; i++)
		hidden[i] = ~(uintptr_t)heap_alloc(&own, 100 + i, i % 2);
}

/* How many of @n made are there still? */
static int count(int n)
{
	int i, there = 0;

	for (i = 0; i < n; i++)
		there += own_has((void *)~hidden[i]);
	return there;
}

KTEST(mm_collect, unreachable_objects_go)
{
	ASSERT(own_open(NULL));
	make(200);
	EXPECT_EQ(count(200), 200);
	collect(&own, true);
	EXPECT(count(200) < 20); /* a stale word may keep one or another */
	EXPECT_EQ(own_objects(), count(200));
	EXPECT_EQ(own.numgc, 1);
	EXPECT(own.swept);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_collect, static_and_local_pointers_keep)
{
	static void *volatile kept;
	void *volatile local;

	ASSERT(own_open(NULL));
	make(50);
	kept = (char *)~hidden[10] + 20;
	local = (void *)~hidden[33];
	collect(&own, true);
	EXPECT(own_has((void *)~hidden[10]));
	EXPECT(own_has((void *)~hidden[33]));
	EXPECT(own_has(local) && own_has((char *)kept - 20));
	kept = NULL;
	local = NULL;
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_collect, without_reason_does_nothing)
{
	ASSERT(OWN_OPEN(.heap_reserve = MIB, .heap_min = 100000));
	make(10);
	collect(&own, false);
	EXPECT_EQ(own.numgc, 0);
	EXPECT_EQ(own_objects(), 10);
	own.pacer.next_gc = 0;
	collect(&own, false);
	EXPECT_EQ(own.numgc, 1);
	collect(&own, true);
	EXPECT_EQ(own.numgc, 2);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_collect, trace_of_two_collects_twice)
{
	ASSERT(OWN_OPEN(.heap_reserve = MIB, .heap_min = 100000, .trace = 2));
	own.pacer.next_gc = 0;
	collect(&own, false);
	EXPECT_EQ(own.numgc, 2);
	collect(&own, true);
	EXPECT_EQ(own.numgc, 3);
	hostctl_last_output(out, sizeof(out));
	EXPECT(strstr(out, "gc3: "));
	own_close();
}

KTEST(mm_collect, debug_prints_the_pause)
{
	const char *p;

	ASSERT(OWN_OPEN(.heap_reserve = MIB, .debug = 1));
	collect(&own, true);
	hostctl_last_output(out, sizeof(out));
	for (p = out; strstr(p + 1, "pause ");)
		p = strstr(p + 1, "pause ");
	ASSERT(!memcmp(p, "pause ", 6));
	p += 6;
	EXPECT(*p >= '0' && *p <= '9');
	while (*p >= '0' && *p <= '9')
		p++;
	EXPECT_STR(p, "\n");
	own_close();
}

KTEST(mm_collect, pauses_are_kept)
{
	int i;

	ASSERT(own_open(NULL));
	for (i = 0; i < 3; i++)
		collect(&own, true);
	EXPECT_EQ(own.pause_total_ns,
		  own.pause_ns[0] + own.pause_ns[1] + own.pause_ns[2]);
	EXPECT_EQ(own.pause_ns[3], 0);
	EXPECT_EQ(own.sweepgen, 4 + 3 * 2);
	own_close();
}

KTEST(mm_collect, idle_pages_go_after_two_cycles)
{
	void *p;

	ASSERT(own_open(NULL));
	p = heap_alloc(&own, 500000, KGC_NOSCAN);
	ASSERT(p);
	collect(&own, true);
	heap_free(&own, p);
	p = NULL;
	collect(&own, true);
	EXPECT_EQ(own.pageheap.released_bytes, 0);
	collect(&own, true);
	EXPECT_EQ(own.pageheap.released_bytes, own.pageheap.sys);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_collect, world_runs_on_when_it_ends)
{
	const uint32_t before = heap.numgc;

	kgc_collect();
	EXPECT(heap.numgc > before);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_collect, disabled_collector_frees_nothing)
{
	const uint32_t cycles = kgc_cycles();

	kgc_disable();
	kgc_disable();
	kgc_collect();
	EXPECT_EQ(kgc_cycles(), cycles);
	kgc_enable();
	EXPECT(kgc_is_disabled());
	kgc_collect();
	EXPECT_EQ(kgc_cycles(), cycles);
	kgc_enable();
	EXPECT(!kgc_is_disabled());
	kgc_collect();
	EXPECT(kgc_cycles() > cycles);
}

static unsigned int begun, ended;

static void count_ends(bool begins)
{
	if (begins)
		begun++;
	else
		ended++;
}

KTEST(mm_collect, hook_sees_both_ends_of_a_cycle)
{
	begun = ended = 0;
	kgc_set_cycle_hook(count_ends);
	kgc_collect();
	kgc_set_cycle_hook(NULL);
	EXPECT(begun > 0);
	EXPECT_EQ(begun, ended);
}
