// SPDX-License-Identifier: MIT
/* line.c - POSIX's functions on streams that the library does not have */
#include <stdio.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"

enum { FIRST = 120 };

void flockfile(FILE *f)
{
	stream_lock(f);
}

int ftrylockfile(FILE *f)
{
	return !stream_try_lock(f);
}

void funlockfile(FILE *f)
{
	stream_unlock(f);
}

/* Room for @n bytes and the end of the text. */
static int make_room(char **line, size_t *size, size_t n)
{
	size_t more = *size * 2 > n + 1 ? *size * 2 : n + 1;
	char *p;

	if (*line && n < *size)
		return 0;
	if (more < FIRST)
		more = FIRST;
	p = realloc(*line, more);
	if (!p)
		return -1;
	*line = p;
	*size = more;
	return 0;
}

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *f)
{
	ssize_t n = 0;
	int c = 0;

	if (!line || !size) {
		errno = EINVAL;
		return -1;
	}
	if (!*line)
		*size = 0;
	stream_lock(f);
	do {
		if (make_room(line, size, (size_t)n + 1) != 0) {
			n = -1;
			break;
		}
		c = fgetc(f);
		if (c != EOF)
			(*line)[n++] = (char)c;
	} while (c != EOF && c != delimiter);
	stream_unlock(f);
	if (n <= 0)
		return -1;
	(*line)[n] = '\0';
	return n;
}

ssize_t getline(char **line, size_t *size, FILE *f)
{
	return getdelim(line, size, '\n', f);
}

int vdprintf(int fd, const char *format, va_list args)
{
	char *text;
	int n = vasprintf(&text, format, args), done = 0;
	ssize_t part;

	if (n < 0)
		return -1;
	while (done < n) {
		part = write(fd, text + done, (size_t)(n - done));
		if (part <= 0) {
			n = -1;
			break;
		}
		done += (int)part;
	}
	free(text);
	return n;
}

int dprintf(int fd, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vdprintf(fd, format, args);
	va_end(args);
	return n;
}

int fgetpos(FILE *f, fpos_t *pos)
{
	*pos = ftello(f);
	return *pos < 0 ? -1 : 0;
}

int fsetpos(FILE *f, const fpos_t *pos)
{
	return fseeko(f, (off_t)*pos, SEEK_SET);
}
