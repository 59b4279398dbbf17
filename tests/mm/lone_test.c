// SPDX-License-Identifier: MIT
/*
 * lone_test.c - objects between guard pages: as others, but for where they lie
 *
 * tests/corrupt/end_test.c has the faults.
 */
#include <stdio.h>

#include "own.h"

static void *roots[4];
static void *links[2]; /* outside the roots of own_collect() */

static bool open_every(unsigned int n)
{
	memset(roots, 0, sizeof(roots));
	memset(links, 0, sizeof(links));
	return OWN_OPEN(.heap_reserve = 64 * MIB, .percent = -1, .guard = n,
			.profile_rate = KGC_PROFILE_OFF);
}

static void cycle(void)
{
	own_collect(roots, roots + 4);
}

static struct span *span_at(const void *p)
{
	return span_of(&own, (uintptr_t)p);
}

static bool is_lone(const void *p)
{
	const struct span *s = span_at(p);

	return s && s->where == SPAN_NOWHERE && span_is_lone(s);
}

static bool lies_first(const void *p)
{
	return (uintptr_t)p == span_at(p)->start + PAGE_SIZE;
}

/* A lone object of 64 bytes that lies @first, or last, in its page. */
static char *make_at(bool first)
{
	void *p;
	int i;

	for (i = 0; i < 8; i++) {
		p = heap_alloc(&own, 64, 0);
		if (p && is_lone(p) && lies_first(p) == first)
			return p;
	}
	return NULL;
}

/* Where a lone object of @size bytes lies: what kgc_alloc() promises, too. */
static void check_place(const void *p, size_t size)
{
	const uintptr_t at = (uintptr_t)p, end = span_end(span_at(p));
	const size_t least = size <= 8 ? 8 : 16;
	const struct sizeclass *c =
		&own.classes.of[sizeclass_of(&own.classes, size)];

	EXPECT_EQ(at % least, 0);
	if (size == c->size)
		EXPECT_EQ(at % MIN(size & -size, PAGE_SIZE), 0);
	EXPECT_EQ(span_at(p)->size, round_up(size, WORD_SIZE));
	if (!lies_first(p))
		EXPECT(end - PAGE_SIZE - (at + size) < least);
}

KTEST(mm_lone, every_size_at_either_end)
{
	unsigned int first = 0, n = 0;
	size_t size;
	char *p;

	ASSERT(open_every(1));
	for (size = 1; size <= SMALL_MAX; size += 1 + size / 7, n++) {
		p = heap_alloc(&own, size, n % 2);
		ASSERT(p && is_lone(p));
		EXPECT(!p[0] && !p[size - 1]);
		memset(p, 1, size);
		check_place(p, size);
		first += lies_first(p);
		EXPECT_SOUND();
		heap_free(&own, p);
		EXPECT(!own_has(p));
	}
	EXPECT(first > n / 3 && first < n * 2 / 3);
	p = heap_alloc(&own, SMALL_MAX + 1, 0);
	EXPECT(p && !is_lone(p));
	p = heap_alloc(&own, 100, KGC_NOGC);
	EXPECT(p && !is_lone(p));
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_lone, sizes_of_classes_are_aligned_as_classes_are)
{
	unsigned int class;
	void *p;
	int i;

	ASSERT(open_every(1));
	for (class = 1; class < KGC_NCLASSES; class ++)
		for (i = 0; i < 2; i++) {
			p = heap_alloc(&own, own.classes.of[class].size, 0);
			ASSERT(p && is_lone(p));
			check_place(p, own.classes.of[class].size);
			heap_free(&own, p);
		}
	own_close();
}

KTEST(mm_lone, none_when_off_or_where_nothing_faults)
{
	ASSERT(open_every(0));
	EXPECT(!is_lone(heap_alloc(&own, 40, 0)));
	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .guard = 1, .nofault = true));
	EXPECT(!is_lone(heap_alloc(&own, 40, 0)));
	own_close();
}

