// SPDX-License-Identifier: MIT
/*
 * threads_test.c - several threads allocate, free, hand over and collect
 *
 * Objects go from hand to hand through a table, by atomic exchange: whoever
 * takes one owns it, looks whether it is as it was made, and frees it or lets
 * it go.
 */
#include <stdatomic.h>
#include <string.h>

#include "system.h"

enum { NTHREADS = 5, NTABLE = 256, ROUNDS = 2500 };

struct parcel {
	struct parcel *inner; /* one more, reachable from here alone */
	uint32_t size, key;
	unsigned char body[];
};

static _Atomic(struct parcel *) table[NTABLE]; /* in bss, so a root */
static atomic_uint damaged, refused, passed;

static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static struct parcel *pack(uint32_t *state, unsigned int flags)
{
	const uint32_t r = next(state);
	const uint32_t size = r % 64 == 0 ? 40000 + r % 50000 : r % 700;
	struct parcel *p = kgc_alloc(sizeof *p + size, flags);
	uint32_t i;

	if (!p) {
		atomic_fetch_add(&refused, 1);
		return NULL;
	}
	for (i = 0; i < size; i += 97)
		if (p->body[i])
			atomic_fetch_add(&damaged, 1);
	p->size = size;
	p->key = r;
	memset(p->body, (unsigned char)r, size);
	return p;
}

static void inspect(const struct parcel *p)
{
	uint32_t i;

	for (i = 0; i < p->size; i++)
		if (p->body[i] != (unsigned char)p->key)
			break;
	if (i != p->size)
		atomic_fetch_add(&damaged, 1);
}

/* What comes out of the table is ours alone. */
static void unpack(struct parcel *p, uint32_t r)
{
	struct parcel *inner = p->inner;

	inspect(p);
	if (inner)
		inspect(inner);
	atomic_fetch_add(&passed, 1);
	if (r % 3 == 0)
		return; /* the collector's */
	if (inner && r % 3 == 1)
		kgc_free(inner);
	kgc_free(p);
}

static void trade(void *arg)
{
	uint32_t state = (uint32_t)(uintptr_t)arg * 7919 + 17, r;
	struct parcel *p;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		r = next(&state);
		p = pack(&state, 0);
		if (!p)
			continue;
		if (r % 4 == 0)
			p->inner = pack(&state, 0);
		p = atomic_exchange(&table[r / 16 % NTABLE], p);
		if (p)
			unpack(p, r / 4);
		if (i % 500 == 499)
			kgc_collect();
		if (i % 64 == 0)
			hostctl_yield();
	}
}

static void empty_table(void)
{
	int i;

	for (i = 0; i < NTABLE; i++)
		atomic_store(&table[i], NULL);
	atomic_store(&damaged, 0);
	atomic_store(&refused, 0);
	atomic_store(&passed, 0);
}

static void run_threads(void (*fn)(void *arg))
{
	struct hostctl_thread *thread[NTHREADS];
	uintptr_t i;

	for (i = 0; i < NTHREADS; i++)
		thread[i] = hostctl_spawn(fn, (void *)(i + 1));
	for (i = 0; i < NTHREADS; i++)
		if (EXPECT(thread[i]))
			hostctl_join(thread[i]);
}

KTEST(system_threads, objects_are_handed_over)
{
	empty_table();
	run_threads(trade);
	EXPECT_EQ(atomic_load(&damaged), 0);
	EXPECT_EQ(atomic_load(&refused), 0);
	EXPECT(atomic_load(&passed) > NTHREADS * ROUNDS / 2);
	EXPECT_EQ(kgc_check(), 0);
	empty_table();
	sys_collect(&heap);
	EXPECT_EQ(kgc_check(), 0);
}

/* Collections without a pause between them, while others work. */
static atomic_uint quit;

static void collect_all_the_time(void *arg)
{
	while (!atomic_load(&quit)) {
		kgc_collect();
		hostctl_yield();
	}
}

static void build_and_check(void *arg)
{
	struct parcel *list, *p;
	uint32_t state = (uint32_t)(uintptr_t)arg;
	int round, i;

	for (round = 0; round < 10; round++) {
		for (list = NULL, i = 0; i < 50; i++) {
			p = pack(&state, 0);
			if (!p)
				break;
			p->inner = list;
			list = p;
		}
		hostctl_yield();
		for (p = list; p; p = p->inner)
			inspect(p);
	}
}

KTEST(system_threads, lists_stand_under_constant_collection)
{
	struct hostctl_thread *collector;

	empty_table();
	atomic_store(&quit, 0);
	collector = hostctl_spawn(collect_all_the_time, NULL);
	run_threads(build_and_check);
	atomic_store(&quit, 1);
	hostctl_join(collector);
	EXPECT_EQ(atomic_load(&damaged), 0);
	EXPECT_EQ(atomic_load(&refused), 0);
	EXPECT_EQ(kgc_check(), 0);
}

/* The heap's own stress, every allocation of every thread. */
static void trade_a_little(void *arg)
{
	uint32_t state = (uint32_t)(uintptr_t)arg * 104729 + 5, r;
	struct parcel *p;
	int i;

	for (i = 0; i < 40; i++) {
		r = next(&state);
		p = pack(&state, 0);
		if (!p)
			continue;
		p = atomic_exchange(&table[r / 16 % NTABLE], p);
		if (p)
			unpack(p, r / 4);
	}
}

