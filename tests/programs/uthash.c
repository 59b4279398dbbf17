// SPDX-License-Identifier: MIT
/*
 * uthash.c - uthash, utlist and utarray: tables of nodes that nobody frees
 *
 *	uthash N	N rounds; prints the same on every system
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utarray.h>
#include <uthash.h>
#include <utlist.h>
#include <utstring.h>

struct word {
	char text[16];
	int count;
	UT_hash_handle hh;
	struct word *next;
};

static int by_count(struct word *a, struct word *b)
{
	return a->count != b->count ? b->count - a->count
				    : strcmp(a->text, b->text);
}

/* A table of @n words of a small language; the caller forgets it. */
static struct word *count_words(int n, unsigned int seed)
{
	struct word *table = NULL, *w;
	char text[16];
	int i;

	for (i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		snprintf(text, sizeof(text), "w%u", (seed >> 16) % 500);
		HASH_FIND_STR(table, text, w);
		if (!w) {
			w = calloc(1, sizeof(*w));
			strcpy(w->text, text);
			HASH_ADD_STR(table, text, w);
		}
		w->count++;
	}
	return table;
}

static void print_first(struct word *table, int n)
{
	struct word *list = NULL, *w, *tmp;
	UT_string *line;
	UT_array *counts;
	int i = 0, *count;

	utstring_new(line);
	utarray_new(counts, &ut_int_icd);
	HASH_SORT(table, by_count);
	HASH_ITER(hh, table, w, tmp)
	{
		if (i++ >= n)
			break;
		LL_PREPEND(list, w);
		utarray_push_back(counts, &w->count);
	}
	LL_FOREACH(list, w)
	utstring_printf(line, "%s=%d ", w->text, w->count);
	count = (int *)utarray_back(counts);
	printf("%s(%u words, last %d)\n", utstring_body(line),
	       HASH_COUNT(table), *count);
}

int main(int argc, char **argv)
{
	const int n = argc > 1 ? atoi(argv[1]) : 20;
	int i;

	for (i = 0; i < n; i++)
		print_first(count_words(5000, (unsigned int)i), 5);
	return 0;
}
