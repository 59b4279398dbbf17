// SPDX-License-Identifier: MIT
/*
 * heap_test.c - one field is damaged, and check_heap() says which
 *
 * The heap has a small span in a window, one in a list, one that is full, a
 * large object, a nogc block, finalizers, and free runs.
 */
#include <string.h>

#include <tests/hostctl.h>
#include <tests/ktest.h>

#include "internal.h"

static struct heap h;
static struct span *listed, *full, *large, *nogc;
static uintptr_t special, plain; /* objects of listed, both allocated */
static struct faults faults;

static void add_finalizer(uintptr_t p)
{
	struct special r = { .kind = SPECIAL_FINALIZER, .object = p };

	special_add(&h, &r);
}

static uintptr_t make(size_t size, unsigned int flags)
{
	return (uintptr_t)heap_alloc(&h, size, flags);
}

static bool open(void)
{
	uintptr_t p[33];
	int i;

	if (h.arena.start)
		heap_destroy(&h);
	if (heap_init(&h,
		      &(struct kgc_config){ .heap_reserve = 4 * MIB,
					    .percent = -1,
					    .profile_rate = KGC_PROFILE_OFF }))
		return false;
	for (i = 0; i < 33; i++) /* 32 to a span */
		p[i] = make(128, 0);
	listed = span_of(&h, p[0]);
	for (i = 0; i < 5; i++)
		heap_free(&h, (void *)p[i]);
	plain = p[6];
	special = p[7];
	add_finalizer(special);
	for (i = 0; i < 5; i++) /* four to a span */
		p[i] = make(1024, KGC_NOSCAN);
	full = span_of(&h, p[0]);
	large = span_of(&h, make(50000, 0));
	nogc = span_of(&h, make(50000, KGC_NOGC));
	heap_free(&h, (void *)make(40000, 0));
	return true;
}

static void check(void)
{
	memset(&faults, 0, sizeof(faults));
	heap_stop(&h);
	check_heap(&h, &faults);
	kgc_host_start_world();
}

/* Was there exactly this fault?  The damage is undone by now, or harmless. */
static void expect(const char *what)
{
	EXPECT(faults.n > 0);
	EXPECT_STR(faults.n ? faults.fault[0].what : "none", what);
}

static void expect_one(const char *what)
{
	expect(what);
	EXPECT_EQ(faults.n, 1);
}

static void close(void)
{
	check();
	EXPECT_EQ(faults.n, 0);
	if (faults.n)
		EXPECT_STR(faults.fault[0].what, "repaired");
	heap_destroy(&h);
}

/* Flip bits of the word @p while the heap is looked at. */
static void check_flipped(uintptr_t p, uintptr_t bits)
{
	const struct bitpos b = bitmap_at(h.arena.start, p);

	*b.word ^= bits << b.shift;
	check();
	*b.word ^= bits << b.shift;
}

KTEST(mm_corrupt_heap, sound_before_damage)
{
	ASSERT(open());
	EXPECT_EQ(listed->where, SPAN_LISTED);
	EXPECT_EQ(full->where, SPAN_NOWHERE);
	close();
}

KTEST(mm_corrupt_heap, nused)
{
	ASSERT(open());
	listed->nused++;
	check();
	listed->nused--;
	expect_one("nused of span");
	EXPECT_EQ(faults.fault[0].at, listed->start);
	EXPECT_EQ(faults.fault[0].is, listed->nused + 1);
	EXPECT_EQ(faults.fault[0].should, listed->nused);
	close();
}

KTEST(mm_corrupt_heap, bits_of_objects)
{
	ASSERT(open());
	check_flipped(plain, BIT_ALLOC); /* neither A nor N */
	expect("block start in the bitmap");
	EXPECT_EQ(faults.fault[0].at, plain);
	check_flipped(plain + 8 * 8, BIT_NOSCAN); /* in the middle */
	expect_one("block start in the bitmap");
	check_flipped(plain, BIT_NOSCAN);
	expect_one("noscan bit");
	check_flipped(full->start + 1024, BIT_NOSCAN);
	expect_one("noscan bit");
	check_flipped(full->start + 1024, BIT_ALLOC);
	expect_one("nused of span");
	check_flipped(listed->start, BIT_MARK);
	expect_one("mark or special bit of a free block");
	check_flipped(listed->start, BIT_SPECIAL);
	expect_one("mark or special bit of a free block");
	check_flipped(listed->start, BIT_ALLOC);
	expect("noscan bit");
	close();
}

KTEST(mm_corrupt_heap, special_bits)
{
	ASSERT(open());
	check_flipped(special, BIT_SPECIAL);
	expect("special bit of object with record");
	EXPECT_EQ(faults.fault[0].at, special);
	check_flipped(plain, BIT_SPECIAL);
	expect_one("special bits");
	EXPECT_EQ(faults.fault[0].is, 2);
	EXPECT_EQ(faults.fault[0].should, 1);
	h.specials.n++;
	check();
	h.specials.n--;
	expect_one("records of objects");
	close();
}

KTEST(mm_corrupt_heap, bits_of_large_objects)
{
	ASSERT(open());
	check_flipped(large->start, BIT_ALLOC);
	expect_one("allocated bit of large object");
	check_flipped(large->start, BIT_NOSCAN);
	expect_one("noscan bit of large object");
	check_flipped(nogc->start, BIT_ALLOC);
	expect_one("allocated bit of large object");
	check_flipped(nogc->start, BIT_NOSCAN);
	expect_one("noscan bit of large object");
	large->size += PAGE_SIZE;
	check();
	large->size -= PAGE_SIZE;
	expect_one("size of large object");
	close();
}

