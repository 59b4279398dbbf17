// SPDX-License-Identifier: MIT
/*
 * stream.c - the three streams, those of files, and what ends them
 *
 * A stream is the library's struct __file_bufio, over read() and write() of
 * libc/posix.  stdout goes out line by line, stderr with each call.  All are in
 * one list, because exit() and fflush(NULL) want every one of them, of which
 * the library knows nothing; so fdopen(), fflush() and the way to close are
 * here in place of its own.
 *
 * Locking: streams_lock for the list; it is taken before a stream's own.
 */
#include <stdio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio-bufio.h>
#include <stdlib.h>
#include <sys/lock.h>
#include <unistd.h>

#include <kernel/sync.h>

#include "internal.h"

struct stream {
	struct __file_bufio bufio; /* the FILE is its beginning */
	struct stream *next;
};

#define STREAM(fd, buf, rights, flags)                                       \
	{                                                                    \
		.bufio = FDEV_SETUP_BUFIO(fd, buf, sizeof(buf), read, write, \
					  lseek, close, (rights), (flags))   \
	}

static char in_buffer[BUFSIZ], out_buffer[2 * BUFSIZ], error_buffer[BUFSIZ];
static struct stream in = STREAM(0, in_buffer, __SRD, 0);
static struct stream out = STREAM(1, out_buffer, __SWR, __BLBF);
static struct stream error = STREAM(2, error_buffer, __SWR, __BLBF);

FILE *const stdin = (FILE *)&in;
FILE *const stdout = (FILE *)&out;
FILE *const stderr = (FILE *)&error;

static struct mutex streams_lock = MUTEX_INIT;
static struct stream *streams;

static int stream_close(FILE *f)
{
	struct stream *s = (struct stream *)f, **link;

	mutex_lock(&streams_lock);
	for (link = &streams; *link && *link != s; link = &(*link)->next)
		;
	if (*link)
		*link = s->next;
	mutex_unlock(&streams_lock);
	return __bufio_close(f); /* frees it */
}

/* The three are no blocks of the heap, and 0, 1 and 2 stay open. */
static int standard_close(FILE *f)
{
	const int result = __bufio_flush(f);

	f->flags &= (uint8_t) ~(__SRD | __SWR);
	return result;
}

static void stream_add(struct stream *s, int (*close_)(FILE *f))
{
	__bufio_lock_init((FILE *)s);
	s->bufio.xfile.cfile.close = close_;
	mutex_lock(&streams_lock);
	s->next = streams;
	streams = s;
	mutex_unlock(&streams_lock);
}

void streams_init(void)
{
	stream_add(&error, standard_close);
	stream_add(&out, standard_close);
	stream_add(&in, standard_close);
}

/* NULL for streams of strings, which one call makes and uses. */
static struct __lock *lock_of(FILE *f)
{
	return f->flags & __SBUF ? ((struct __file_bufio *)f)->lock
				 : memstream_lock_of(f);
}

void stream_lock(FILE *f)
{
	_LOCK_T lock = lock_of(f);

	if (lock)
		__lock_acquire(lock);
}

bool stream_try_lock(FILE *f)
{
	_LOCK_T lock = lock_of(f);

	return !lock || __lock_try_acquire_recursive(lock);
}

void stream_unlock(FILE *f)
{
	_LOCK_T lock = lock_of(f);

	if (f == stderr)
		__bufio_flush(f);
	if (lock)
		__lock_release(lock);
}

/* Input that was read ahead is given back only when that is asked for. */
static int flush_all(void)
{
	struct stream *s;
	int result = 0;

	mutex_lock(&streams_lock);
	for (s = streams; s; s = s->next)
		if (s->bufio.dir == __SWR && __bufio_flush((FILE *)s) != 0)
			result = EOF;
	mutex_unlock(&streams_lock);
	return result;
}

/* volatile: 1.8 declares that it is not NULL. */
int fflush(FILE *f)
{
	FILE *volatile given = f;

	if (!given)
		return flush_all();
	return f->flush ? f->flush(f) : 0;
}

/* The last of all destructors: what they print goes out as well. */
static __attribute__((destructor(101))) void flush_at_exit(void)
{
	flush_all();
}

/* What fopen()'s @mode allows; 0 if it is none. */
static uint8_t mode_rights(const char *mode)
{
	const char first = *mode;

	if (first != 'r' && first != 'w' && first != 'a')
		return 0;
	while (*++mode)
		if (*mode == '+')
			return __SRD | __SWR;
	return first == 'r' ? __SRD : __SWR;
}

FILE *fdopen(int fd, const char *mode)
{
	const uint8_t rights = mode_rights(mode);
	struct stream *s;
	char *buf;

	if (!rights) {
		errno = EINVAL;
		return NULL;
	}
	s = calloc(1, sizeof(*s) + BUFSIZ);
	if (!s)
		return NULL;
	buf = (char *)(s + 1);
	*s = (struct stream){ .bufio = FDEV_SETUP_BUFIO(
				      fd, buf, BUFSIZ, read, write, lseek,
				      close, rights, isatty(fd) ? __BLBF : 0) };
	stream_add(s, stream_close);
	if (*mode == 'a')
		fseek((FILE *)s, 0, SEEK_END);
	return (FILE *)s;
}

FILE *fopen(const char *path, const char *mode)
{
	const uint8_t rights = mode_rights(mode);
	int flags = rights == (__SRD | __SWR) ? O_RDWR
		    : rights == __SRD	      ? O_RDONLY
					      : O_WRONLY;
	FILE *f;
	int fd;

	if (*mode == 'w')
		flags |= O_CREAT | O_TRUNC;
	if (*mode == 'a')
		flags |= O_CREAT | O_APPEND;
	if (!rights) {
		errno = EINVAL;
		return NULL;
	}
	fd = open(path, flags, 0666);
	if (fd < 0)
		return NULL;
	f = fdopen(fd, mode);
	if (!f)
		close(fd);
	return f;
}
