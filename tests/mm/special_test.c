// SPDX-License-Identifier: MIT
/* special_test.c - the table of records, the special bits, the queue */
#include "own.h"

enum { MANY = 3000 };
static uintptr_t object[MANY];
OWN_CLEARS(object)
static struct bucket bucket;

static int add(uintptr_t p, enum special_kind kind)
{
	struct special r = { .object = p, .kind = kind };

	if (kind == SPECIAL_PROFILE)
		r.bucket = &bucket;
	return special_add(&own, &r);
}

static struct special *find(uintptr_t p, enum special_kind kind)
{
	return special_find(&own, p, kind);
}

static bool flag(uintptr_t p)
{
	return bitmap_get(&own, p) & BIT_SPECIAL;
}

static void drop(uintptr_t p, enum special_kind kind)
{
	struct special *r = find(p, kind);

	if (!EXPECT(r))
		return;
	special_remove(&own, r);
	fixalloc_free(&own.specials.records, r);
}

static uintptr_t make(size_t size)
{
	return (uintptr_t)heap_alloc(&own, size, 0);
}

KTEST(mm_special, table_grows_and_forgets)
{
	struct specials *t = &own.specials;
	int i;

	ASSERT(own_open(NULL));
	EXPECT_EQ(t->nbuckets, 0);
	EXPECT(!find(own.arena.start, SPECIAL_FINALIZER));
	for (i = 0; i < MANY; i++) {
		object[i] = make(16 + i % 40 * 16);
		ASSERT(object[i]);
		ASSERT_EQ(add(object[i], SPECIAL_FINALIZER), 0);
	}
	EXPECT_EQ(t->n, MANY);
	EXPECT(t->nbuckets >= MANY / 2 && t->nbuckets < 4 * MANY);
	EXPECT_EQ(t->nbuckets & (t->nbuckets - 1), 0);
	EXPECT_EQ(t->sys, t->nbuckets * sizeof(void *));
	for (i = 0; i < MANY; i++) {
		EXPECT(find(object[i], SPECIAL_FINALIZER));
		EXPECT(!find(object[i], SPECIAL_PROFILE));
		EXPECT(flag(object[i]));
	}
	EXPECT_SOUND();
	for (i = 0; i < MANY; i += 2)
		drop(object[i], SPECIAL_FINALIZER);
	for (i = 0; i < MANY; i++) {
		EXPECT_EQ(flag(object[i]), i % 2);
		EXPECT_EQ(find(object[i], SPECIAL_FINALIZER) != NULL, i % 2);
	}
	EXPECT_EQ(t->n, MANY / 2);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_special, second_of_a_kind_is_refused)
{
	uintptr_t p;

	ASSERT(own_open(NULL));
	p = make(100);
	ASSERT(p);
	EXPECT_EQ(add(p, SPECIAL_FINALIZER), 0);
	EXPECT_EQ(add(p, SPECIAL_FINALIZER), -KGC_EBUSY);
	EXPECT_EQ(add(p, SPECIAL_PROFILE), 0);
	EXPECT_EQ(add(p, SPECIAL_PROFILE), -KGC_EBUSY);
	EXPECT_EQ(own.specials.n, 2);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_special, bit_stays_for_the_other_kind)
{
	uintptr_t p;

	ASSERT(own_open(NULL));
	p = make(100);
	ASSERT(p);
	add(p, SPECIAL_FINALIZER);
	add(p, SPECIAL_PROFILE);
	drop(p, SPECIAL_FINALIZER);
	EXPECT(flag(p));
	EXPECT_SOUND();
	add(p, SPECIAL_FINALIZER);
	drop(p, SPECIAL_PROFILE);
	EXPECT(flag(p));
	drop(p, SPECIAL_FINALIZER);
	EXPECT(!flag(p));
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_special, free_forgets_both_kinds)
{
	uintptr_t p, large;

	ASSERT(own_open(NULL));
	memset(&bucket, 0, sizeof(bucket));
	p = make(100);
	large = make(100000);
	ASSERT(p && large);
	add(p, SPECIAL_FINALIZER);
	add(p, SPECIAL_PROFILE);
	add(large, SPECIAL_PROFILE);
	add(large, SPECIAL_FINALIZER);
	heap_free(&own, (void *)p);
	EXPECT_EQ(own.specials.n, 2);
	EXPECT(!flag(p));
	EXPECT_EQ(bucket.nfree, 1);
	EXPECT_EQ(bucket.free_bytes, 112);
	heap_free(&own, (void *)large);
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_EQ(own.specials.records.inuse, 0);
	EXPECT_EQ(bucket.nfree, 2);
	EXPECT_EQ(bucket.free_bytes, 112 + round_up(100000, PAGE_SIZE));
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_special, sweep_forgets_samples)
{
	uintptr_t p;

	ASSERT(own_open(NULL));
	memset(&bucket, 0, sizeof(bucket));
	p = make(64);
	ASSERT(p && make(64));
	add(p, SPECIAL_PROFILE);
	own_collect(NULL, NULL);
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_EQ(bucket.nfree, 1);
	EXPECT_EQ(bucket.free_bytes, 64);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_special, free_leaves_the_queue)
{
	struct specials *t = &own.specials;
	struct special_list *queue = &t->list[SPECIAL_QUEUED];
	uintptr_t p[3];
	int i;

	ASSERT(own_open(NULL));
	for (i = 0; i < 3; i++) {
		p[i] = make(64);
		ASSERT(p[i]);
		add(p[i], SPECIAL_FINALIZER);
	}
	own_collect(NULL, NULL);
	EXPECT_EQ(t->nqueued, 3);
	EXPECT_EQ(t->n, 3);
	EXPECT_SOUND();
	heap_free(&own, (void *)special_due(&own)->after->object);
	EXPECT_EQ(t->nqueued, 2);
	heap_free(&own, (void *)special_due(&own)->after->object);
	EXPECT_EQ(t->nqueued, 1);
	EXPECT(queue->end == &queue->first->after);
	heap_free(&own, (void *)special_due(&own)->object);
	EXPECT_EQ(t->nqueued, 0);
	EXPECT(!queue->first && queue->end == &queue->first);
	EXPECT_EQ(t->n, 0);
	EXPECT_EQ(t->records.inuse, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_special, no_memory_is_told)
{
	struct special r = { .kind = SPECIAL_FINALIZER };
	int err;

	ASSERT(own_open(NULL));
	r.object = make(64);
	ASSERT(r.object);
	hostctl_fail_commit(1);
	err = special_add(&own, &r);
	hostctl_fail_commit(0);
	EXPECT_EQ(err, -KGC_ENOMEM);
	EXPECT(!flag(r.object));
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_SOUND();
	EXPECT_EQ(special_add(&own, &r), 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_special, full_table_without_memory_goes_on)
{
	int i, n = 0;

	ASSERT(own_open(NULL));
	for (i = 0; i < 2000; i++) {
		object[i] = make(16);
		ASSERT(object[i]);
	}
	for (i = 0; i < 2000; i++) {
		if (i && own.specials.n >= own.specials.nbuckets)
			hostctl_fail_commit(1);
		n += !add(object[i], SPECIAL_FINALIZER);
		hostctl_fail_commit(0);
	}
	EXPECT_EQ(n, 2000);
	EXPECT_EQ(own.specials.nbuckets, PAGE_SIZE / sizeof(void *));
	for (i = 0; i < 2000; i++)
		EXPECT(find(object[i], SPECIAL_FINALIZER));
	EXPECT_SOUND();
	own_close();
}

/* Objects of any size and links alike: a search looks at few records. */
KTEST(mm_special, chains_are_short)
{
	static const size_t step[] = { 8, 16, 48, 128, 4096, 8192, 1 << 20 };
	struct specials *t = &own.specials;
	struct special r = { .kind = SPECIAL_LINK }, *at;
	unsigned int i, j, steps;

	for (i = 0; i < sizeof(step) / sizeof(*step); i++) {
		ASSERT(own_open(NULL));
		for (j = 0, steps = 0; j < MANY; j++) {
			r.object = own.arena.start + j * step[i];
			ASSERT(special_insert(&own, &r));
		}
		for (j = 0; j < MANY; j++) {
			r.object = own.arena.start + j * step[i];
			at = find(r.object, SPECIAL_LINK);
			ASSERT(at);
			/* Its first member is the next one. */
			for (; at->chain_at < t->table ||
			       at->chain_at >= t->table + t->nbuckets;
			     steps++)
				at = (struct special *)at->chain_at;
		}
		EXPECT(steps < 2 * MANY);
		own_close();
	}
}

KTEST(mm_special, lists_are_in_order)
{
	struct special_list *l = &own.specials.list[SPECIAL_FINALIZER];
	struct special *r;
	int i, n = 0;

	ASSERT(own_open(NULL));
	for (i = 0; i < 30; i++) {
		object[i] = make(64);
		ASSERT_EQ(add(object[i], SPECIAL_FINALIZER), 0);
		ASSERT_EQ(add(object[i], SPECIAL_PROFILE), 0);
	}
	for (i = 0; i < 30; i += 3)
		drop(object[i], SPECIAL_FINALIZER);
	special_retype(&own, find(object[29], SPECIAL_FINALIZER),
		       SPECIAL_QUEUED);
	EXPECT(special_due(&own)->object == object[29]);
	EXPECT_EQ(own.specials.nqueued, 1);
	for (r = l->first, i = 1; r; r = r->after, n++) {
		EXPECT_EQ(r->object, object[i]);
		i += i % 3;
	}
	EXPECT_EQ(n, 19);
	EXPECT(!*l->end);
	own_close();
}
