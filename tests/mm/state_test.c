// SPDX-License-Identifier: MIT
/* state_test.c - what is told of a heap that was abandoned */
#include "own.h"

static char text[2048];
static struct line line = { .buf = text, .size = sizeof(text) };
static struct out out = { line_write, &line, 0 };

static bool has(const char *what)
{
	return strstr(text, what) != NULL;
}

static bool begins(const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void state(void)
{
	line.n = 0;
	state_write(&own, &out);
}

static int check(void)
{
	line.n = 0;
	state_abandon(&own);
	return state_check(&own, &out);
}

KTEST(mm_state, three_lines)
{
	int i, n = 0;

	ASSERT(own_open(NULL));
	heap_alloc(&own, 100000, 0);
	state();
	EXPECT(begins("allocated: 0.0 MB in 1 objects, next cycle at "
		      "4.0 MB; 0 cycles, 0.000 ms of pauses\n"
		      "pages: 25 in use, "));
	EXPECT(has("\nnow: no cycle, all is swept\n"));
	for (i = 0; text[i]; i++)
		n += text[i] == '\n';
	EXPECT_EQ(n, 3);
	own_close();
	line.n = 0;
	state_write(&own, &out);
	EXPECT_EQ(line.n, 0);
}

KTEST(mm_state, phase_and_locks)
{
	static struct kgc_cycle now = { .number = 5, .begin_ns = { 1, 2, 3 } };

	ASSERT(own_open(NULL));
	own.cycles.now = &now;
	own.specials.lock.held = own.meta.lock.held = 1;
	own.central[1][7].lock.held = 1;
	state();
	EXPECT(has("\nnow: gc5, roots for "));
	EXPECT(has(" ms; locks held: special central meta\n"));
	own.cycles.now = NULL;
	EXPECT_EQ(check(), 0);
	state();
	EXPECT(has("\nnow: no cycle, all is swept\n"));
	own_close();
}

/* Windows hold objects, and some that were freed of late. */
KTEST(mm_state, heap_in_use_is_sound)
{
	void *p[100];
	int i;

	ASSERT(own_open(NULL));
	for (i = 0; i < 100; i++)
		p[i] = heap_alloc(&own, 16 * (1 + i % 10), 0);
	for (i = 0; i < 100; i += 2)
		heap_free(&own, p[i]);
	EXPECT_EQ(check(), 0);
	EXPECT_STR(text, "every invariant holds\n");
	own_close();
}

KTEST(mm_state, place_that_was_complained_of)
{
	void *p;

	ASSERT(own_open(NULL));
	p = heap_alloc(&own, 48, 0);
	heap_free(&own, p);
	own.suspect = (uintptr_t)p;
	EXPECT_EQ(check(), 0);
	EXPECT(has(": in free object 0x"));
	EXPECT(has(" of 48 bytes ("));
	EXPECT(has("\nevery invariant holds\n"));
	own_close();
}

KTEST(mm_state, faults_have_places)
{
	struct span *s;
	void *p;
	int i;

	ASSERT(own_open(NULL));
	p = heap_alloc(&own, 48, 0);
	s = span_of(&own, (uintptr_t)p);
	s->nused += 3;
	EXPECT_EQ(check(), 1);
	s->nused -= 3;
	EXPECT(begins("nused of span: "));
	EXPECT(has("\n  at 0x"));
	EXPECT(has(": in object 0x"));
	for (i = 0; i < 10; i++)
		*bitmap_at(own.arena.start, s->start + 48 * i).word = 0;
	EXPECT(check() > 4);
	EXPECT(has(" further faults\n"));
	own_close();
}

/* A check that faulted left these behind. */
KTEST(mm_state, second_call_tells_where_the_first_was)
{
	ASSERT(own_open(NULL));
	EXPECT_EQ(check(), 0);
	own.checked = true;
	own.looks_at = 0x5000;
	EXPECT_EQ(check(), 1);
	EXPECT_STR(text, "it looked at the page 0x5000\n");
	own_close();
}

static char dump[1 << 16];
static size_t ndump;

static void keep(void *arg, const char *s, size_t n)
{
	if (n < sizeof(dump) - ndump)
		memcpy(dump + ndump, s, n);
	ndump += n;
}

static size_t dump_size(void)
{
	ndump = 0;
	EXPECT_EQ(dump_heap(&own, keep, NULL), 0);
	return ndump;
}

/* Without roots: those are what the stack happens to hold. */
static unsigned int dumped_objects(void)
{
	const size_t end = dump_size() - 8; /* type, 3 counts, checksum */

	EXPECT(ndump < sizeof(dump));
	EXPECT_EQ(dump[end], 9);
	return (unsigned char)dump[end + 1];
}

static void fill(void)
{
	void *p;
	int i;

	for (i = 0; i < 100; i++) {
		p = heap_alloc(&own, 64, KGC_NOSCAN);
		if (i % 3 == 0)
			heap_free(&own, p);
	}
}

/* What a window holds is no object, and it stays in the window. */
KTEST(mm_state, dump_of_a_dead_heap)
{
	size_t n;

	ASSERT(own_open(NULL));
	fill();
	own.dead = true;
	n = dump_size();
	EXPECT(n > 100 && n < sizeof(dump));
	EXPECT(heap_alloc(&own, 64, KGC_NOSCAN));
	EXPECT(dump_size() >= n);
	own_close();
}

KTEST(mm_state, dump_goes_on_behind_damage)
{
	uint32_t npages;

	ASSERT(own_open(NULL));
	fill();
	heap_alloc(&own, 100000, KGC_NOSCAN);
	state_abandon(&own);
	EXPECT_EQ(dumped_objects(), 67);
	npages = own.pages[0]->npages;
	own.pages[0]->npages = 0;
	EXPECT_EQ(dumped_objects(), 3); /* without a page of 64 */
	own.pages[0]->npages = npages;
	EXPECT_EQ(dumped_objects(), 67);
	own_close();
}
