// SPDX-License-Identifier: MIT
/*
 * dump_test.c - a dump is read back, and tells what is in the heap
 *
 * The reader here is written from Documentation/dump-format.md.
 */
#include "own.h"

enum {
	SITE = 1,
	SPAN,
	FREE,
	GAP,
	ROOT,
	EPHEMERON,
	STAT,
	PAUSES,
	END,
	OFFSET,
};

static unsigned char file[256 << 10];
static size_t length, at;
static bool bad;

static struct {
	uint64_t word_size, start, npages, pages, objects, edges, roots, sites;
	uint64_t free_runs, ephemerons, nmalloc, special, inside, spans;
	uint64_t offset; /* of the next span's object */
	uint64_t found;	 /* edges from `from` to `to` */
} d;

static void **from, *to;
OWN_CLEARS(from)
OWN_CLEARS(to)

static void sink(void *arg, const char *s, size_t n)
{
	if (length + n <= sizeof(file))
		memcpy(file + length, s, n);
	length += n;
}

static unsigned int byte(void)
{
	if (at >= length) {
		bad = true;
		return 0;
	}
	return file[at++];
}

static uint64_t number(void)
{
	uint64_t v = 0;
	unsigned int shift = 0, b;

	do {
		b = byte();
		v |= (uint64_t)(b & 0x7f) << shift;
		shift += 7;
	} while (b & 0x80 && shift < 70);
	return v;
}

static int64_t difference(uint64_t z)
{
	return (int64_t)(z >> 1) ^ -(int64_t)(z & 1);
}

static void text(char *s, size_t size)
{
	size_t n = number(), i;

	for (i = 0; i < n; i++) {
		char c = (char)byte();

		if (i + 1 < size)
			s[i] = c;
	}
	s[MIN(n, size - 1)] = 0;
}

static void read_edges(uint64_t base)
{
	uint64_t v, word = base, target = base;

	while ((v = number()) && !bad) {
		v--;
		target += (uint64_t)difference(v >> 2) * 8;
		word += (v & 1 ? number() : 0) * d.word_size;
		d.inside += v & 2 ? number() : 0;
		d.found += word == (uintptr_t)(from + 3) &&
			   target == (uintptr_t)to;
		word += d.word_size;
		d.edges++;
	}
}

static void read_span(uint64_t start)
{
	unsigned int kind, flags;
	uint64_t size, n, i, v, index = 0;

	d.pages += number();
	kind = byte();
	byte();
	size = number();
	number();
	n = number();
	d.spans++;
	start += d.offset;
	d.offset = 0;
	for (i = 0; i < n && !bad; i++) {
		v = number();
		index += v >> 1;
		flags = v & 1 ? byte() : 0;
		d.special |= flags;
		if (flags & 1)
			number();
		if (kind == KIND_SCAN || kind == KIND_UNCOLLECTABLE ||
		    kind == KIND_TYPED)
			read_edges(start + index * size);
		index++;
		d.objects++;
	}
}

static void read_record(unsigned int tag)
{
	char name[100];
	uint64_t i, n;

	switch (tag) {
	case SITE:
		for (i = 0; i < 5; i++)
			number();
		for (n = number(); n && !bad; n--)
			number();
		d.sites++;
		break;
	case SPAN:
		read_span(d.start + d.pages * PAGE_SIZE);
		break;
	case FREE:
		d.pages += number();
		number();
		d.free_runs++;
		break;
	case GAP:
		d.pages += number();
		break;
	case ROOT:
		byte();
		for (i = 0; i < 3; i++)
			number();
		text(name, sizeof(name));
		bad |= !name[0];
		d.roots++;
		break;
	case EPHEMERON:
		number();
		number();
		d.ephemerons++;
		break;
	case STAT:
		text(name, sizeof(name));
		n = number();
		if (!strcmp(name, "nmalloc"))
			d.nmalloc = n;
		break;
	case OFFSET:
		d.offset = number();
		break;
	case PAUSES:
		for (n = number(); n && !bad; n--)
			number();
		break;
	default:
		bad = true;
	}
}