KTEST(mm_lone, counters_return_to_where_they_were)
{
	void *p[10];
	int i;

	ASSERT(open_every(1));
	for (i = 0; i < 10; i++) {
		p[i] = heap_alloc(&own, 100, 0);
		ASSERT(p[i] && is_lone(p[i]));
	}
	EXPECT_EQ(own_objects(), 10);
	EXPECT_EQ(own_bytes(), 10 * span_at(p[0])->size);
	EXPECT_EQ(own.lones.nlive, 10);
	for (i = 0; i < 5; i++)
		heap_free(&own, p[i]);
	cycle();
	EXPECT_EQ(own_objects(), 0);
	EXPECT_EQ(own_bytes(), 0);
	EXPECT_EQ(own.lones.nlive, 0);
	EXPECT_EQ(own.lones.nheld, 10);
	EXPECT_EQ(own.pacer.allocated, 0);
	lock_take(&own.pageheap.lock);
	EXPECT(lone_give_back_locked(&own, 0));
	lock_drop(&own.pageheap.lock);
	EXPECT_EQ(own.lones.records.inuse, 0);
	EXPECT_EQ(own.pageheap.inuse, 0);
	EXPECT_SOUND();
	own_close();
}

/* --- collected as others ------------------------------------------------- */

/* Does the object @p of @kind live on by a pointer to its byte @offset? */
static bool is_kept_by(void *p, size_t offset)
{
	roots[0] = (char *)p + offset;
	cycle();
	EXPECT_SOUND();
	return own_has(p);
}

KTEST(mm_lone, any_pointer_into_it_keeps_it)
{
	const size_t size = 96;
	char *p;
	int i;

	ASSERT(open_every(1));
	for (i = 0; i < 4; i++) {
		p = heap_alloc(&own, size, i / 2 ? KGC_NOSCAN : 0);
		ASSERT(p && is_lone(p));
		EXPECT(is_kept_by(p, 0));
		EXPECT(is_kept_by(p, 1));
		EXPECT(is_kept_by(p, size - 1));
		EXPECT(is_kept_by(p, size)); /* what follows is its own */
		cycle();
		EXPECT(own_has(p));
		roots[0] = NULL;
		cycle();
		EXPECT(!own_has(p));
	}
	own_close();
}

KTEST(mm_lone, what_it_holds_is_kept_by_its_kind)
{
	const uintptr_t second = 2;
	void **p, *q, *r;
	int i, type;

	ASSERT(open_every(1));
	for (i = 0; i < 4; i++) {
		p = heap_alloc(&own, 200, i % 2 ? KGC_NOSCAN : 0);
		q = heap_alloc(&own, 48, 0);
		ASSERT(p && q && is_lone(p) && is_lone(q));
		p[24] = q;
		roots[0] = p;
		cycle();
		EXPECT(own_has(p));
		EXPECT_EQ(own_has(q), !(i % 2));
		EXPECT_SOUND();
		heap_free(&own, p);
	}
	type = typed_number(&own, &second, 3 * WORD_SIZE);
	p = typed_alloc_array(&own, 5, type, 0);
	q = heap_alloc(&own, 48, 0);
	r = heap_alloc(&own, 48, 0);
	ASSERT(p && is_lone(p) && q && r);
	p[12] = r;
	p[13] = q;
	roots[0] = p;
	cycle();
	EXPECT(own_has(p) && own_has(q) && !own_has(r));
	EXPECT_SOUND();
	own_close();
}

/* Longer than the marker scans at a time, and than its list. */
KTEST(mm_lone, long_ones_are_scanned_whole)
{
	enum { N = 16 };
	void **p, *q[N];
	int i, round;

	for (round = 0; round < 2; round++) {
		ASSERT(OWN_OPEN(.heap_reserve = 64 * MIB, .percent = -1,
				.guard = 1, .mark_entries = round ? 2 : 0,
				.profile_rate = KGC_PROFILE_OFF));
		p = heap_alloc(&own, 20000, 0);
		ASSERT(p && is_lone(p));
		for (i = 0; i < N; i++) {
			q[i] = heap_alloc(&own, 64, 0);
			p[i * (20000 / WORD_SIZE - 1) / (N - 1)] = q[i];
		}
		roots[0] = p;
		cycle();
		for (i = 0; i < N; i++)
			EXPECT(own_has(q[i]));
		EXPECT_SOUND();
		own_close();
	}
}

static void never(void *p, void *arg)
{
}

