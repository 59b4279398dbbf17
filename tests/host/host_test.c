// SPDX-License-Identifier: MIT
/*
 * host_test.c - does this host keep the contract of kgc/host.h?
 *
 * Nothing here needs mm/: what is tested is the ground that it stands on.  On
 * one CPU threads are tasks that are preempted, so a thread that waits for
 * another yields, and none waits for another while the world is stopped.
 *
 * Between stop and start nothing is printed: another thread may hold the lock
 * of stdio.  Findings are kept and compared after the start.
 */
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <kgc/host.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

#define SIZE ((size_t)64 * KGC_PAGE_SIZE)

/* Reads what belongs to others, and between variables. */
#define UNCHECKED \
	__attribute__((no_sanitize_address, no_sanitize_thread, noinline))

static bool is_zero(const unsigned char *p, size_t n)
{
	while (n && !*p) {
		p++;
		n--;
	}
	return !n;
}

/* --- address space ------------------------------------------------------- */

KTEST(host, reserve_is_page_aligned)
{
	void *p = kgc_host_reserve(SIZE, NULL, NULL);

	ASSERT(p);
	EXPECT_EQ((uintptr_t)p % KGC_PAGE_SIZE, 0);
	kgc_host_release(p, SIZE);
}

KTEST(host, reserve_keeps_to_its_bounds)
{
	char *p = kgc_host_reserve(2 * SIZE, NULL, NULL), *q;

	ASSERT(p);
	kgc_host_release(p, 2 * SIZE);
	q = kgc_host_reserve(SIZE, p, p + 2 * SIZE);
	if (q) {
		EXPECT(q >= p && q + SIZE <= p + 2 * SIZE);
		kgc_host_release(q, SIZE);
	}
	EXPECT(!kgc_host_reserve(2 * SIZE, p, p + SIZE));
}

KTEST(host, reserve_does_not_overlap)
{
	char *p[8];
	int i, j;

	for (i = 0; i < 8; i++) {
		p[i] = kgc_host_reserve(SIZE, NULL, NULL);
		EXPECT(p[i]);
		for (j = 0; j < i; j++)
			EXPECT(p[i] + SIZE <= p[j] || p[j] + SIZE <= p[i]);
	}
	for (i = 0; i < 8; i++)
		if (p[i])
			kgc_host_release(p[i], SIZE);
}

KTEST(host, released_space_is_had_again)
{
	void *p;
	int i;

	for (i = 0; i < 1000; i++) {
		p = kgc_host_reserve(16 * SIZE, NULL, NULL);
		ASSERT(p);
		ASSERT_EQ(kgc_host_commit(p, KGC_PAGE_SIZE), 0);
		kgc_host_release(p, 16 * SIZE);
	}
}

KTEST(host, commit_is_zero_and_writable)
{
	unsigned char *p = kgc_host_reserve(SIZE, NULL, NULL);

	ASSERT(p);
	ASSERT_EQ(kgc_host_commit(p, SIZE), 0);
	EXPECT(is_zero(p, SIZE));
	memset(p, 0x5a, SIZE);
	EXPECT_EQ(p[SIZE - 1], 0x5a);
	kgc_host_release(p, SIZE);
}

KTEST(host, commit_after_decommit_is_zero)
{
	unsigned char *p = kgc_host_reserve(SIZE, NULL, NULL);
	unsigned char *middle = p + 2 * KGC_PAGE_SIZE;

	ASSERT(p);
	ASSERT_EQ(kgc_host_commit(p, SIZE), 0);
	memset(p, 0x5a, SIZE);
	kgc_host_decommit(middle, 3 * KGC_PAGE_SIZE);
	ASSERT_EQ(kgc_host_commit(middle, 3 * KGC_PAGE_SIZE), 0);
	EXPECT(is_zero(middle, 3 * KGC_PAGE_SIZE));
	EXPECT_EQ(middle[-1], 0x5a);
	EXPECT_EQ(middle[3 * KGC_PAGE_SIZE], 0x5a);
	kgc_host_release(p, SIZE);
}