KTEST(system_threads, stress)
{
	const uint32_t old = heap.pacer.stress, cycles = heap.numgc;

	empty_table();
	heap.pacer.stress = 4;
	atomic_store(&heap.pacer.countdown, 4);
	run_threads(trade_a_little);
	heap.pacer.stress = old;
	EXPECT(heap.numgc - cycles >= 10);
	EXPECT_EQ(atomic_load(&damaged), 0);
	EXPECT_EQ(kgc_check(), 0);
	empty_table();
}

/* One list of uncollectable objects, freed by others than their makers. */
static void trade_uncollectable(void *arg)
{
	uint32_t state = (uint32_t)(uintptr_t)arg * 31 + 7, r;
	struct parcel *p;
	int i;

	for (i = 0; i < ROUNDS / 4; i++) {
		r = next(&state);
		p = pack(&state, i % 3 ? KGC_UNCOLLECTABLE : KGC_NOGC);
		if (!p)
			continue;
		p = atomic_exchange(&table[r / 16 % NTABLE], p);
		if (p) {
			inspect(p);
			kgc_free(p);
		}
		if (i % 200 == 199)
			kgc_collect();
		if (i % 64 == 0)
			hostctl_yield();
	}
}

KTEST(system_threads, uncollectable_objects_are_handed_over)
{
	static struct kgc_memstats NOROOT before, after;
	int i;

	empty_table();
	kgc_read_memstats(&before);
	run_threads(trade_uncollectable);
	EXPECT_EQ(atomic_load(&damaged), 0);
	EXPECT_EQ(atomic_load(&refused), 0);
	for (i = 0; i < NTABLE; i++)
		kgc_free(atomic_exchange(&table[i], NULL));
	kgc_read_memstats(&after);
	EXPECT_EQ(after.stacks_inuse, before.stacks_inuse);
	EXPECT_EQ(kgc_check(), 0);
}

/* --- coming and going ---------------------------------------------------- */

static void live_shortly(void *arg)
{
	char *p = kgc_alloc(100, 0);

	if (p)
		p[0] = 1;
}

static void churn(int n)
{
	struct hostctl_thread *thread[4];
	int i, k;

	for (i = 0; i < n; i += 4) {
		for (k = 0; k < 4; k++)
			thread[k] = hostctl_spawn(live_shortly, NULL);
		for (k = 0; k < 4; k++)
			if (EXPECT(thread[k]))
				hostctl_join(thread[k]);
	}
	sys_clear_stack();
	sys_settle();
}

KTEST(system_threads, two_hundred_come_and_go)
{
	static struct kgc_memstats NOROOT before, after;

	churn(40);
	kgc_read_memstats(&before);
	churn(200);
	kgc_read_memstats(&after);
	EXPECT_EQ(after.stacks_inuse, before.stacks_inuse);
	EXPECT_EQ(after.heap_inuse, before.heap_inuse);
	EXPECT_EQ(after.mcache_inuse, before.mcache_inuse);
	EXPECT_EQ(kgc_check(), 0);
}

/* --- from one slot to two ------------------------------------------------ */

enum { BLOCKS = 400, BLOCK = 128 };

static unsigned char *block[BLOCKS];

static bool is_filled(const unsigned char *p, unsigned char with)
{
	int i;

	for (i = 0; i < BLOCK; i++)
		if (p[i] != with)
			return false;
	return true;
}

static void fill_blocks(int from, int to)
{
	int i;

	for (i = from; i < to; i++) {
		block[i] = kgc_alloc(BLOCK, KGC_NOSCAN | KGC_NOZERO);
		ASSERT(block[i]);
		memset(block[i], (unsigned char)i, BLOCK);
	}
}

/* Those that the first thread gave out of a run, and of what it kept. */
static void second(void *arg)
{
	int i;

	for (i = 0; i < BLOCKS / 2; i += 5)
		if (block[i]) {
			kgc_free(block[i]);
			block[i] = NULL;
		}
	fill_blocks(BLOCKS / 2, BLOCKS * 3 / 4);
}

/*
 * The first thread has a run of which some is handed out and not set yet, one
 * that waits for what was freed of late, and what it freed, some of it in use
 * again: the second one finds all of it in order.
 */
KTEST(system_threads, a_second_slot_finds_what_the_first_has)
{
	int i;

	fill_blocks(0, BLOCKS / 4);
	for (i = 1; i < BLOCKS / 4; i += 2) {
		kgc_free(block[i]);
		block[i] = NULL;
	}
	fill_blocks(BLOCKS / 4, BLOCKS / 4 + 20);
	kgc_collect(); /* what is free lies alone from now on */
	fill_blocks(BLOCKS / 4 + 20, BLOCKS / 2);
	hostctl_join(hostctl_spawn(second, NULL));
	fill_blocks(BLOCKS * 3 / 4, BLOCKS);
	for (i = 0; i < BLOCKS; i++)
		EXPECT(!block[i] || is_filled(block[i], (unsigned char)i));
	EXPECT_EQ(kgc_check(), 0);
	for (i = 0; i < BLOCKS; i++)
		kgc_free(block[i]);
	EXPECT_EQ(kgc_check(), 0);
	memset(block, 0, sizeof(block));
}