KTEST(mm_lone, finalizers_and_weak_links)
{
	struct kgc_finalizer f;
	void **p;
	int i;

	for (i = 0; i < 2; i++) {
		f = (struct kgc_finalizer){ .fn = never };
		ASSERT(open_every(1));
		p = (void **)make_at(i);
		ASSERT(p);
		links[0] = p;
		ASSERT(!weak_set(&own, &links[0], p, 0));
		ASSERT(!final_swap(&own, (uintptr_t)p, &f));
		EXPECT_SOUND();
		cycle();
		EXPECT_EQ(own.specials.nqueued, 1);
		EXPECT(own_has(p));
		EXPECT(!links[0]);
		links[0] = p;
		ASSERT(!weak_set(&own, &links[0], p, 0));
		special_forget(&own, (uintptr_t)p, 64);
		links[1] = p;
		ASSERT(!weak_set(&own, &links[1], p, 0));
		cycle();
		EXPECT(!own_has(p) && !links[1]);
		EXPECT_EQ(own.specials.n, 0);
		EXPECT_SOUND();
		own_close();
	}
}

/* --- after its death ----------------------------------------------------- */

static bool is_held(const void *p)
{
	const struct span *s = span_at(p);

	return s && s->where == SPAN_HELD;
}

KTEST(mm_lone, freed_ones_are_held_for_a_while)
{
	unsigned int n = 0;
	void *p;

	ASSERT(open_every(1));
	ASSERT(heap_alloc(&own, 16 * MIB, KGC_NOSCAN | KGC_NOZERO));
	p = heap_alloc(&own, 40, 0);
	for (heap_free(&own, p); is_held(p) && n < 1000; n++) {
		if (n % 20 == 0)
			cycle();
		EXPECT_SOUND();
		heap_free(&own, heap_alloc(&own, 40, 0));
	}
	EXPECT_EQ(n, 64);
	own_close();
}

KTEST(mm_lone, there_is_a_limit)
{
	unsigned int i, n = 0;
	void *p;

	ASSERT(open_every(1));
	for (i = 0; i < 1000; i++) {
		p = heap_alloc(&own, 40, 0);
		ASSERT(p);
		n += is_lone(p);
	}
	EXPECT(n >= 16 && n <= 16 + (own.pageheap.sys >> PAGE_SHIFT) / 32);
	EXPECT_EQ(own.lones.nlive, n);
	EXPECT_SOUND();
	cycle();
	EXPECT_EQ(own_objects(), 0);
	EXPECT(is_lone(heap_alloc(&own, 40, 0)));
	own_close();
}

KTEST(mm_lone, held_pages_are_not_kept_from_who_needs_them)
{
	void *p;
	int i;

	ASSERT(OWN_OPEN(.heap_reserve = MIB, .heap_max = MIB, .percent = -1,
			.guard = 1, .profile_rate = KGC_PROFILE_OFF));
	for (i = 0; i < 10; i++) {
		p = heap_alloc(&own, 40, 0);
		heap_free(&own, p);
	}
	EXPECT_EQ(own.lones.nheld, 10);
	EXPECT(heap_alloc(&own, MIB - 8 * PAGE_SIZE, KGC_NOSCAN));
	EXPECT_EQ(own.lones.nheld, 0);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_lone, without_memory_an_object_is_as_others_are)
{
	unsigned int n = 0;
	void *p;
	int i;

	ASSERT(open_every(2));
	for (i = 0; i < 100; i++) {
		p = heap_alloc(&own, 40, 0);
		heap_free(&own, p);
	}
	for (i = 1; i < 20; i++) {
		hostctl_fail_commits_from(1);
		p = heap_alloc(&own, 40, 0);
		hostctl_fail_commit(0);
		ASSERT(p);
		n += is_lone(p);
		EXPECT_SOUND();
	}
	EXPECT(n < 19);
	own_close();
}

/* --- how many ------------------------------------------------------------ */

/* Allocate @n objects of @size, free each at once; how many were lone? */
static unsigned int count(unsigned int n, size_t size)
{
	unsigned int lone = 0;
	void *p;

	while (n--) {
		p = kgc_alloc(size, KGC_NOSCAN);
		lone += span_is_lone(span_of(&heap, (uintptr_t)p));
		kgc_free(p);
	}
	return lone;
}

