// SPDX-License-Identifier: MIT
/*
 * malloc_test.c - the public functions one by one, and a heap against a model
 *
 * The model is an array of what was asked for.  Each block is filled with its
 * token, in words that are no addresses, and is looked at before it goes.
 */
#include "own.h"

KTEST(mm_malloc, blocks_are_zeroed_aligned_and_large_enough)
{
	unsigned char *p;
	size_t size;

	for (size = 0; size <= 70000; size += 1 + size / 9) {
		p = kgc_alloc(size, size % 2);
		ASSERT(p);
		EXPECT_EQ((uintptr_t)p % (size > 8 ? 16 : 8), 0);
		EXPECT(kgc_usable_size(p) >= size);
		EXPECT(own_is_all(p, 0, kgc_usable_size(p)));
		memset(p, 0xa5, kgc_usable_size(p));
		kgc_free(p);
	}
}

KTEST(mm_malloc, sizes_round_up_to_their_class)
{
	void *p;

	if (KGC_CHECK >= 2) {
		ktest_skip("blocks have canaries");
		return;
	}
	p = kgc_alloc(0, 0);
	EXPECT_EQ(kgc_usable_size(p), own_usable(0, 8));
	kgc_free(p);
	p = kgc_alloc(1025, 0);
	EXPECT_EQ(kgc_usable_size(p), own_usable(1025, 1152));
	kgc_free(p);
	p = kgc_alloc(32768, 0);
	EXPECT_EQ(kgc_usable_size(p), 32768);
	kgc_free(p);
	p = kgc_alloc(32769, 0);
	EXPECT_EQ(kgc_usable_size(p), own_usable(32769, 36864));
	EXPECT_EQ((uintptr_t)p % PAGE_SIZE, 0);
	kgc_free(p);
	p = kgc_alloc(1, KGC_NOGC);
	EXPECT_EQ(kgc_usable_size(p), own_usable(1, PAGE_SIZE));
	EXPECT_EQ((uintptr_t)p % PAGE_SIZE, 0);
	kgc_free(p);
	EXPECT_EQ(kgc_usable_size(NULL), 0);
	kgc_free(NULL);
}

KTEST(mm_malloc, impossible_sizes_are_null)
{
	EXPECT(!kgc_alloc(SIZE_MAX, 0));
	EXPECT(!kgc_alloc(SIZE_MAX - 4095, KGC_NOSCAN));
	EXPECT(!kgc_alloc(SIZE_MAX / 2 + 1, 0));
	EXPECT(!kgc_alloc(SIZE_MAX / 2, KGC_NOGC));
	EXPECT(!kgc_alloc_aligned(SIZE_MAX / 2, MIB, 0));
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_malloc, array_product_must_not_overflow)
{
	void *p;

	EXPECT(!kgc_alloc_array(SIZE_MAX / 2, 3, 0));
	EXPECT(!kgc_alloc_array(3, SIZE_MAX / 2, 0));
	EXPECT(!kgc_alloc_array((size_t)1 << WORD_SIZE * 4,
				(size_t)1 << WORD_SIZE * 4, 0));
	p = kgc_alloc_array(0, SIZE_MAX, 0);
	EXPECT(p);
	kgc_free(p);
	p = kgc_alloc_array(10, 30, KGC_NOSCAN);
	EXPECT_EQ(kgc_usable_size(p), own_usable(300, 320));
	EXPECT(own_is_all(p, 0, kgc_usable_size(p)));
	kgc_free(p);
}

KTEST(mm_malloc, every_alignment_at_every_size)
{
	static const size_t sizes[] = { 1,    8,     9,	    24,	   100,
					1000, 1025,  4096,  4097,  8192,
					9000, 32768, 32769, 100000 };
	size_t align, i;
	char *p;

	for (align = 1; align <= MIB; align *= 2)
		for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			p = kgc_alloc_aligned(sizes[i], align, i % 2);
			ASSERT(p);
			EXPECT_EQ((uintptr_t)p & (align - 1), 0);
			EXPECT(kgc_usable_size(p) >= sizes[i]);
			EXPECT(own_is_all(p, 0, sizes[i]));
			memset(p, 0xff, sizes[i]);
			kgc_free(p);
		}
	p = kgc_alloc_aligned(5000, MIB, KGC_NOGC);
	EXPECT(p && ((uintptr_t)p & (MIB - 1)) == 0);
	kgc_free(p);
	EXPECT_EQ(kgc_check(), 0);
}