static uint32_t crc_of(const unsigned char *p, size_t n)
{
	uint32_t crc = ~0u;
	int i;

	while (n--) {
		crc ^= *p++;
		for (i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* Dump `own`, and read it; the counts at the end must agree. */
static bool read_all(void)
{
	unsigned int tag;
	uint32_t crc;

	length = at = 0;
	bad = false;
	memset(&d, 0, sizeof(d));
	if (dump_heap(&own, sink, NULL) || length > sizeof(file))
		return false;
	bad = memcmp(file, "KGCDUMP\n", 8);
	at = 8;
	bad |= number() != 1;
	d.word_size = number();
	bad |= number() != PAGE_SIZE;
	d.start = number();
	d.npages = number();
	while (!bad && (tag = byte()) != END)
		read_record(tag);
	bad |= number() != d.objects;
	bad |= number() != d.edges;
	bad |= number() != d.roots;
	bad |= at + 4 != length;
	memcpy(&crc, file + length - 4, 4);
	return !bad && d.pages == d.npages && crc == crc_of(file, length - 4);
}

KTEST(mm_dump, empty_heap)
{
	ASSERT(own_open(NULL));
	ASSERT(read_all());
	EXPECT_EQ(d.word_size, WORD_SIZE);
	EXPECT_EQ(d.objects, 0);
	EXPECT_EQ(d.edges, 0);
	own_close();
}

KTEST(mm_dump, objects_and_edges_are_all_there)
{
	int i;

	ASSERT(own_open(NULL));
	from = heap_alloc(&own, 100, 0);
	for (i = 0; i < 2000; i++)
		to = heap_alloc(&own, 1 + ktest_random() % 60, i % 2);
	heap_alloc(&own, 100000, 0);
	heap_alloc(&own, 5000, KGC_NOGC);
	heap_alloc(&own, 50, KGC_UNCOLLECTABLE);
	from[3] = to;
	from[5] = (char *)from + 50;
	ASSERT(read_all());
	EXPECT_EQ(d.objects, own_objects());
	EXPECT_EQ(d.nmalloc, own_objects());
	EXPECT_EQ(d.edges, 2);
	EXPECT_EQ(d.found, 1);
	EXPECT_EQ(d.inside, 50);
	EXPECT(d.roots >= 2); /* from, to */
	EXPECT_SOUND();
	own_close();
}

static void never(void *p, void *arg)
{
}

KTEST(mm_dump, records_of_objects_are_told)
{
	struct kgc_finalizer f = { .fn = never };
	static void *weak;

	ASSERT(OWN_OPEN(.heap_reserve = 16 * MIB, .percent = -1,
			.profile_rate = 1));
	from = heap_alloc(&own, 100, 0);
	to = heap_alloc(&own, 100, 0);
	ASSERT(from && to);
	ASSERT(!final_swap(&own, (uintptr_t)from, &f));
	ASSERT(!weak_set(&own, &weak, from, 0));
	ASSERT(!ephemeron_set(&own, from, to));
	ASSERT(read_all());
	EXPECT_EQ(d.special, 1 | 2 | 8 | 16);
	EXPECT_EQ(d.ephemerons, 1);
	EXPECT(d.sites >= 1);
	from = NULL;
	own_collect(&from, &from);
	EXPECT_EQ(own.specials.nqueued, 1);
	ASSERT(read_all());
	EXPECT(d.special & 4);
	own_close();
}

KTEST(mm_dump, takes_no_memory)
{
	ASSERT(own_open(NULL));
	from = heap_alloc(&own, 100, 0);
	hostctl_fail_commit(1);
	EXPECT(read_all());
	EXPECT_EQ(hostctl_commits(), 0);
	hostctl_fail_commit(0);
	own_close();
}