KTEST(host, failed_commit_leaves_it_reserved)
{
	unsigned char *p = kgc_host_reserve(SIZE, NULL, NULL);

	ASSERT(p);
	hostctl_fail_commit(1);
	EXPECT(kgc_host_commit(p, SIZE) < 0);
	EXPECT_EQ(hostctl_commits(), 1);
	hostctl_fail_commit(0);
	ASSERT_EQ(kgc_host_commit(p, SIZE), 0);
	EXPECT(is_zero(p, SIZE));
	kgc_host_release(p, SIZE);
}

KTEST(host, the_nth_call_fails_once)
{
	void *p, *q;

	hostctl_fail_commit(2);
	p = kgc_host_reserve(SIZE, NULL, NULL);
	EXPECT(p);
	EXPECT(!kgc_host_reserve(SIZE, NULL, NULL));
	q = kgc_host_reserve(SIZE, NULL, NULL);
	EXPECT(q);
	hostctl_fail_commit(0);
	if (p)
		kgc_host_release(p, SIZE);
	if (q)
		kgc_host_release(q, SIZE);
}

/* --- pins ---------------------------------------------------------------- */

KTEST(host, pins_nest)
{
	unsigned int slot;

	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	slot = kgc_host_pin();
	EXPECT_EQ(kgc_host_context(), KGC_PINNED);
	EXPECT_EQ(kgc_host_pin(), slot);
	kgc_host_unpin();
	EXPECT_EQ(kgc_host_context(), KGC_PINNED);
	kgc_host_unpin();
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
}

#define MANY_SLOTS 256
static atomic_uint owners[MANY_SLOTS];
static atomic_uint collisions;

static void enter_and_leave(void *arg)
{
	unsigned int slot;
	int i;

	for (i = 0; i < 200; i++) {
		slot = kgc_host_pin() % MANY_SLOTS;
		if (atomic_fetch_add(&owners[slot], 1))
			atomic_fetch_add(&collisions, 1);
		kgc_host_relax();
		if (kgc_host_pin() % MANY_SLOTS != slot)
			atomic_fetch_add(&collisions, 1);
		kgc_host_unpin();
		atomic_fetch_sub(&owners[slot], 1);
		kgc_host_unpin();
		if (i % 50 == 0)
			hostctl_yield();
	}
}

/* A process has more threads than slots: some share one. */
KTEST(host, a_slot_has_one_user_at_a_time)
{
	struct hostctl_thread *thread[70];
	int n = strcmp(hostctl_name(), "hosted") ? 4 : 70, i;

	atomic_store(&collisions, 0);
	for (i = 0; i < n; i++)
		thread[i] = hostctl_spawn(enter_and_leave, NULL);
	for (i = 0; i < n; i++)
		hostctl_join(thread[i]);
	EXPECT_EQ(atomic_load(&collisions), 0);
}

/* --- stopping the world -------------------------------------------------- */

static atomic_uint quit, inside, steps;

static void spin_pinned(void *arg)
{
	int i;

	while (!atomic_load(&quit)) {
		kgc_host_pin();
		atomic_fetch_add(&inside, 1);
		for (i = 0; i < 100; i++)
			atomic_fetch_add(&steps, 1);
		atomic_fetch_sub(&inside, 1);
		kgc_host_unpin();
	}
}

static void wait_for_steps(void)
{
	unsigned int before = atomic_load(&steps);

	while (atomic_load(&steps) == before)
		hostctl_yield();
}

KTEST(host, stop_waits_for_pinned_sections)
{
	struct hostctl_thread *thread;
	unsigned int i, k, before, within = 0, moved = 0;

	atomic_store(&quit, 0);
	thread = hostctl_spawn(spin_pinned, NULL);
	for (i = 0; i < 100; i++) {
		wait_for_steps();
		while (!kgc_host_stop_world())
			;
		within += atomic_load(&inside);
		before = atomic_load(&steps);
		for (k = 0; k < 1000; k++)
			kgc_host_relax();
		moved += atomic_load(&steps) - before;
		kgc_host_start_world();
	}
	atomic_store(&quit, 1);
	hostctl_join(thread);
	EXPECT_EQ(within, 0);
	EXPECT_EQ(moved, 0);
}

KTEST(host, stopper_counts_as_pinned)
{
	enum kgc_context context = KGC_INTERRUPT;

	ASSERT(kgc_host_stop_world());
	context = kgc_host_context();
	kgc_host_start_world();
	EXPECT_EQ(context, KGC_PINNED);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
}

