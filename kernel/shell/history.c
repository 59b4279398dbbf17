// SPDX-License-Identifier: MIT
/*
 * history.c - the lines before this one
 *
 * One buffer of terminated lines, the oldest first; the oldest go when there is
 * no room for another.  What was typed before the first step back is kept, and
 * is there again after the last step forward.
 *
 * Bad at: changes made to an earlier line, which are forgotten when another is
 * shown.
 */
#include <kernel/line.h>

#include <lib/mem.h>

#include "internal.h"

/* The line @back lines ago, 1 being the last; NULL: there is none. */
static const char *history_at(const struct line *l, unsigned int back)
{
	size_t at = l->nhistory;

	while (back && at) {
		for (at--; at && l->history[at - 1];)
			at--;
		back--;
	}
	return back ? NULL : l->history + at;
}

/* The text, terminated, is the last line from now on; not twice in a row. */
void history_add(struct line *l)
{
	const char *last = history_at(l, 1);
	const size_t need = l->n + 1;
	size_t drop = 0;

	if (!l->n || (last && text_equal(last, l->text)))
		return;
	while (l->nhistory - drop + need > LINE_HISTORY)
		drop += text_length(l->history + drop) + 1;
	l->nhistory -= drop;
	memmove(l->history, l->history + drop, l->nhistory);
	memcpy(l->history + l->nhistory, l->text, need);
	l->nhistory += need;
}

void history_go(struct line *l, unsigned int back)
{
	const char *s = back ? history_at(l, back) : l->draft;

	if (!s) {
		line_bell(l);
		return;
	}
	if (!l->back) {
		l->text[l->n] = '\0';
		memcpy(l->draft, l->text, l->n + 1);
	}
	l->back = back;
	line_set(l, s);
}

void history_forward(struct line *l)
{
	if (l->back)
		history_go(l, l->back - 1);
	else
		line_bell(l);
}
