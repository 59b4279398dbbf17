// SPDX-License-Identifier: MIT
/*
 * roots_test.c - does the host show every place that may hold a pointer?
 *
 * A word that must be found is never in memory itself: its inverse is.
 */
#include <stdatomic.h>

#include <kgc/host.h>
#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "need.h"

/* Reads what belongs to others, and between variables. */
#define UNCHECKED \
	__attribute__((no_sanitize_address, no_sanitize_thread, noinline))

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
	EXPECT_EQ(s.name_length, text_length(s.name));
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
	EXPECT_EQ(s.name_length, text_length(s.name));
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

static atomic_uint holding, quit;

static void hold_in_register(void *arg)
{
	register uintptr_t kept __asm__(KEPT) = make_word((uintptr_t)arg);

	__asm__ volatile("" : "+r"(kept));
	atomic_store(&holding, 1);
	while (!atomic_load(&quit)) {
		__asm__ volatile("" : "+r"(kept));
		kgc_host_relax();
		yield_if_needed();
	}
	__asm__ volatile("" : "+r"(kept));
}

KTEST(host, roots_show_registers_of_the_stopped)
{
	struct search s = { .inverse = (uintptr_t)0x61e2d3a4u };
	struct hostctl_thread *thread;

	NEED(hostctl_spawn);
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

static void hold_in_frame(void *arg)
{
	struct search *s = arg;
	volatile int mine = 0;

	s->address = (const void *)&mine;
	atomic_store(&holding, 1);
	while (!atomic_load(&quit)) {
		kgc_host_relax();
		yield_if_needed();
	}
	s->found = mine;
}

KTEST(host, roots_cover_the_stacks_of_others)
{
	struct search s = { 0 };
	struct hostctl_thread *thread;

	NEED(hostctl_spawn);
	atomic_store(&quit, 0);
	atomic_store(&holding, 0);
	thread = hostctl_spawn(hold_in_frame, &s);
	while (!atomic_load(&holding))
		hostctl_yield();
	kgc_host_call_saved(search_stopped, &s);
	atomic_store(&quit, 1);
	hostctl_join(thread);
	EXPECT(s.covered >= 1);
	EXPECT_EQ(s.kind, KGC_ROOT_STACK);
}

KTEST(host, root_name_keeps_to_its_buffer)
{
	char buf[8] = "1234567";
	int n;

	n = kgc_host_root_name(buf, 4, KGC_ROOT_HEAP, NULL, buf);
	EXPECT(n >= 0 && n < 4);
	EXPECT_EQ(text_length(buf), n);
	EXPECT_EQ(buf[4], '5');
}
