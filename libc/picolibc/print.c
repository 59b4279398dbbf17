// SPDX-License-Identifier: MIT
/*
 * print.c - calls that write or read more than a byte hold their stream
 *
 * The library's own would mix the bytes of two tasks that print at once.
 * vfprintf(), to which all of its family lead, is the library's behind
 * __wrap_vfprintf(): the linker is told so (libc.mk).
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

int __wrap_vfprintf(FILE *f, const char *format, va_list args);
int __real_vfprintf(FILE *f, const char *format, va_list args);

int __wrap_vfprintf(FILE *f, const char *format, va_list args)
{
	int n;

	stream_lock(f);
	n = __real_vfprintf(f, format, args);
	stream_unlock(f);
	return n;
}

static size_t put_all(FILE *f, const unsigned char *p, size_t n)
{
	size_t i;

	if (!(f->flags & __SWR))
		return 0;
	for (i = 0; i < n; i++)
		if (f->put((char)p[i], f) < 0) {
			f->flags |= __SERR;
			break;
		}
	return i;
}

size_t fwrite(const void *p, size_t size, size_t n, FILE *f)
{
	size_t bytes, done;

	if (__builtin_mul_overflow(size, n, &bytes) || bytes == 0)
		return 0;
	stream_lock(f);
	done = put_all(f, p, bytes);
	stream_unlock(f);
	return done / size;
}

int fputs(const char *s, FILE *f)
{
	const size_t n = strlen(s);

	return fwrite(s, 1, n, f) == n ? 0 : EOF;
}

int puts(const char *s)
{
	int result;

	stream_lock(stdout);
	result = fputs(s, stdout) == 0 && fputc('\n', stdout) == '\n' ? 0 : EOF;
	stream_unlock(stdout);
	return result;
}

size_t fread(void *p, size_t size, size_t n, FILE *f)
{
	unsigned char *to = p;
	size_t bytes, i;
	int c;

	if (__builtin_mul_overflow(size, n, &bytes) || bytes == 0)
		return 0;
	stream_lock(f);
	for (i = 0; i < bytes && (c = fgetc(f)) != EOF; i++)
		to[i] = (unsigned char)c;
	stream_unlock(f);
	return i / size;
}

/* The library's forgets a last line that no newline ends. */
char *fgets(char *s, int size, FILE *f)
{
	int c = 0, i = 0;

	stream_lock(f);
	while (i < size - 1 && c != '\n' && (c = fgetc(f)) != EOF)
		s[i++] = (char)c;
	stream_unlock(f);
	if (size <= 0 || (i == 0 && c == EOF))
		return NULL;
	s[i] = '\0';
	return s;
}
