// SPDX-License-Identifier: MIT
/* explain_test.c - what is said of an address, and how long it is */
#include <stdio.h>

#include "own.h"

static char text[256], want[256];
static size_t length;

static void append(void *arg, const char *s, size_t n)
{
	EXPECT(arg == text);
	if (length + n < sizeof(text))
		memcpy(text + length, s, n);
	length += n;
}

static const char *explain(uintptr_t p)
{
	int n;

	length = 0;
	n = kgc_explain(p, append, text);
	EXPECT_EQ(n, length);
	text[length] = 0;
	return text;
}

/* As @form with the address @p for its %lx. */
static const char *with(const char *form, const void *p)
{
	snprintf(want, sizeof(want), form, (unsigned long)(uintptr_t)p);
	return want;
}

KTEST(mm_explain, objects_of_each_kind)
{
	char *p = kgc_alloc(100, 0), *q = kgc_alloc(100, KGC_NOSCAN);
	char *r = kgc_alloc(100, KGC_UNCOLLECTABLE);
	char *s = kgc_alloc(100, KGC_UNCOLLECTABLE | KGC_NOSCAN);
	char *t = kgc_alloc(5000, KGC_NOGC), *u = kgc_alloc(40000, 0);

	ASSERT(p && q && r && s && t && u);
	EXPECT_STR(
		explain((uintptr_t)p + 16),
		with("in object 0x%lx of 112 bytes (class 8, scan), +0x10", p));
	EXPECT_STR(explain((uintptr_t)q),
		   with("in object 0x%lx of 112 bytes (class 8, noscan), +0x0",
			q));
	EXPECT_STR(explain((uintptr_t)r + 111),
		   with("in object 0x%lx of 112 bytes "
			"(class 8, uncollectable), +0x6f",
			r));
	EXPECT_STR(explain((uintptr_t)s),
		   with("in object 0x%lx of 112 bytes "
			"(class 8, uncollectable noscan), +0x0",
			s));
	EXPECT_STR(explain((uintptr_t)t + 4097),
		   with("in object 0x%lx of 8192 bytes (class 0, nogc), "
			"+0x1001",
			t));
	EXPECT_STR(explain((uintptr_t)u),
		   with("in object 0x%lx of 40960 bytes (class 0, scan), +0x0",
			u));
	kgc_free(p);
	kgc_free(q);
	EXPECT_STR(explain((uintptr_t)p + 1),
		   with("in free object 0x%lx of 112 bytes (class 8, scan), "
			"+0x1",
			p));
	kgc_free(r);
	kgc_free(s);
	kgc_free(t);
	kgc_free(u);
}

KTEST(mm_explain, free_pages_and_tails)
{
	char *p = kgc_alloc(1100, 0), *u = kgc_alloc(40000, 0);
	const struct span *s;

	if (KGC_CHECK >= 2) {
		ktest_skip("blocks have canaries");
		return;
	}
	ASSERT(p && u);
	s = span_of(&heap, (uintptr_t)p);
	EXPECT_STR(explain(s->start + 8191),
		   "in the tail of a span of objects of 1152 bytes");
	kgc_free(u);
	EXPECT_STR(explain((uintptr_t)u), "in free pages of the heap");
	kgc_free(p);
}

KTEST(mm_explain, addresses_outside)
{
	const struct arena *a = &heap.arena;

	EXPECT_STR(explain(0), "not in the heap");
	EXPECT_STR(explain((uintptr_t)&want), "not in the heap");
	EXPECT_STR(explain(a->start + a->used),
		   "in the heap's reservation, not in use");
	EXPECT_STR(explain(a->start - 1), "in the heap's bitmap");
	if (a->extents)
		return; /* where the first reservation ended is not known */
	EXPECT_STR(explain(a->end - a->reserved), "in the heap's bitmap");
	EXPECT_STR(explain(a->end - a->reserved - 1), "not in the heap");
}