/* Have one in @n objects of the public heap be lone from now on. */
static void set_every(unsigned int n)
{
	unsigned int slot = kgc_host_pin();

	kgc_retire(slot); /* what its windows have is not counted */
	heap.lones.every = n;
	heap.cache[slot]->next_sample = 0;
	prof_start(&heap, heap.cache[slot]);
	kgc_host_unpin();
}

KTEST(mm_lone, one_in_n_of_any_size)
{
	enum { EVERY = 25, N = 10000 };
	const unsigned int before = heap.lones.every;
	static const size_t sizes[] = { 16, 48, 200, 1000, 5000, 30000 };
	unsigned int i, n;

	set_every(EVERY);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		n = count(N, sizes[i]);
		if (!EXPECT(n > N / EVERY * 3 / 4 && n < N / EVERY * 4 / 3))
			EXPECT_EQ(n, sizes[i]);
	}
	set_every(before);
}

KTEST(mm_lone, a_critical_section_has_none)
{
	int i;

	ASSERT(open_every(1));
	ASSERT_EQ(reserve_begin(&own, 4096), 0);
	for (i = 0; i < 10; i++)
		EXPECT(!is_lone(heap_alloc(&own, 40, 0)));
	reserve_end(&own);
	EXPECT(is_lone(heap_alloc(&own, 40, 0)));
	EXPECT_SOUND();
	own_close();
}

/* --- what is said -------------------------------------------------------- */

static char text[1024], want[256];

static const char *explain(uintptr_t p)
{
	struct line line = { .buf = text, .size = sizeof(text) };
	struct out o = { line_write, &line, 0 };
	char *site;

	explain_write(&own, &o, p);
	site = strstr(text, ", allocated at 0x");
	if (site)
		*site = 0;
	return text;
}

static const char *with(const char *form, const void *p)
{
	snprintf(want, sizeof(want), form, (unsigned long)(uintptr_t)p);
	return want;
}

KTEST(mm_lone, addresses_are_explained)
{
	char *p, *q;

	ASSERT(open_every(1));
	p = heap_alloc(&own, 39, 0);
	q = heap_alloc(&own, 4096, KGC_NOSCAN);
	ASSERT(p && q);
	EXPECT_STR(explain((uintptr_t)p + 1),
		   with(WORD_SIZE == 8 ? "in object 0x%lx of 40 bytes "
					 "(class 0, scan), +0x1"
				       : "in object 0x%lx of 40 bytes "
					 "(class 0, scan), +0x1",
			p));
	EXPECT_STR(explain((uintptr_t)p + 48),
		   with("past the end: byte 48 of block 0x%lx of 39 bytes "
			"(scan)",
			p));
	EXPECT_STR(explain((uintptr_t)q - 2),
		   with("before the start: byte -2 of block 0x%lx of 4096 "
			"bytes (noscan)",
			q));
	heap_free(&own, p);
	EXPECT_STR(explain((uintptr_t)p + 3),
		   with("after it was freed: byte 3 of block 0x%lx of 39 "
			"bytes (scan)",
			p));
	cycle();
	EXPECT_STR(explain((uintptr_t)q),
		   with("after it was collected: byte 0 of block 0x%lx of "
			"4096 bytes (noscan)",
			q));
	own_close();
}

static void do_free(void *p)
{
	heap_free(&own, p);
}

static const char *message(void *p)
{
	if (!hostctl_catch_panic(do_free, p, text, sizeof(text)))
		return "none";
	return text;
}

KTEST(mm_lone, what_is_written_beside_it_is_found)
{
	int first;
	char *p;

	for (first = 0; first < 2; first++) {
		ASSERT(open_every(1));
		p = make_at(first);
		ASSERT(p);
		p[first ? 64 : -1] ^= 1;
		EXPECT_STR(own_fault(), "bytes around an object");
		message(p);
		EXPECT(strstr(text, first ? ": written past the end "
					    "at byte 64 ("
					  : ": written before the start "
					    "at byte -"));
		EXPECT(strstr(text, " of 64 bytes"));
		own_close();
	}
}

