// SPDX-License-Identifier: MIT
/*
 * words.c - which words may stand where, and which one was meant
 *
 * At the beginning of a line and behind `help` the commands, behind a command
 * those below it, behind `param` the parameters.
 */
#include <kernel/param.h>
#include <lib/mem.h>

#include "internal.h"

enum { NAME_MOST = 16, DISTANCE_MOST = 2 };

static const char *command_name(unsigned int i)
{
	unsigned int g;

	for (g = 0; g < shell_ngroups; i -= shell_groups[g++]->n)
		if (i < shell_groups[g]->n)
			return shell_groups[g]->commands[i].name;
	return NULL;
}

const char *words_behind(const char *text, size_t n, unsigned int i)
{
	const struct shell_command *c;
	size_t lo = 0, hi, end;

	while (lo < n && text[lo] == ' ')
		lo++;
	for (hi = lo; hi < n && text[hi] != ' ';)
		hi++;
	if (lo == hi)
		return command_name(i);
	for (end = hi; end < n && text[end] == ' ';)
		end++;
	c = shell_find(text + lo, hi - lo);
	if (!c || end < n)
		return NULL;
	if (text_equal(c->name, "help"))
		return command_name(i);
	if (text_equal(c->name, "param"))
		return param_name(i);
	return i < c->nsub ? c->sub[i].name : NULL;
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * How many letters must be put in, left out, changed, or exchanged with their
 * neighbour, to make @b of @a: the table of Levenshtein, of which three rows
 * are kept.
 */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[3][NAME_MOST + 1];
	const size_t n = text_length(b);
	unsigned int *last = row[0], *now = row[1], *old = row[2], *spare;
	size_t i, j;

	for (j = 0; j <= n; j++)
		now[j] = (unsigned int)j;
	for (i = 1; a[i - 1]; i++) {
		spare = old;
		old = last;
		last = now;
		now = spare;
		now[0] = (unsigned int)i;
		for (j = 1; j <= n; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = least(now[j], old[j - 2] + 1);
		}
	}
	return now[n];
}

/* The command whose name is nearest, if that is near; NULL. */
const char *words_nearest(const char *name)
{
	unsigned int best = DISTANCE_MOST + 1, d, i;
	const char *nearest = NULL, *other;

	if (text_length(name) > NAME_MOST)
		return NULL;
	for (i = 0; (other = command_name(i)); i++) {
		d = distance(name, other);
		if (d < best && 2 * d <= text_length(other)) {
			best = d;
			nearest = other;
		}
	}
	return nearest;
}
