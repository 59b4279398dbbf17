// SPDX-License-Identifier: MIT
/*
 * finalize.c - when finalizers run, and in what order
 */
#include <gc.h>
#include <gc/gc_disclaim.h>
#include <gc/gc_mark.h>
#include <gc/javaxfc.h>

#include "tap.h"

struct node {
	struct node *next;
	int set, place;
};

static int ran[MANY][3]; /* the turn at which each ran, from 1 */
static int turn, wrong, total;

static void note(void *p, void *data)
{
	struct node *n = p;

	if (data != (void *)(long)(n->set + 1) || ran[n->set][n->place])
		wrong++;
	ran[n->set][n->place] = ++turn;
	total++;
}

typedef void reg_fn(void *, GC_finalization_proc, void *,
		    GC_finalization_proc *, void **);

static struct node *node(int set, int place, struct node *next, reg_fn *reg)
{
	struct node *n = GC_MALLOC(sizeof(*n));

	n->set = set;
	n->place = place;
	n->next = next;
	if (reg)
		reg(n, note, (void *)(long)(set + 1), NULL, NULL);
	return n;
}

static void forget(void)
{
	memset(ran, 0, sizeof(ran));
	turn = wrong = total = 0;
}

static int count(int place)
{
	int n = 0, i;

	for (i = 0; i < MANY; i++)
		n += ran[i][place] != 0;
	return n;
}

/* In each set, did a run before b, or neither? */
static bool in_order(int a, int b)
{
	int i;

	for (i = 0; i < MANY; i++)
		if (ran[i][b] && (!ran[i][a] || ran[i][a] > ran[i][b]))
			return false;
	return true;
}

/* --- order --------------------------------------------------------------- */

__attribute__((noinline)) static void make_chains(reg_fn *reg)
{
	int i;

	for (i = 0; i < MANY; i++)
		node(i, 0, node(i, 1, node(i, 2, NULL, reg), reg), reg);
}

static void test_chain(void)
{
	forget();
	make_chains(GC_register_finalizer);
	TAP_COLLECT(1);
	ok(!count(1) && !count(2) && count(0) >= NEARLY,
	   "in a chain the first runs first, alone");
	TAP_COLLECT(4);
	ok(total >= 3 * NEARLY && !wrong, "then the others, each once");
	ok(in_order(0, 1) && in_order(1, 2), "in the order of the chain");

	forget();
	make_chains(GC_register_finalizer_no_order);
	TAP_COLLECT(1);
	ok(count(0) >= NEARLY && count(1) >= NEARLY && count(2) >= NEARLY,
	   "without order all run at once");
	TAP_COLLECT(2);
}

__attribute__((noinline)) static void make_cycles(reg_fn *reg)
{
	int i;

	for (i = 0; i < MANY; i++) {
		struct node *a = node(i, 0, NULL, reg);

		a->next = node(i, 1, a, reg);
	}
}

__attribute__((noinline)) static void make_loops(reg_fn *reg)
{
	int i;

	for (i = 0; i < MANY; i++) {
		struct node *a = node(i, 0, NULL, reg);

		a->next = a;
	}
}

static void test_cycle(void)
{
	forget();
	make_cycles(GC_register_finalizer);
	TAP_COLLECT(3);
	ok(!total, "a cycle is never finalized in order");
	make_cycles(GC_register_finalizer_no_order);
	TAP_COLLECT(2);
	ok(total >= 2 * NEARLY && !wrong, "it is without order");

	forget();
	make_loops(GC_register_finalizer);
	TAP_COLLECT(3);
	ok(!total, "an object that points to itself is a cycle");
	make_loops(GC_register_finalizer_ignore_self);
	TAP_COLLECT(2);
	ok(total >= NEARLY && !wrong, "but not for ignore_self");
}

/* An object with "unreachable" waits for those without order before it. */
__attribute__((noinline)) static void make_unreachable(void)
{
	int i;

	for (i = 0; i < MANY; i++)
		node(i, 0, node(i, 1, NULL, GC_register_finalizer_unreachable),
		     GC_register_finalizer_no_order);
}

static void test_unreachable(void)
{
	forget();
	make_unreachable();
	TAP_COLLECT(1);
	ok(count(0) >= NEARLY && !count(1), "unreachable waits for no_order");
	TAP_COLLECT(3);
	ok(count(1) >= NEARLY && in_order(0, 1), "and runs after it");
}

/* --- registration -------------------------------------------------------- */

static void other(void *p, void *data)
{
	wrong++;
}

