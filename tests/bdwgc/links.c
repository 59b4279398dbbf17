// SPDX-License-Identifier: MIT
/*
 * links.c - disappearing links, long ones, and moving them
 */
#include <gc.h>

#include "tap.h"

static void **links; /* in an object that is not scanned */
static bool seen[MANY];
static int nseen;

__attribute__((noinline)) static void make(bool is_long, int room)
{
	int i;

	for (i = 0; i < MANY; i++) {
		links[i] = GC_MALLOC((size_t)room);
		if (is_long ? GC_register_long_link(&links[i], links[i])
			    : GC_general_register_disappearing_link(&links[i],
								    links[i]))
			ok(false, "a link is registered");
	}
}

static int cleared(void)
{
	int n = 0, i;

	for (i = 0; i < MANY; i++)
		n += !links[i];
	return n;
}

static void finalizer(void *p, void *data)
{
	seen[nseen++] = *(void **)data != NULL;
}

__attribute__((noinline)) static void add_finalizers(void)
{
	int i;

	for (i = 0; i < MANY; i++)
		GC_REGISTER_FINALIZER(links[i], finalizer, &links[i], NULL,
				      NULL);
}

static int seen_null(void)
{
	int n = 0, i;

	for (i = 0; i < nseen; i++)
		n += !seen[i];
	return n;
}

static void test_short(void)
{
	make(false, 40);
	TAP_COLLECT(2);
	ok(cleared() >= NEARLY, "links disappear with their objects");
	nseen = 0;
	make(false, 40);
	add_finalizers();
	TAP_COLLECT(2);
	ok(nseen >= NEARLY && seen_null() == nseen,
	   "before the finalizer runs");
}

static void test_long(void)
{
	make(true, 40);
	TAP_COLLECT(2);
	ok(cleared() >= NEARLY, "long links disappear");
	nseen = 0;
	make(true, 40);
	add_finalizers();
	TAP_COLLECT(1);
	ok(nseen >= NEARLY && !seen_null(), "after the finalizer ran");
	TAP_COLLECT(2);
	ok(cleared() >= NEARLY, "when the object goes");
}

static void test_kept(void)
{
	void *p = GC_MALLOC(40);

	links[0] = p;
	GC_general_register_disappearing_link(&links[0], p);
	TAP_COLLECT(2);
	ok(links[0] == p, "a living object's link stays");
	ok(GC_general_register_disappearing_link(&links[0], p) == GC_DUPLICATE,
	   "twice is GC_DUPLICATE");
	ok(GC_unregister_disappearing_link(&links[0]) == 1 &&
		   GC_unregister_disappearing_link(&links[0]) == 0,
	   "it can be unregistered, once");
	ok(links[0] == p, "and stays then");
	GC_reachable_here(p);
}

static void test_move(void)
{
	void *p = GC_MALLOC(40);

	GC_general_register_disappearing_link(&links[0], p);
	ok(GC_move_disappearing_link(&links[0], &links[0]) == GC_SUCCESS,
	   "a link moves to itself");
	ok(GC_move_disappearing_link(&links[0], &links[1]) == GC_SUCCESS,
	   "and to another place");
	ok(GC_move_disappearing_link(&links[0], &links[1]) == GC_NOT_FOUND,
	   "but only once");
	GC_general_register_disappearing_link(&links[0], p);
	ok(GC_move_disappearing_link(&links[0], &links[1]) == GC_DUPLICATE,
	   "not to where one is");
	ok(GC_move_long_link(&links[0], &links[1]) == GC_NOT_FOUND,
	   "a long link is another");
	GC_unregister_disappearing_link(&links[0]);
	GC_unregister_disappearing_link(&links[1]);
	GC_reachable_here(p);
}

/* --- hidden pointers ----------------------------------------------------- */

static GC_hidden_pointer hidden[MANY];

__attribute__((noinline)) static void make_hidden(void)
{
	int i;

	for (i = 0; i < MANY; i++) {
		void *p = GC_MALLOC(40);

		hidden[i] = GC_HIDE_POINTER(p);
		GC_general_register_disappearing_link((void **)&hidden[i], p);
	}
}

static void *reveal(void *arg)
{
	GC_hidden_pointer *h = arg;

	return *h ? GC_REVEAL_POINTER(*h) : NULL;
}

static void test_hidden(void)
{
	int n = 0, i;
	void *p;

	make_hidden();
	p = GC_call_with_alloc_lock(reveal, &hidden[0]);
	ok(GC_base(p) == p && p, "a hidden pointer is revealed");
	TAP_COLLECT(2);
	for (i = 1; i < MANY; i++)
		n += !hidden[i];
	ok(n >= NEARLY - 1, "hidden links in static data disappear");
	ok(GC_call_with_alloc_lock(reveal, &hidden[0]) == p, "but for its");
	GC_reachable_here(p);
}

/* A link in an object of which it is itself a part. */
__attribute__((noinline)) static void make_inner(void)
{
	int i;

	for (i = 0; i < MANY; i++) {
		void **p = GC_MALLOC_ATOMIC(40);

		p[0] = p;
		if (GC_register_disappearing_link(p))
			ok(false, "a link in its object is registered");
	}
}

int main(void)
{
	GC_INIT();
	links = GC_MALLOC_ATOMIC_UNCOLLECTABLE(MANY * sizeof(*links));
	test_short();
	test_long();
	test_kept();
	test_move();
	test_hidden();
	make_inner();
	TAP_COLLECT(3);
	ok(true, "links go with the objects that they lie in");
	return done();
}