static atomic_uint stoppers, stops, refusals, together;

static void stop_often(void *arg)
{
	int i;

	for (i = 0; i < 50; i++) {
		if (!kgc_host_stop_world()) {
			atomic_fetch_add(&refusals, 1);
			continue;
		}
		atomic_fetch_add(&stops, 1);
		if (atomic_fetch_add(&stoppers, 1))
			atomic_fetch_add(&together, 1);
		atomic_fetch_sub(&stoppers, 1);
		kgc_host_start_world();
	}
}

KTEST(host, one_stopper_at_a_time)
{
	struct hostctl_thread *thread[4];
	int i;

	atomic_store(&stops, 0);
	atomic_store(&refusals, 0);
	atomic_store(&together, 0);
	for (i = 0; i < 4; i++)
		thread[i] = hostctl_spawn(stop_often, NULL);
	for (i = 0; i < 4; i++)
		hostctl_join(thread[i]);
	EXPECT_EQ(atomic_load(&together), 0);
	EXPECT_EQ(atomic_load(&stops) + atomic_load(&refusals), 200);
	EXPECT(atomic_load(&stops) >= 1);
}

/* Threads come and go while the world is stopped and started. */
static void be_short(void *arg)
{
	kgc_host_pin();
	kgc_host_unpin();
}

KTEST(host, threads_come_and_go_between_stops)
{
	struct hostctl_thread *stopper;
	int i;

	stopper = hostctl_spawn(stop_often, NULL);
	for (i = 0; i < 40; i++)
		hostctl_join(hostctl_spawn(be_short, NULL));
	hostctl_join(stopper);
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
}

/* --- roots --------------------------------------------------------------- */

/* Looks for an address in the ranges, and for a word in their memory. */
struct search {
	const void *address;
	uintptr_t
		inverse; /* of the word: the word itself would be found here */
	enum kgc_root kind;
	unsigned int covered, found;
	int name_length;
	char name[64];
};

UNCHECKED static void search_visit(const void *lo, const void *hi,
				   enum kgc_root kind, const void *owner,
				   void *arg)
{
	struct search *s = arg;
	const uintptr_t *p;

	if (s->address >= lo && s->address < hi) {
		s->covered++;
		s->kind = kind;
		s->name_length = kgc_host_root_name(s->name, sizeof s->name,
						    kind, owner, s->address);
	}
	p = (const uintptr_t *)(((uintptr_t)lo + sizeof *p - 1) &
				~(sizeof *p - 1));
	for (; s->inverse && (const void *)(p + 1) <= hi; p++)
		s->found += (*p ^ s->inverse) == ~(uintptr_t)0;
}

static void search_stopped(void *arg)
{
	while (!kgc_host_stop_world())
		;
	kgc_host_roots(search_visit, arg);
	kgc_host_start_world();
}

static int initialised = 1;
static int bss;

KTEST(host, roots_cover_data)
{
	struct search s = { .address = &initialised };

	kgc_host_call_saved(search_stopped, &s);
	EXPECT(s.covered >= 1);
	EXPECT_EQ(s.kind, KGC_ROOT_DATA);
	EXPECT_EQ(s.name_length, strlen(s.name));
	EXPECT(s.name_length > 0);
}

KTEST(host, roots_cover_bss)
{
	struct search s = { .address = &bss };

	kgc_host_call_saved(search_stopped, &s);
	EXPECT(s.covered >= 1);
	EXPECT_EQ(s.kind, KGC_ROOT_DATA);
}

KTEST(host, roots_cover_the_callers_stack)
{
	struct search s = { 0 };

	s.address = &s;
	kgc_host_call_saved(search_stopped, &s);
	EXPECT(s.covered >= 1);
	EXPECT_EQ(s.kind, KGC_ROOT_STACK);
	EXPECT_EQ(s.name_length, strlen(s.name));
}

static void search_own_frame(void *arg)
{
	struct search *s = arg;
	volatile int mine = 0;

	s->address = (const void *)&mine;
	search_stopped(s);
}

/* The collector's own frames would keep what it looks at. */
KTEST(host, roots_leave_out_what_call_saved_calls)
{
	struct search s = { 0 };

	kgc_host_call_saved(search_own_frame, &s);
	EXPECT_EQ(s.covered, 0);
}