static void test_registration(void)
{
	struct node *n = GC_MALLOC(sizeof(*n));
	GC_finalization_proc fn = other;
	void *data = &fn;
	static int outside;

	GC_REGISTER_FINALIZER(n, other, n, &fn, &data);
	ok(!fn && !data, "there was none before");
	GC_REGISTER_FINALIZER(n, note, NULL, &fn, &data);
	ok(fn == other && data == n, "the old one is returned");
	GC_REGISTER_FINALIZER(n, NULL, NULL, &fn, &data);
	ok(fn == note && !data, "and removed");
	fn = other;
	GC_REGISTER_FINALIZER(&outside, note, NULL, &fn, &data);
	ok(!fn, "outside the heap nothing is registered");
	fn = other;
	GC_REGISTER_FINALIZER((char *)n + 4, note, NULL, &fn, &data);
	ok(!fn, "nor inside an object");
}

__attribute__((noinline)) static void make_plain(void)
{
	int i;

	for (i = 0; i < MANY; i++)
		node(i, 0, NULL, GC_register_finalizer);
}

static struct node *saved[MANY];

static void save(void *p, void *data)
{
	struct node *n = p;

	saved[n->set] = n;
	total++;
}

__attribute__((noinline)) static void make_saved(void)
{
	int i;

	for (i = 0; i < MANY; i++) {
		struct node *n = node(i, 0, NULL, NULL);

		GC_REGISTER_FINALIZER(n, save, NULL, NULL, NULL);
	}
}

static void test_revival(void)
{
	bool good = true;
	int i;

	forget();
	make_saved();
	TAP_COLLECT(3);
	for (i = 0; i < MANY; i++)
		if (saved[i])
			good &= saved[i]->set == i && GC_base(saved[i]);
	ok(total >= NEARLY && total <= MANY && good,
	   "a finalizer may save its object");
	memset(saved, 0, sizeof(saved));
}

/* --- who runs them ------------------------------------------------------- */

static int notified;

static void notify(void)
{
	notified++;
}

static void test_demand(void)
{
	int n;

	forget();
	GC_set_finalize_on_demand(1);
	GC_set_finalizer_notifier(notify);
	make_plain();
	TAP_COLLECT(2);
	ok(!total && notified, "on demand the client is notified");
	ok(GC_should_invoke_finalizers(), "GC_should_invoke_finalizers");
	n = GC_invoke_finalizers();
	ok(n >= NEARLY && n == total, "and runs them itself");
	GC_set_finalize_on_demand(0);
	GC_set_finalizer_notifier(NULL);
}

static void test_allocation(void)
{
	int i;

	forget();
	make_plain();
	clear_stack();
	for (i = 0; i < 500000 && !total; i++)
		(void)GC_MALLOC(100);
	ok(total, "an allocation that collects runs them");
	forget();
	make_plain();
	GC_finalize_all();
	ok(total >= MANY, "GC_finalize_all");
}

/* --- disclaim ------------------------------------------------------------ */

static int deaths, stays;
static struct GC_finalizer_closure closure;

static void closed(void *p, void *data)
{
	if (data == &closure)
		deaths++;
}

static int disclaim(void *p)
{
	if (*(int *)p == 17) {
		*(int *)p = 0;
		stays++;
		return 1;
	}
	deaths++;
	return 0;
}

__attribute__((noinline)) static void make_closed(void)
{
	int i;

	closure.proc = closed;
	closure.cd = &closure;
	for (i = 0; i < MANY; i++)
		(void)GC_finalized_malloc(64, &closure);
}

__attribute__((noinline)) static void make_disclaimed(int kind)
{
	int i;

	for (i = 0; i < MANY; i++)
		*(int *)GC_generic_malloc(64, kind) = 17;
}

static void test_disclaim(void)
{
	int kind = (int)GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 1, 1);

	GC_init_finalized_malloc();
	make_closed();
	TAP_COLLECT(2);
	ok(deaths >= NEARLY && deaths <= MANY, "GC_finalized_malloc");
	deaths = 0;
	GC_register_disclaim_proc(kind, disclaim, 1);
	make_disclaimed(kind);
	TAP_COLLECT(1);
	ok(stays >= NEARLY && !deaths, "a disclaimed object may stay");
	TAP_COLLECT(3);
	ok(deaths >= NEARLY && deaths <= MANY, "and goes later");
}

int main(void)
{
	GC_INIT();
	test_chain();
	test_cycle();
	test_unreachable();
	test_registration();
	test_revival();
	test_demand();
	test_allocation();
	test_disclaim();
	return done();
}
