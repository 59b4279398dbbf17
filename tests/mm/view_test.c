// SPDX-License-Identifier: MIT
/* view_test.c - spans, objects, finalizers and memory, as a reader sees them */
#include "own.h"

static void *kept[64];
OWN_CLEARS(kept)

static bool contains(const struct kgc_span *v, const void *p)
{
	return (uintptr_t)p - (uintptr_t)v->base < v->bytes;
}

KTEST(mm_view, spans_cover_the_arena_without_gaps)
{
	struct kgc_span v;
	uintptr_t at;
	size_t idle = 0, inuse = 0;

	ASSERT(own_open(NULL));
	heap_alloc(&own, 48, 0);
	heap_alloc(&own, 100000, KGC_NOSCAN);
	heap_free(&own, heap_alloc(&own, 300000, 0));
	at = own.arena.start;
	while (view_span(&own, at, &v)) {
		ASSERT((uintptr_t)v.base == at);
		at += v.bytes;
		*(v.flags < 0 ? &idle : &inuse) += v.bytes;
	}
	EXPECT_EQ(at, own.arena.start + own.arena.used);
	EXPECT_EQ(idle + inuse, own.pageheap.sys);
	EXPECT_EQ(inuse, own.pageheap.inuse);
	own_close();
}

/* What a window holds nobody has; what was freed is not there. */
KTEST(mm_view, used_is_what_was_handed_out)
{
	struct kgc_span v;
	uintptr_t at = 0;
	int i, found = 0;

	ASSERT(own_open(NULL));
	for (i = 0; i < 20; i++)
		kept[i] = heap_alloc(&own, 48, KGC_NOSCAN);
	for (i = 0; i < 5; i++)
		heap_free(&own, kept[i]);
	for (; view_span(&own, at, &v); at = (uintptr_t)v.base + v.bytes) {
		if (!contains(&v, kept[19]))
			continue;
		found++;
		EXPECT_EQ(v.used, 15);
		EXPECT_EQ(v.size, 48);
		EXPECT_EQ(v.room, v.bytes / 48);
		EXPECT_EQ(v.flags, KGC_NOSCAN);
		EXPECT_STR(v.kind, "noscan");
	}
	EXPECT_EQ(found, 1);
	own_close();
}

KTEST(mm_view, large_and_nogc_blocks_are_spans)
{
	struct kgc_span v;
	void *p, *q;

	ASSERT(own_open(NULL));
	p = heap_alloc(&own, 50000, 0);
	q = heap_alloc(&own, 9000, KGC_NOGC);
	ASSERT(view_span(&own, (uintptr_t)p, &v));
	EXPECT(v.base == p);
	EXPECT_EQ(v.sizeclass, 0);
	EXPECT_EQ(v.used, 1);
	EXPECT_EQ(v.bytes, round_up(50000, PAGE_SIZE));
	ASSERT(view_span(&own, (uintptr_t)q, &v));
	EXPECT_EQ(v.flags, KGC_NOGC);
	EXPECT_STR(v.kind, "nogc");
	EXPECT(!view_span(&own, own.arena.start + own.arena.used, &v));
	own_close();
}

static void note(void *p, void *arg)
{
}

KTEST(mm_view, object_is_described)
{
	struct kgc_object v;
	char *p;

	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .percent = -1,
			.stress = 1u << 30, .profile_rate = 1));
	p = heap_alloc(&own, 100, KGC_NOSCAN);
	ASSERT_EQ(view_object(&own, (uintptr_t)p + 99, &v), 0);
	EXPECT(v.base == p);
	EXPECT_EQ(v.size, 112);
	EXPECT_EQ(v.block, 112);
	EXPECT_STR(v.kind, "noscan");
	EXPECT(v.npc > 0);
	EXPECT(!v.finalizer && !v.due && !v.weak && !v.ephemeron);
	final_swap(&own, (uintptr_t)p, &(struct kgc_finalizer){ .fn = note });
	ASSERT_EQ(view_object(&own, (uintptr_t)p, &v), 0);
	EXPECT(v.finalizer);
	heap_free(&own, p);
	EXPECT_EQ(view_object(&own, (uintptr_t)p, &v), -KGC_EINVAL);
	EXPECT_EQ(view_object(&own, 4, &v), -KGC_EINVAL);
	own_close();
}

static void show(void *p, const struct kgc_finalizer *f, bool due, void *arg)
{
	kept[due] = p;
	*(int *)arg += f->fn == note;
}

KTEST(mm_view, finalizers_are_shown)
{
	void *p, *q;
	int n = 0;

	ASSERT(own_open(NULL));
	EXPECT_EQ(view_finalizers(&own, show, &n), 0);
	p = heap_alloc(&own, 100, 0);
	q = heap_alloc(&own, 100, 0);
	final_swap(&own, (uintptr_t)p, &(struct kgc_finalizer){ .fn = note });
	final_swap(&own, (uintptr_t)q, &(struct kgc_finalizer){ .fn = note });
	kept[0] = kept[1] = NULL;
	own_collect(&q, &q + 1);
	EXPECT_EQ(view_finalizers(&own, show, &n), 2);
	EXPECT_EQ(n, 2);
	EXPECT(kept[1] == p);
	EXPECT(kept[0] == q);
	own_close();
}

/* All that comes from the host is accounted for, typed objects' too. */
KTEST(mm_view, memory_is_what_stats_say)
{
	static const uintptr_t pointers = 1;
	struct kgc_memory before, m;
	int type;

	ASSERT(own_open(NULL));
	view_memory(&own, &before);
	EXPECT_EQ(before.types, 0);
	type = typed_number(&own, &pointers, 2 * WORD_SIZE);
	ASSERT(type > 0);
	typed_alloc(&own, 2 * WORD_SIZE, type, 0);
	heap_alloc(&own, 3 * MIB, 0);
	view_memory(&own, &m);
	EXPECT(m.types > 0);
	EXPECT(m.heap >= 3 * MIB);
	EXPECT_EQ(m.heap, own.pageheap.sys - own.pageheap.released_bytes);
	EXPECT(m.spans && m.caches && m.bitmap && m.pages && m.other);
	EXPECT(m.sum > before.sum);
	own_close();
}

KTEST(mm_view, sum_is_sys_of_memstats)
{
	static struct kgc_memstats NOROOT stats;
	struct kgc_memory m;

	kgc_read_memstats(&stats);
	kgc_read_memory(&m);
	EXPECT_EQ(m.sum, stats.sys);
	memset(&stats, 0, sizeof(stats)); /* times look like addresses */
}