/* In a heap apart first: one that gets this wrong is damaged by it. */
KTEST(mm_malloc, no_bytes_are_one_in_whole_pages_too)
{
	void *p;

	ASSERT(own_open(NULL));
	ASSERT(heap_alloc(&own, PAGE_SIZE, 0));
	p = heap_alloc(&own, 0, KGC_NOGC);
	ASSERT(p);
	ASSERT_EQ(own_bytes(), 2 * PAGE_SIZE);
	ASSERT(own_has(p));
	heap_free(&own, p);
	EXPECT_SOUND();
	own_close();
	p = kgc_alloc_aligned(0, MIB, 0);
	ASSERT(p && kgc_lookup(p, NULL) == p);
	EXPECT_EQ((uintptr_t)p & (MIB - 1), 0);
	EXPECT_EQ(kgc_usable_size(p), own_usable(1, PAGE_SIZE));
	kgc_free(p);
}

KTEST(mm_malloc, wrong_alignments_are_null)
{
	EXPECT(!kgc_alloc_aligned(10, 0, 0));
	EXPECT(!kgc_alloc_aligned(10, 3, 0));
	EXPECT(!kgc_alloc_aligned(10, 48, 0));
	EXPECT(!kgc_alloc_aligned(10, 2 * MIB, 0));
	EXPECT(!kgc_alloc_aligned(10, MIB + 1, KGC_NOGC));
}

KTEST(mm_malloc, copies_are_apart)
{
	char text[] = "a word";
	char *p = kgc_strdup(text), *q = kgc_memdup(text, 3), *e;

	text[0] = 'b';
	EXPECT_STR(p, "a word");
	EXPECT(!memcmp(q, "a w", 3));
	e = kgc_strdup("");
	EXPECT_STR(e, "");
	kgc_free(p);
	kgc_free(q);
	kgc_free(e);
	p = kgc_memdup(text, 0);
	EXPECT(p);
	kgc_free(p);
}

KTEST(mm_malloc, pinned_sections_may_allocate)
{
	void *p, *q;

	kgc_host_pin();
	p = kgc_alloc(100, 0);
	q = kgc_alloc(100000, 0);
	kgc_free(p);
	kgc_host_unpin();
	EXPECT(p && q);
	kgc_free(q);
	EXPECT_EQ(kgc_check(), 0);
}

/* --- model --------------------------------------------------------------- */

enum { BLOCKS = 600 };
static struct {
	uintptr_t *p;
	size_t size;
	unsigned int kind;
	uintptr_t token;
	bool rooted, final;
} block[BLOCKS];
OWN_CLEARS(block)
static void *roots[BLOCKS];
OWN_CLEARS(roots)
static uint64_t nblocks, nbytes;

static bool fail(const char *what)
{
	return ktest_fail(__FILE__, __LINE__, what);
}

static size_t words(unsigned int i)
{
	return block[i].size / sizeof(uintptr_t);
}

/* Odd and small, so that it is no address. */
static void fill(unsigned int i)
{
	size_t k;

	block[i].token = (ktest_random() & 0xffff) | 1;
	for (k = 0; k < words(i); k++)
		block[i].p[k] = block[i].token;
}

static bool is_filled(unsigned int i)
{
	size_t k;

	for (k = 0; k < words(i); k++)
		if (block[i].p[k] != block[i].token)
			return fail("a block's contents changed");
	return true;
}

static size_t usable(unsigned int i)
{
	return span_of(&own, (uintptr_t)block[i].p)->size;
}

static size_t random_size(void)
{
	const uint32_t r = ktest_random();

	if (r % 16 == 0)
		return ktest_random() % 60000;
	return r % 4 ? ktest_random() % 200 : ktest_random() % 3000;
}

