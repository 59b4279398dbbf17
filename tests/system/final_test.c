// SPDX-License-Identifier: MIT
/*
 * final_test.c - finalizers, run by the host's task
 *
 * A collection wakes that task, so at any time after one it may be at work:
 * counters are atomic, and a case that needs something queued and not run
 * has the task wait in a finalizer of its own.
 */
#include <stdatomic.h>
#include <string.h>

#include "system.h"

enum { N = SYS_BATCH, MOST = SYS_MOST, IDS = 2 * N };

struct node {
	struct node *next;
	uintptr_t id, value;
	unsigned int round; /* of the case that made it */
};

static atomic_uint runs[IDS], cycle_of[IDS], total, wrong;
static _Atomic(void *) saved[IDS];
static atomic_uint this_round;

/* The value of a node, which its finalizer looks at. */
static uintptr_t value_of(uintptr_t id)
{
	return id * 2654435761u ^ 0x5a5a5a5a;
}

/* Objects of earlier cases that a stale address kept are of no account. */
static void reset(void)
{
	int i;

	sys_settle();
	this_round++;
	for (i = 0; i < IDS; i++) {
		atomic_store(&runs[i], 0);
		atomic_store(&cycle_of[i], 0);
	}
	memset((void *)saved, 0, sizeof saved);
	atomic_store(&total, 0);
	atomic_store(&wrong, 0);
}

static void note(void *p, void *arg)
{
	struct node *n = p;

	if (n->round != this_round)
		return;
	if (n->value != value_of(n->id))
		atomic_fetch_add(&wrong, 1);
	atomic_store(&cycle_of[n->id], heap.numgc);
	atomic_fetch_add(&runs[n->id], 1);
	atomic_fetch_add(&total, 1);
}

static struct node *make(uintptr_t id, void (*fn)(void *, void *), void *arg)
{
	struct node *n = kgc_alloc(sizeof *n, 0);

	if (!n || (fn && kgc_set_finalizer(n, fn, arg)))
		return NULL;
	n->id = id;
	n->value = value_of(id);
	n->round = this_round;
	return n;
}

/*
 * Collect and give way until @want finalizers ran, or until many cycles in a
 * row have brought none.
 */
static bool wait_for(unsigned int want)
{
	unsigned int before, i, k;

	for (i = 0; i < 40 && atomic_load(&total) < want; i++) {
		before = atomic_load(&total);
		sys_collect(&heap);
		for (k = 0; k < 200 && atomic_load(&total) < want; k++)
			hostctl_yield();
		kgc_run_finalizers();
		if (atomic_load(&total) != before)
			i = 0;
	}
	return atomic_load(&total) >= want;
}

/* Some more cycles, for what should not happen to happen. */
static void go_on(void)
{
	int i, k;

	for (i = 0; i < 3; i++) {
		sys_collect(&heap);
		for (k = 0; k < 20; k++)
			hostctl_yield();
		kgc_run_finalizers();
	}
}

static unsigned int count_runs(unsigned int first, unsigned int n,
			       unsigned int times)
{
	unsigned int i, found = 0;

	for (i = first; i < first + n; i++)
		found += atomic_load(&runs[i]) == times;
	return found;
}

/* --- when ---------------------------------------------------------------- */

static __attribute__((noinline)) void make_plain(void)
{
	int i;

	for (i = 0; i < N; i++)
		EXPECT(make(i, note, NULL));
	sys_clear_stack();
}

KTEST(system_final, the_hosts_task_runs_them)
{
	reset();
	make_plain();
	EXPECT(wait_for(MOST));
	EXPECT_EQ(atomic_load(&wrong), 0);
}

KTEST(system_final, each_runs_once)
{
	reset();
	make_plain();
	EXPECT(wait_for(MOST));
	go_on();
	EXPECT_EQ(count_runs(0, N, 0) + count_runs(0, N, 1), N);
	EXPECT(count_runs(0, N, 1) >= MOST);
	EXPECT_EQ(atomic_load(&wrong), 0);
}

KTEST(system_final, living_objects_wait)
{
	static struct node *held[N];
	int i;

	reset();
	for (i = 0; i < N; i++)
		held[i] = make(i, note, NULL);
	go_on();
	EXPECT_EQ(atomic_load(&total), 0);
	memset(held, 0, sizeof held);
	EXPECT(wait_for(MOST));
}

/* --- order --------------------------------------------------------------- */

