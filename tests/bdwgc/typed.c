// SPDX-License-Identifier: MIT
/*
 * typed.c - only the words that a descriptor names keep objects
 */
#include <gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#include <gc/gc_typed.h>

#include "tap.h"

struct pair {
	void *strong, *weak;
};

static void *volatile root;
static int dead;

static void finalizer(void *p, void *data)
{
	dead += data == &dead;
	if (data != &dead)
		dead = -1000;
}

/* An object that lives if @strong, and counts if it dies. */
static void *leaf(bool strong)
{
	void *p = GC_MALLOC(24);

	GC_REGISTER_FINALIZER(p, finalizer, strong ? NULL : &dead, NULL, NULL);
	return p;
}

static GC_descr descriptor(void)
{
	GC_word bits[GC_BITMAP_SIZE(struct pair)] = { 0 };

	GC_set_bit(bits, GC_WORD_OFFSET(struct pair, strong));
	return GC_make_descriptor(bits, GC_WORD_LEN(struct pair));
}

__attribute__((noinline)) static void make_list(void)
{
	struct pair **p = GC_MALLOC(MANY * sizeof(*p));
	int i;

	for (i = 0; i < MANY; i++) {
		p[i] = GC_MALLOC_EXPLICITLY_TYPED(sizeof(**p), descriptor());
		p[i]->strong = leaf(true);
		p[i]->weak = leaf(false);
	}
	root = p;
}

/* Elements of three words, of which the descriptor knows two. */
__attribute__((noinline)) static void make_array(void)
{
	void **p = GC_CALLOC_EXPLICITLY_TYPED(MANY, 3 * sizeof(void *),
					      descriptor());
	int i;

	for (i = 0; i < MANY; i++) {
		p[3 * i] = leaf(true);
		p[3 * i + 1] = leaf(false);
		p[3 * i + 2] = leaf(false);
	}
	root = p;
}

__attribute__((noinline)) static void make_prepared(void)
{
	struct GC_calloc_typed_descr_s d;
	struct pair *p;
	int i;

	GC_calloc_prepare_explicitly_typed(&d, sizeof(d), MANY, sizeof(*p),
					   descriptor());
	p = GC_calloc_do_explicitly_typed(&d, sizeof(d));
	for (i = 0; i < MANY; i++) {
		p[i].strong = leaf(true);
		p[i].weak = leaf(false);
	}
	root = p;
}

/* What lies behind the structure holds no pointer. */
__attribute__((noinline)) static void make_long(void)
{
	void **p = GC_malloc_explicitly_typed_ignore_off_page(
		(MANY + 2) * sizeof(*p), descriptor());
	int i;

	p[0] = leaf(true);
	for (i = 0; i < MANY; i++)
		p[2 + i] = leaf(false);
	root = p;
}

/* A kind whose first word alone is scanned. */
__attribute__((noinline)) static void make_kind(int kind)
{
	struct pair **p = GC_MALLOC(MANY * sizeof(*p));
	int i;

	for (i = 0; i < MANY; i++) {
		p[i] = GC_malloc_kind(sizeof(**p), kind);
		p[i]->strong = leaf(true);
		p[i]->weak = leaf(false);
	}
	root = p;
}

static void check(const char *what, int least)
{
	TAP_COLLECT(2);
	ok(dead >= least, what);
	root = NULL;
	dead = 0;
	/* Those that were strong go now, and are not counted as weak. */
	TAP_COLLECT(1);
	dead = 0;
}

int main(void)
{
	GC_descr d;
	unsigned kind;

	GC_INIT();
	d = descriptor();
	ok(d == descriptor(), "one layout has one descriptor");
	make_list();
	check("only named words keep objects", NEARLY);
	make_array();
	check("in arrays, too", 2 * MANY - 5);
	make_prepared();
	check("and in prepared ones", NEARLY);
	make_long();
	check("and not behind the structure", NEARLY);
	kind = GC_new_kind(GC_new_free_list(), sizeof(void *) | GC_DS_LENGTH, 0,
			   1);
	make_kind((int)kind);
	check("a kind by length", NEARLY);
	kind = GC_new_kind(
		GC_new_free_list(),
		(GC_word)1 << (8 * sizeof(GC_word) - 1) | GC_DS_BITMAP, 0, 1);
	make_kind((int)kind);
	check("a kind by bitmap", NEARLY);
	ok(GC_get_kind_and_size(GC_malloc_kind(8, (int)kind), NULL) ==
		   (int)kind,
	   "an object knows its kind");
	return done();
}
