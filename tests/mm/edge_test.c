// SPDX-License-Identifier: MIT
/* edge_test.c - the words that a collection would follow */
#include "own.h"

static void **from, *to[3];
OWN_CLEARS(from)
OWN_CLEARS(to)

static struct {
	const uintptr_t *word;
	uintptr_t base;
} seen[8];
static unsigned int nseen;

static void note(const uintptr_t *word, const struct object *o, void *arg)
{
	if (nseen < 8) {
		seen[nseen].word = word;
		seen[nseen].base = o->base;
	}
	nseen++;
}

static void look(unsigned int kind)
{
	nseen = 0;
	own_stop();
	edge_object(&own, span_of(&own, (uintptr_t)from), (uintptr_t)from, note,
		    NULL);
	kgc_host_start_world();
}

/* An object of 8 words with a base, an inner and a bad pointer. */
static bool make(unsigned int flags)
{
	int i;

	if (!own_open(NULL))
		return false;
	from = heap_alloc(&own, 8 * WORD_SIZE, flags);
	for (i = 0; i < 3; i++)
		to[i] = heap_alloc(&own, 100, 0);
	if (!from || !to[2])
		return false;
	from[1] = to[0];
	from[4] = (char *)to[1] + 99;
	heap_free(&own, to[2]);
	from[5] = to[2];
	from[6] = (void *)(own.arena.start + own.arena.used);
	return true;
}

KTEST(mm_edge, bases_and_inner_words_are_found)
{
	ASSERT(make(0));
	look(0);
	ASSERT_EQ(nseen, 2);
	EXPECT_EQ(seen[0].word - (uintptr_t *)from, 1);
	EXPECT_EQ(seen[0].base, (uintptr_t)to[0]);
	EXPECT_EQ(seen[1].word - (uintptr_t *)from, 4);
	EXPECT_EQ(seen[1].base, (uintptr_t)to[1]);
	own_close();
}

KTEST(mm_edge, noscan_objects_have_none)
{
	ASSERT(make(KGC_NOSCAN));
	look(0);
	EXPECT_EQ(nseen, 0);
	own_close();
}

KTEST(mm_edge, layouts_are_kept_to)
{
	const uintptr_t pointers = 1 << 4;
	int type;

	ASSERT(make(0));
	type = typed_number(&own, &pointers, 8 * WORD_SIZE);
	from = typed_alloc(&own, 8 * WORD_SIZE, type, 0);
	ASSERT(type > 0 && from);
	from[3] = to[0];
	from[4] = to[1];
	look(KIND_TYPED);
	ASSERT_EQ(nseen, 1);
	EXPECT_EQ(seen[0].base, (uintptr_t)to[1]);
	own_close();
}

KTEST(mm_edge, nogc_blocks_are_no_targets)
{
	struct object o;
	void *p;

	ASSERT(make(0));
	p = heap_alloc(&own, 100, KGC_NOGC);
	own_stop();
	EXPECT(!edge_find(&own, (uintptr_t)p, &o));
	EXPECT(edge_find(&own, (uintptr_t)to[1] + 50, &o));
	kgc_host_start_world();
	EXPECT_EQ(o.base, (uintptr_t)to[1]);
	own_close();
}