static __attribute__((noinline)) void make_pairs(void)
{
	struct node *a, *b;
	int i;

	for (i = 0; i < N; i++) {
		b = make(N + i, note, NULL);
		a = make(i, note, NULL);
		ASSERT(a && b);
		a->next = b;
	}
	sys_clear_stack();
}

KTEST(system_final, who_points_goes_first)
{
	unsigned int i, early = 0;

	reset();
	make_pairs();
	EXPECT(wait_for(2 * MOST));
	for (i = 0; i < N; i++)
		if (atomic_load(&runs[N + i]))
			early += !atomic_load(&runs[i]) ||
				 atomic_load(&cycle_of[N + i]) <=
					 atomic_load(&cycle_of[i]);
	EXPECT_EQ(early, 0);
	EXPECT_EQ(atomic_load(&wrong), 0);
}

static __attribute__((noinline)) void make_cycles(struct sys_batch *b)
{
	struct node *a, *c;
	int i;

	for (i = 0; i < N; i++) {
		a = make(i, note, NULL);
		ASSERT(a);
		a->next = a;
		if (i % 2) {
			c = make(i, NULL, NULL);
			ASSERT(c);
			c->next = a;
			a->next = c;
		}
		b->inverse[i] = ~(uintptr_t)a;
	}
	sys_clear_stack();
}

static __attribute__((noinline)) void unset_all(const struct sys_batch *b)
{
	int i;

	for (i = 0; i < N; i++)
		kgc_set_finalizer((void *)~b->inverse[i], NULL, NULL);
	sys_clear_stack();
}

KTEST(system_final, a_cycle_through_itself_never_goes)
{
	struct sys_batch b;

	reset();
	make_cycles(&b);
	go_on();
	EXPECT_EQ(atomic_load(&total), 0);
	EXPECT_EQ(sys_batch_live(&heap, &b), N);
	unset_all(&b);
	go_on();
	EXPECT_EQ(atomic_load(&total), 0);
	EXPECT(sys_batch_live(&heap, &b) <= N - MOST);
}

/* --- what a finalizer may do --------------------------------------------- */

static void save(void *p, void *arg)
{
	note(p, arg);
	saved[((struct node *)p)->id] = p;
}

static __attribute__((noinline)) void make_saved(struct sys_batch *b)
{
	struct node *n;
	int i;

	for (i = 0; i < N; i++) {
		n = make(i, save, NULL);
		ASSERT(n);
		n->next = make(N + i, NULL, NULL);
		b->inverse[i] = ~(uintptr_t)n;
	}
	sys_clear_stack();
}

KTEST(system_final, resurrected_objects_live_and_run_no_more)
{
	struct sys_batch b;
	unsigned int i;
	struct node *n;

	reset();
	make_saved(&b);
	EXPECT(wait_for(MOST));
	go_on();
	for (i = 0; i < N; i++) {
		n = saved[i];
		if (!n)
			continue;
		EXPECT(kgc_lookup(n, NULL) == n);
		EXPECT_EQ(n->value, value_of(i));
		EXPECT(kgc_lookup(n->next, NULL) == n->next);
		EXPECT_EQ(n->next->value, value_of(N + i));
	}
	n = NULL;
	memset((void *)saved, 0, sizeof saved);
	go_on();
	EXPECT(count_runs(0, N, 1) >= MOST);
	EXPECT_EQ(count_runs(0, N, 0) + count_runs(0, N, 1), N);
	EXPECT(sys_batch_live(&heap, &b) <= N - MOST);
}

static void again(void *p, void *arg)
{
	note(p, arg);
	if (atomic_load(&runs[((struct node *)p)->id]) < 3 &&
	    kgc_set_finalizer(p, again, arg))
		atomic_fetch_add(&wrong, 1);
}

static __attribute__((noinline)) void make_again(void)
{
	int i;

	for (i = 0; i < N; i++)
		EXPECT(make(i, again, NULL));
	sys_clear_stack();
}

KTEST(system_final, registered_again_it_runs_again)
{
	reset();
	make_again();
	EXPECT(wait_for(3 * MOST));
	go_on();
	EXPECT(count_runs(0, N, 3) >= MOST);
	EXPECT_EQ(atomic_load(&wrong), 0);
}

static _Atomic(struct node *) made; /* by two threads at once, perhaps */

