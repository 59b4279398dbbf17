// SPDX-License-Identifier: MIT
/* who_test.c - the words that refer to an object */
#include "own.h"

static char text[512];
static size_t length;
enum { MANY = 64 };
static void *volatile kept[MANY];

static void append(void *arg, const char *s, size_t n)
{
	if (length + n < sizeof(text))
		memcpy(text + length, s, n);
	length += n;
	text[MIN(length, sizeof(text) - 1)] = 0;
}

static int who(const void *p)
{
	length = 0;
	text[0] = 0;
	return kgc_who(p, append, NULL);
}

/* More than stale words on a stack can be. */
KTEST(mm_who, words_of_data_are_counted)
{
	char *p = kgc_alloc(64, 0);
	int i;

	ASSERT(p);
	for (i = 0; i < MANY; i++)
		kept[i] = p + i % 64;
	EXPECT(who(p) >= MANY);
	EXPECT(length > 0);
	for (i = 0; i < MANY; i++)
		kept[i] = NULL;
	EXPECT(who(p) < MANY);
	kgc_free(p);
}

KTEST(mm_who, four_names_at_most)
{
	char *p = kgc_alloc(64, 0), *s;
	int i, commas = 0;

	ASSERT(p);
	for (i = 0; i < 9; i++)
		kept[i] = p;
	EXPECT(who(p) >= 9);
	for (s = text; (s = strstr(s, ", ")); s++)
		commas++;
	EXPECT_EQ(commas, 3);
	for (i = 0; i < 9; i++)
		kept[i] = NULL;
	kgc_free(p);
}

KTEST(mm_who, words_of_uncollectable_object_are_counted)
{
	void **from = kgc_alloc(MANY * sizeof(void *), KGC_UNCOLLECTABLE);
	void *p = kgc_alloc(64, 0);
	int i;

	ASSERT(from && p);
	for (i = 0; i < MANY; i++)
		from[i] = p;
	EXPECT(who(p) >= MANY);
	kgc_free(from);
	EXPECT(who(p) < MANY);
	kgc_free(p);
}

KTEST(mm_who, nobody_refers_to_no_object)
{
	EXPECT_EQ(who(NULL), 0);
	EXPECT_EQ(who(&length), 0);
	EXPECT_EQ(length, 0);
}