KTEST(mm_corrupt_heap, bits_of_free_pages)
{
	ASSERT(open());
	check_flipped(nogc->start + nogc->size, BIT_NOSCAN);
	expect_one("bits of a free page");
	close();
}

KTEST(mm_corrupt_heap, layout)
{
	size_t page;

	ASSERT(open());
	page = (full->start - h.arena.start) >> PAGE_SHIFT;
	h.layout[page] ^= LAYOUT_TYPED;
	check();
	h.layout[page] ^= LAYOUT_TYPED;
	expect_one("layout of page");
	EXPECT_EQ(faults.fault[0].at, full->start);
	page = (h.arena.used >> PAGE_SHIFT) - 1;
	h.layout[page] = 1;
	check();
	h.layout[page] = 0;
	expect_one("layout of free page");
	close();
}

KTEST(mm_corrupt_heap, page_table)
{
	size_t page;
	struct span *was;

	ASSERT(open());
	page = (large->start - h.arena.start) >> PAGE_SHIFT;
	h.pages[page + 3] = full;
	check();
	h.pages[page + 3] = large;
	expect_one("page table entry");
	EXPECT_EQ(faults.fault[0].at, large->start + 3 * PAGE_SIZE);
	EXPECT_EQ(faults.fault[0].is, (uintptr_t)full);
	h.pages[page] = full;
	check();
	h.pages[page] = NULL;
	expect_one("span record of page");
	check();
	h.pages[page] = large;
	expect_one("span record of page");
	page = (h.arena.used >> PAGE_SHIFT) - 1;
	was = h.pages[page];
	h.pages[page] = large;
	check();
	h.pages[page] = was;
	expect_one("page table entry of free end");
	close();
}

KTEST(mm_corrupt_heap, fields_of_spans)
{
	ASSERT(open());
	listed->size = 144;
	check();
	listed->size = 128;
	expect("object size of span");
	listed->nelems--;
	check();
	listed->nelems++;
	expect_one("objects of span");
	full->sweepgen -= 2;
	h.swept = true;
	check();
	full->sweepgen += 2;
	expect_one("sweep number of span");
	full->pending = true;
	check();
	full->pending = false;
	expect_one("pending flag of span");
	listed->where = SPAN_NOWHERE;
	check();
	listed->where = SPAN_LISTED;
	expect_one("span with free objects in no list");
	full->where = SPAN_LEAVING;
	check();
	full->where = SPAN_NOWHERE;
	expect_one("leaving span");
	large->state = SPAN_DEAD;
	check();
	large->state = SPAN_INUSE;
	expect_one("state of span");
	close();
}

KTEST(mm_corrupt_heap, released_pages)
{
	struct span *s;

	ASSERT(open());
	s = h.pages[(h.arena.used >> PAGE_SHIFT) - 1];
	s->nreleased++;
	check();
	s->nreleased--;
	expect_one("released pages of run");
	h.pageheap.released_bytes += PAGE_SIZE;
	check();
	h.pageheap.released_bytes -= PAGE_SIZE;
	expect_one("heap_released");
	close();
}

/* The first bin that is not empty. */
static struct spanlist *bin(void)
{
	int i;

	for (i = 0; i < NBINS - 1 && !h.pageheap.bin[i].first; i++)
		;
	return &h.pageheap.bin[i];
}

KTEST(mm_corrupt_heap, links)
{
	struct spanlist *b, was;

	ASSERT(open());
	b = bin();
	was = *b;
	ASSERT(was.first);
	was.first->prev = full;
	check();
	was.first->prev = NULL;
	expect_one("back link of span");
	b->last = NULL;
	check();
	*b = was;
	expect_one("end of list");
	b->first = b->last = NULL;
	check();
	*b = was;
	expect_one("spans in bins");
	b = &h.central[KIND_SCAN][listed->sizeclass].spans;
	was = *b;
	b->first = b->last = NULL;
	check();
	*b = was;
	expect_one("spans in central lists");
	full->where = SPAN_CACHED;
	check();
	full->where = SPAN_NOWHERE;
	expect_one("spans in windows");
	close();
}

KTEST(mm_corrupt_heap, two_free_runs_side_by_side)
{
	struct span *s, *rest;

	ASSERT(open());
	s = h.pages[(h.arena.used >> PAGE_SHIFT) - 1];
	rest = fixalloc_alloc(&h.pageheap.records);
	ASSERT(rest);
	*rest = *s;
	rest->start += PAGE_SIZE;
	rest->npages--;
	s->npages = 1;
	h.pages[(rest->start - h.arena.start) >> PAGE_SHIFT] = rest;
	h.pages[(h.arena.used >> PAGE_SHIFT) - 1] = rest;
	check();
	expect_one("two free runs side by side");
	s->npages += rest->npages;
	h.pages[(h.arena.used >> PAGE_SHIFT) - 1] = s;
	fixalloc_free(&h.pageheap.records, rest);
	close();
}

KTEST(mm_corrupt_heap, counters)
{
	struct cache *c;
	unsigned int slot = kgc_host_pin();

	kgc_host_unpin();
	ASSERT(open());
	c = h.cache[slot];
	c->nfree[1]++;
	check();
	c->nfree[1]--;
	expect("objects counted");
	c->large_alloc += PAGE_SIZE;
	check();
	c->large_alloc -= PAGE_SIZE;
	expect_one("bytes counted");
	h.pageheap.sys += PAGE_SIZE;
	check();
	h.pageheap.sys -= PAGE_SIZE;
	expect_one("heap_sys");
	h.pageheap.inuse -= PAGE_SIZE;
	check();
	h.pageheap.inuse += PAGE_SIZE;
	expect_one("heap_inuse");
	close();
}