/* A callee-saved register that position-independent code does not need. */
#ifdef __x86_64__
#define KEPT "r12"
#else
#define KEPT "esi"
#endif

/* Nowhere in memory, unless somebody stores the register. */
static uintptr_t make_word(uintptr_t inverse)
{
	__asm__ volatile("" : "+r"(inverse));
	return ~inverse;
}

KTEST(host, call_saved_shows_registers)
{
	struct search s = { .inverse = (uintptr_t)0x51d2c3b4u };
	register uintptr_t kept __asm__(KEPT) = make_word(s.inverse);

	__asm__ volatile("" : "+r"(kept));
	kgc_host_call_saved(search_stopped, &s);
	__asm__ volatile("" : "+r"(kept));
	EXPECT(s.found >= 1);
}

static atomic_uint holding;

static void hold_in_register(void *arg)
{
	register uintptr_t kept __asm__(KEPT) = make_word((uintptr_t)arg);

	__asm__ volatile("" : "+r"(kept));
	atomic_store(&holding, 1);
	while (!atomic_load(&quit)) {
		__asm__ volatile("" : "+r"(kept));
		kgc_host_relax();
	}
	__asm__ volatile("" : "+r"(kept));
}

KTEST(host, roots_show_registers_of_the_stopped)
{
	struct search s = { .inverse = (uintptr_t)0x61e2d3a4u };
	struct hostctl_thread *thread;

	atomic_store(&quit, 0);
	atomic_store(&holding, 0);
	thread = hostctl_spawn(hold_in_register, (void *)s.inverse);
	while (!atomic_load(&holding))
		hostctl_yield();
	kgc_host_call_saved(search_stopped, &s);
	atomic_store(&quit, 1);
	hostctl_join(thread);
	EXPECT(s.found >= 1);
}

KTEST(host, root_name_keeps_to_its_buffer)
{
	char buf[8] = "1234567";
	int n;

	n = kgc_host_root_name(buf, 4, KGC_ROOT_HEAP, NULL, buf);
	EXPECT(n >= 0 && n < 4);
	EXPECT_EQ(strlen(buf), n);
	EXPECT_EQ(buf[4], '5');
}

/* --- the rest ------------------------------------------------------------ */

KTEST(host, clock_does_not_go_back)
{
	uint64_t last = kgc_host_nanotime(), now;
	int i;

	for (i = 0; i < 10000; i++) {
		now = kgc_host_nanotime();
		ASSERT(now >= last);
		last = now;
	}
}

static __attribute__((noinline)) void compare_backtrace(void)
{
	uintptr_t pc[4] = { 0 }, skipped[4] = { 0 };
	int n;

	kgc_host_pin();
	n = kgc_host_backtrace(pc, 4, 0);
	kgc_host_backtrace(skipped, 4, 1);
	kgc_host_unpin();
	ASSERT(n >= 2);
	EXPECT_EQ(pc[0], (uintptr_t)__builtin_return_address(0));
	EXPECT_EQ(skipped[0], pc[1]);
}

KTEST(host, backtrace_starts_at_the_callers_return_address)
{
	compare_backtrace();
	__asm__ volatile("");
}

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kgc_host_vprintf(fmt, ap);
	va_end(ap);
}

KTEST(host, output_can_be_read_back)
{
	static const char want[] = "# 7 words of 2a\n";
	char buf[64];
	size_t n;

	say("# %u words of %x\n", 7u, 0x2au);
	hostctl_last_output(buf, sizeof buf);
	n = strlen(buf);
	ASSERT(n >= sizeof want - 1);
	EXPECT_STR(buf + n - (sizeof want - 1), want);
}

static void panic_pinned(void *arg)
{
	kgc_host_pin();
	kgc_host_pin();
	kgc_host_panic("gc: %s %d", "number", 7);
}

KTEST(host, caught_panics_leave_no_pins)
{
	char buf[64] = "";

	EXPECT(hostctl_catch_panic(panic_pinned, NULL, buf, sizeof buf));
	EXPECT_STR(buf, "gc: number 7");
	EXPECT_EQ(kgc_host_context(), KGC_TASK);
	EXPECT(!hostctl_catch_panic(be_short, NULL, buf, sizeof buf));
}
