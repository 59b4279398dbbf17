// SPDX-License-Identifier: MIT
/*
 * complete.c - the rest of a word, by the tabulator key
 *
 * What all words have in common that begin as the one before the cursor is put
 * in, and a blank behind the only one.  If that is nothing they are listed.
 */
#include <kernel/line.h>

#include <lib/mem.h>

#include "internal.h"

struct matches {
	unsigned int n;
	const char *first;
	size_t common; /* bytes that all of them begin with */
};

static bool begins(const char *word, const char *prefix, size_t n)
{
	return text_length(word) >= n && !memcmp(word, prefix, n);
}

static struct matches matches_of(const struct line *l, size_t from)
{
	const size_t n = l->at - from;
	struct matches m = { 0 };
	const char *word;
	unsigned int i;
	size_t same;

	for (i = 0; (word = l->word(l->text, from, i)); i++) {
		if (!begins(word, l->text + from, n))
			continue;
		if (!m.n++) {
			m.first = word;
			m.common = text_length(word);
		}
		for (same = n; same < m.common && word[same] == m.first[same];)
			same++;
		m.common = same;
	}
	return m;
}

static void show_matches(struct line *l, size_t from)
{
	const char *word;
	unsigned int i;

	line_echo(l, "\n");
	for (i = 0; (word = l->word(l->text, from, i)); i++)
		if (begins(word, l->text + from, l->at - from)) {
			line_echo(l, word);
			line_echo(l, "  ");
		}
	line_echo(l, "\n");
	line_show_prompt(l);
}

void line_complete(struct line *l)
{
	size_t from = l->at;
	struct matches m;

	while (from && l->text[from - 1] != ' ')
		from--;
	m = matches_of(l, from);
	if (!m.n)
		line_bell(l);
	else if (m.n > 1 && m.common == l->at - from)
		show_matches(l, from);
	else
		line_insert(l, m.first + (l->at - from),
			    m.common - (l->at - from));
	if (m.n == 1)
		line_insert(l, " ", 1);
}
