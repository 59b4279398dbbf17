// SPDX-License-Identifier: MIT
/*
 * line.c - getline() and getdelim(), which neither library has
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <libc/fail.h>

enum { ROOM_LEAST = 128 };

static bool grow(char **line, size_t *room)
{
	const size_t more = *room < ROOM_LEAST ? ROOM_LEAST : 2 * *room;
	char *p = realloc(*line, more);

	if (!p)
		return false;
	*line = p;
	*room = more;
	return true;
}

ssize_t getdelim(char **restrict line, size_t *restrict room, int end,
		 FILE *restrict stream)
{
	size_t n = 0;
	int c;

	if (!line || !room)
		return fail(EINVAL);
	if (!*line)
		*room = 0;
	do {
		c = getc(stream);
		if (c == EOF && (n == 0 || ferror(stream)))
			return -1;
		if (n + 2 > *room && !grow(line, room))
			return -1;
		if (c != EOF)
			(*line)[n++] = (char)c;
		(*line)[n] = '\0';
	} while (c != EOF && c != end);
	return (ssize_t)n;
}

ssize_t getline(char **restrict line, size_t *restrict room,
		FILE *restrict stream)
{
	return getdelim(line, room, '\n', stream);
}