/* Returns false only if something is wrong: no memory is not. */
static bool model_alloc(unsigned int i, bool large)
{
	static const unsigned int kinds[] = { 0,
					      0,
					      0,
					      KGC_NOSCAN,
					      KGC_NOSCAN,
					      KGC_UNCOLLECTABLE,
					      KGC_UNCOLLECTABLE | KGC_NOSCAN,
					      KGC_NOGC };
	const bool nozero = ktest_random() % 4 == 0;

	block[i].kind = kinds[ktest_random() % 8];
	block[i].size = random_size();
	if (large)
		block[i].size *= 4;
	block[i].p = heap_alloc(&own, block[i].size,
				block[i].kind | (nozero ? KGC_NOZERO : 0));
	if (!block[i].p)
		return true;
	if (!own_has(block[i].p))
		return fail("a new block is none");
	if (!nozero && !own_is_all(block[i].p, 0, usable(i)))
		return fail("a new block is not zeroed");
	block[i].rooted = ktest_random() % 3;
	block[i].final = false;
	fill(i);
	nblocks++;
	nbytes += usable(i);
	return true;
}

static bool model_free(unsigned int i)
{
	if (!is_filled(i))
		return false;
	nblocks--;
	nbytes -= usable(i);
	heap_free(&own, block[i].p);
	block[i].p = NULL;
	return true;
}

static void nothing(void *p, void *arg)
{
}

/* Set or remove a finalizer. */
static bool model_final(unsigned int i)
{
	struct special r = { .kind = SPECIAL_FINALIZER }, *is;

	r.object = (uintptr_t)block[i].p;
	r.final.fn = nothing;
	is = special_find(&own, r.object, SPECIAL_FINALIZER);
	if (!is != !block[i].final)
		return fail("a finalizer is not as it was set");
	if (is) {
		special_remove(&own, is);
		fixalloc_free(&own.specials.records, is);
	} else if (special_add(&own, &r)) {
		return true;
	}
	block[i].final = !is;
	return true;
}

/* Is it due?  Then forget that, and it is an ordinary block again. */
static bool is_queued(unsigned int i)
{
	struct special *r =
		special_find(&own, (uintptr_t)block[i].p, SPECIAL_QUEUED);

	if (!r)
		return false;
	special_remove(&own, r);
	fixalloc_free(&own.specials.records, r);
	return true;
}

static bool model_collect(void)
{
	unsigned int i;
	bool mortal;
	size_t n = 0;

	for (i = 0; i < BLOCKS; i++)
		if (block[i].p && block[i].rooted)
			roots[n++] = (char *)block[i].p +
				     ktest_random() % (block[i].size + 1) / 2;
	own_collect(roots, roots + n);
	for (i = 0; i < BLOCKS; i++) {
		mortal = block[i].kind <= KGC_NOSCAN && !block[i].rooted;
		if (!block[i].p || !mortal)
			continue;
		if (block[i].final) {
			block[i].final = false;
			if (!is_queued(i))
				return fail("a finalizer is not due");
			continue;
		}
		if (own_has(block[i].p))
			return fail("an unreachable block lives");
		block[i].p = NULL;
		nblocks--;
	}
	if (own.specials.nqueued)
		return fail("a finalizer is due too early");
	for (nbytes = 0, i = 0; i < BLOCKS; i++)
		nbytes += block[i].p ? usable(i) : 0;
	return true;
}

static bool model_step(unsigned int step, unsigned int share, bool large)
{
	const unsigned int i = ktest_random() % BLOCKS;

	if (step % 301 == 300)
		return model_collect();
	if (block[i].p && ktest_random() % 8 == 0 && block[i].kind != KGC_NOGC)
		return model_final(i);
	if (block[i].p && ktest_random() % 8 == 0)
		block[i].rooted ^= true;
	else if (!block[i].p && ktest_random() % 100 < share)
		return model_alloc(i, large);
	else if (block[i].p && ktest_random() % 100 >= share)
		return model_free(i);
	return true;
}

static bool model_agrees(void)
{
	return EXPECT_SOUND() && EXPECT_EQ(own_objects(), nblocks) &&
	       EXPECT_EQ(own_bytes(), nbytes);
}