static void allocate(void *p, void *arg)
{
	struct node *n;
	int i;

	note(p, arg);
	for (i = 0; i < 20; i++) {
		n = kgc_alloc(sizeof *n + i * 40, 0);
		if (!n) {
			atomic_fetch_add(&wrong, 1);
			return;
		}
		n->value = value_of(i);
		n->id = i;
		n->next = atomic_load(&made);
		while (!atomic_compare_exchange_weak(&made, &n->next, n))
			;
	}
	kgc_collect();
}

static __attribute__((noinline)) void make_allocating(void)
{
	int i;

	for (i = 0; i < N; i++)
		EXPECT(make(i, allocate, NULL));
	sys_clear_stack();
}

KTEST(system_final, finalizers_allocate_and_collect)
{
	unsigned int n = 0, bad = 0;
	struct node *m;

	reset();
	atomic_store(&made, NULL);
	make_allocating();
	EXPECT(wait_for(MOST));
	go_on();
	for (m = atomic_load(&made); m; m = m->next, n++)
		bad += m->value != value_of(m->id);
	EXPECT_EQ(bad, 0);
	EXPECT(n >= 20 * MOST);
	EXPECT_EQ(atomic_load(&wrong), 0);
	atomic_store(&made, NULL);
	EXPECT_EQ(kgc_check(), 0);
}

/* --- arguments ----------------------------------------------------------- */

static void look_at(void *p, void *arg)
{
	const struct node *a = arg;

	note(p, arg);
	if (a->value != value_of(a->id) || a->next->value != value_of(a->id))
		atomic_fetch_add(&wrong, 1);
}

static __attribute__((noinline)) void make_with_args(struct node **held)
{
	struct node *a;
	int i;

	for (i = 0; i < N; i++) {
		a = make(N + i, NULL, NULL);
		ASSERT(a);
		a->next = make(N + i, NULL, NULL);
		held[i] = make(i, look_at, a);
	}
	sys_clear_stack();
}

KTEST(system_final, arguments_live_until_then)
{
	static struct node *held[N];
	struct sys_batch b;

	reset();
	make_with_args(held);
	go_on();
	/* What the arguments' memory would be used for, were they gone. */
	sys_batch_make(&b, &heap, sizeof(struct node), 0);
	EXPECT_EQ(atomic_load(&total), 0);
	memset(held, 0, sizeof held);
	EXPECT(wait_for(MOST));
	EXPECT_EQ(atomic_load(&wrong), 0);
}

/* --- registering --------------------------------------------------------- */

KTEST(system_final, one_at_a_time)
{
	struct node *n;

	reset();
	n = make(0, note, NULL);
	ASSERT(n);
	EXPECT_EQ(kgc_set_finalizer(n, note, NULL), -KGC_EBUSY);
	EXPECT_EQ(kgc_set_finalizer(n, NULL, NULL), 0);
	EXPECT_EQ(kgc_set_finalizer(n, NULL, NULL), 0);
	EXPECT_EQ(kgc_set_finalizer(n, note, NULL), 0);
	EXPECT_EQ(kgc_set_finalizer(n, NULL, NULL), 0);
	kgc_free(n);
}

static __attribute__((noinline)) void make_removed(void)
{
	struct node *n;
	int i;

	for (i = 0; i < N; i++) {
		n = make(i, note, NULL);
		ASSERT(n);
		EXPECT_EQ(kgc_set_finalizer(n, NULL, NULL), 0);
	}
	sys_clear_stack();
}

KTEST(system_final, removed_ones_do_not_run)
{
	reset();
	make_removed();
	go_on();
	EXPECT_EQ(atomic_load(&total), 0);
}

static __attribute__((noinline)) void make_freed(void)
{
	struct node *n;
	int i;

	for (i = 0; i < N; i++) {
		n = make(i, note, NULL);
		ASSERT(n);
		kgc_free(n);
	}
	/* The same memory, for objects that have none. */
	for (i = 0; i < N; i++)
		make(i, NULL, NULL);
	sys_clear_stack();
}

KTEST(system_final, freed_objects_do_not_run)
{
	reset();
	make_freed();
	go_on();
	EXPECT_EQ(atomic_load(&total), 0);
	EXPECT_EQ(kgc_check(), 0);
}

static atomic_uint blocked, let_go;

static void block(void *p, void *arg)
{
	atomic_fetch_add(&blocked, 1);
	while (!atomic_load(&let_go))
		hostctl_yield();
}