KTEST(mm_lone, a_second_free_names_both_stacks)
{
	char *p;

	ASSERT(open_every(1));
	p = heap_alloc(&own, 64, 0);
	heap_free(&own, p);
	snprintf(want, sizeof(want), "gc: free %p: already free; block 0x%lx ",
		 p, (unsigned long)(uintptr_t)p);
	EXPECT(!strncmp(message(p), want, strlen(want)));
	if (span_at(p)->lone->nmade)
		EXPECT(strstr(text, ", allocated at 0x"));
	if (span_at(p)->lone->nfreed)
		EXPECT(strstr(text, ", freed at 0x"));
	own_close();
}

/* --- the public heap ----------------------------------------------------- */

static size_t walked;

static void visit(void *p, size_t size, unsigned int flags, void *arg)
{
	if (p == arg)
		walked = size;
}

/* Uncollectable objects that nothing holds, each with the only pointer to
 * another. */
enum { HUNG = 4 };
static void *hidden[HUNG][2];

static __attribute__((noinline)) void hang(void)
{
	void **p;
	int i;

	for (i = 0; i < HUNG; i++) {
		p = kgc_alloc(40, KGC_UNCOLLECTABLE);
		ASSERT(p);
		p[1] = kgc_alloc(40, 0);
		hidden[i][0] = kgc_hide(p);
		hidden[i][1] = kgc_hide(p[1]);
	}
}

KTEST(mm_lone, uncollectable_ones_are_roots)
{
	const unsigned int before = heap.lones.every;
	void *p;
	int i;

	set_every(1);
	hang();
	set_every(before);
	kgc_collect();
	for (i = 0; i < HUNG; i++) {
		p = kgc_hide(hidden[i][1]);
		EXPECT(kgc_lookup(p, NULL) == p);
		kgc_free(kgc_hide(hidden[i][0]));
	}
	EXPECT_EQ(kgc_check(), 0);
}

KTEST(mm_lone, readers_find_it)
{
	const unsigned int before = heap.lones.every;
	struct kgc_object o;
	void *volatile p, *q;
	size_t size;

	set_every(1);
	p = kgc_alloc(104, 0);
	set_every(before);
	ASSERT(p && span_is_lone(span_of(&heap, (uintptr_t)p)));
	size = kgc_usable_size(p);
	EXPECT_EQ(size, 104);
	walked = 0;
	kgc_walk(visit, p);
	EXPECT_EQ(walked, size);
	EXPECT(kgc_lookup((char *)p + 50, NULL) == p);
	ASSERT_EQ(kgc_describe((char *)p + 3, &o), 0);
	EXPECT(o.base == p);
	EXPECT_EQ(o.sizeclass, 0);
	EXPECT_EQ(kgc_flags(p), 0);
	EXPECT_EQ(kgc_check(), 0);
	memset(p, 7, 104);
	EXPECT(kgc_realloc(p, 80) == p);
	q = kgc_realloc(p, 104);
	EXPECT(KGC_FENCES ? !!q : q == p); /* a fence ends it for good */
	p = q;
	EXPECT(((char *)p)[79] == 7 && !((char *)p)[80]);
	p = kgc_realloc(p, 2000);
	ASSERT(p);
	EXPECT(((char *)p)[79] == 7 && !((char *)p)[80]);
	kgc_free(p);
	EXPECT_EQ(kgc_check(), 0);
}

/* As malloc asks: a byte more, which a block between guard pages gives back. */
KTEST(mm_lone, block_is_fitted_to_what_the_program_asked_for)
{
	const unsigned int before = heap.lones.every;
	static struct kgc_memstats NOROOT stats;
	uint64_t total;
	char *p, *q;

	p = kgc_alloc(101, KGC_NOSCAN);
	EXPECT(kgc_fit(p, 96) == p); /* as others are */
	kgc_free(p);
	kgc_read_memstats(&stats);
	total = stats.total_alloc;
	set_every(1);
	p = kgc_alloc(101, KGC_NOSCAN);
	q = kgc_fit(p, 96);
	set_every(before);
	ASSERT(p && q);
	kgc_read_memstats(&stats);
	EXPECT(stats.total_alloc - total < 200);
	if (!KGC_FENCES && KGC_CHECK < 2)
		EXPECT_EQ(kgc_usable_size(q), 96);
	EXPECT(kgc_is_guarded(q));
	memset(q, 1, 96);
	EXPECT_EQ(kgc_check(), 0);
	kgc_free(q);
	EXPECT_EQ(kgc_check(), 0);
}