/* @share: of 100 chances to allocate or free, those to allocate. */
static void run_model(size_t max, unsigned int share, bool large)
{
	unsigned int i, step;

	memset(block, 0, sizeof(block));
	nblocks = nbytes = 0;
	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .heap_max = max,
			.percent = -1, .profile_rate = KGC_PROFILE_OFF));
	for (step = 0; step < 4000; step++) {
		ASSERT(model_step(step, share, large));
		if (step % 400 == 399)
			ASSERT(model_agrees());
	}
	for (i = 0; i < BLOCKS; i++)
		if (block[i].p)
			ASSERT(model_free(i));
	ASSERT(model_agrees());
	own_collect(NULL, NULL);
	EXPECT_EQ(own.pageheap.inuse, 0);
	EXPECT_EQ(own.specials.n, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_malloc, model_of_half_full_heap)
{
	run_model(0, 50, false);
}

KTEST(mm_malloc, model_of_full_heap)
{
	run_model(MIB, 80, true);
}

KTEST(mm_malloc, model_of_crowded_heap)
{
	run_model(2 * MIB, 90, false);
}

/* --- the fast paths ------------------------------------------------------ */

enum { LIVE = 400, KINDS = 6 };
static struct {
	unsigned char *p;
	size_t size;
	unsigned int flags;
	unsigned char is;
} live[LIVE];
OWN_CLEARS(live)

static bool live_put(unsigned int i)
{
	static const unsigned int flags[KINDS] = {
		0,
		KGC_NOSCAN,
		KGC_NOZERO,
		KGC_NOSCAN | KGC_NOZERO,
		KGC_UNCOLLECTABLE,
		KGC_UNCOLLECTABLE | KGC_NOSCAN | KGC_NOZERO,
	};

	live[i].flags = flags[ktest_random() % KINDS];
	live[i].size = ktest_random() % (ktest_random() % 4 ? 140 : 1100);
	live[i].p = kgc_alloc(live[i].size, live[i].flags);
	if (!live[i].p || kgc_lookup(live[i].p, NULL) != live[i].p)
		return fail("a new block is none");
	live[i].size = kgc_usable_size(live[i].p);
	if (!(live[i].flags & KGC_NOZERO) &&
	    !own_is_all(live[i].p, 0, live[i].size))
		return fail("a new block is not zeroed");
	if (kgc_flags(live[i].p) != (int)(live[i].flags & ~KGC_NOZERO))
		return fail("a new block is of another kind");
	live[i].is = (unsigned char)(ktest_random() | 1);
	memset(live[i].p, live[i].is, live[i].size);
	return true;
}

static bool live_drop(unsigned int i)
{
	if (!own_is_all(live[i].p, live[i].is, live[i].size))
		return fail("a block's contents changed");
	kgc_free(live[i].p);
	if (kgc_lookup(live[i].p, NULL))
		return fail("a block that was freed is one");
	live[i].p = NULL;
	return true;
}

/* Sums of what is live agree with what the heap counts. */
KTEST(mm_malloc, fast_paths_against_a_model)
{
	static struct kgc_memstats NOROOT before, after;
	const unsigned int steps = KGC_CHECK >= 3 ? 300 : 20000;
	unsigned int i, step;

	memset(live, 0, sizeof(live));
	kgc_collect();
	kgc_disable();
	kgc_read_memstats(&before);
	for (step = 0; step < steps; step++) {
		i = ktest_random() % LIVE;
		ASSERT(live[i].p ? live_drop(i) : live_put(i));
		if (step % 4000 == 3999)
			ASSERT_EQ(kgc_check(), 0);
		if (step % 7000 == 6999) {
			kgc_enable();
			kgc_collect();
			kgc_disable();
		}
	}
	for (i = 0; i < LIVE; i++)
		if (live[i].p)
			ASSERT(live_drop(i));
	kgc_read_memstats(&after);
	kgc_enable();
	EXPECT_EQ(kgc_check(), 0);
	EXPECT(after.nmalloc - before.nmalloc >= steps / 2);
	EXPECT(after.nfree - before.nfree >= after.nmalloc - before.nmalloc);
}