static __attribute__((noinline)) void make_blockers(void)
{
	int i;

	/* More than one, since one may be held by accident. */
	for (i = 0; i < 8; i++)
		EXPECT(make(0, block, NULL));
	sys_clear_stack();
}

static __attribute__((noinline)) void make_batch(struct sys_batch *b)
{
	int i;

	for (i = 0; i < N; i++)
		b->inverse[i] = ~(uintptr_t)make(i, note, NULL);
	sys_clear_stack();
}

static __attribute__((noinline)) void free_batch(const struct sys_batch *b)
{
	int i;

	for (i = 0; i < N; i++)
		kgc_free((void *)~b->inverse[i]);
	sys_clear_stack();
}

/* With the host's task waiting, so that what is queued stays queued. */
static bool begin_block(void)
{
	int i, k;

	atomic_store(&blocked, 0);
	atomic_store(&let_go, 0);
	make_blockers();
	for (i = 0; i < 20 && !atomic_load(&blocked); i++) {
		sys_collect(&heap);
		for (k = 0; k < 1000 && !atomic_load(&blocked); k++)
			hostctl_yield();
	}
	return atomic_load(&blocked);
}

KTEST(system_final, queued_objects_may_be_freed)
{
	struct sys_batch b;

	reset();
	if (!EXPECT(begin_block())) {
		atomic_store(&let_go, 1);
		return;
	}
	make_batch(&b);
	sys_collect(&heap);
	EXPECT(heap.specials.nqueued >= MOST);
	EXPECT_EQ(atomic_load(&total), 0);
	EXPECT_EQ(sys_batch_live(&heap, &b), N);
	EXPECT_EQ(kgc_check(), 0);
	free_batch(&b);
	EXPECT(heap.specials.nqueued < 16);
	EXPECT_EQ(kgc_check(), 0);
	atomic_store(&let_go, 1);
	go_on();
	EXPECT_EQ(atomic_load(&total), 0);
}

KTEST(system_final, queued_objects_live_until_they_run)
{
	struct sys_batch b;
	int i;

	reset();
	if (!EXPECT(begin_block())) {
		atomic_store(&let_go, 1);
		return;
	}
	make_batch(&b);
	for (i = 0; i < 4; i++)
		sys_collect(&heap);
	EXPECT_EQ(sys_batch_live(&heap, &b), N);
	EXPECT_EQ(atomic_load(&total), 0);
	atomic_store(&let_go, 1);
	EXPECT(wait_for(MOST));
	EXPECT_EQ(atomic_load(&wrong), 0);
	go_on();
	EXPECT(sys_batch_live(&heap, &b) <= N - MOST);
}

/* --- many ---------------------------------------------------------------- */

enum { LENGTH = 8, NLISTS = IDS / LENGTH };

static __attribute__((noinline)) void make_lists(void)
{
	struct node *last = NULL, *n;
	int i;

	for (i = IDS - 1; i >= 0; i--) {
		n = make(i, note, NULL);
		ASSERT(n);
		n->next = i % LENGTH == LENGTH - 1 ? NULL : last;
		last = n;
	}
	sys_clear_stack();
}

/* Only the head of a list can go in each cycle. */
KTEST(system_final, lists_go_from_their_heads)
{
	unsigned int i, early = 0;

	reset();
	make_lists();
	EXPECT(wait_for((NLISTS - 4) * LENGTH));
	for (i = 0; i < IDS; i++)
		if (i % LENGTH && atomic_load(&runs[i]))
			early += atomic_load(&cycle_of[i]) <=
				 atomic_load(&cycle_of[i - 1]);
	EXPECT_EQ(early, 0);
	EXPECT_EQ(atomic_load(&wrong), 0);
}

/* The table of records grows, and sweeping leaves those of the living. */
KTEST(system_final, ten_thousand)
{
	static struct node *held[10000];
	int i;

	reset();
	for (i = 0; i < 10000; i++) {
		held[i] = make(i % IDS, note, NULL);
		ASSERT(held[i]);
	}
	sys_collect(&heap);
	EXPECT_EQ(kgc_check(), 0);
	EXPECT_EQ(atomic_load(&total), 0);
	memset(held, 0, sizeof held);
	EXPECT(wait_for(9900));
	EXPECT_EQ(kgc_check(), 0);
	EXPECT_EQ(atomic_load(&wrong), 0);
}
