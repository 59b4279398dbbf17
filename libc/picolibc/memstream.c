// SPDX-License-Identifier: MIT
/*
 * memstream.c - open_memstream(): what is written to a stream is a block
 *
 * The block doubles as it fills, and always has a byte more for the end of the
 * text.  The caller's pointer and size are set by fflush() and fclose().
 *
 * Bad at: seeking; a memory stream is written from its beginning to its end.
 */
#include <stdio.h>

#include <stdlib.h>
#include <string.h>
#include <sys/lock.h>

#include "internal.h"

enum { FIRST = 64 };

struct memstream {
	struct __file_ext ext; /* the FILE is its beginning */
	_LOCK_T lock;
	char **result;
	size_t *result_size;
	char *text; /* n + 1 bytes of room at least */
	size_t n, room;
};

static int grow(struct memstream *m)
{
	char *text = realloc(m->text, 2 * m->room);

	if (!text)
		return EOF;
	m->text = text;
	m->room *= 2;
	return 0;
}

static int memstream_put(char c, FILE *f)
{
	struct memstream *m = (struct memstream *)f;

	if (m->n + 1 == m->room && grow(m) != 0)
		return _FDEV_ERR;
	m->text[m->n++] = c;
	return (unsigned char)c;
}

static int memstream_flush(FILE *f)
{
	struct memstream *m = (struct memstream *)f;

	m->text[m->n] = '\0';
	*m->result = m->text;
	*m->result_size = m->n;
	return 0;
}

static int memstream_close(FILE *f)
{
	memstream_flush(f);
	__lock_close(((struct memstream *)f)->lock);
	free(f);
	return 0;
}

static off_t memstream_seek(FILE *f, off_t offset, int whence)
{
	const off_t n = (off_t)((struct memstream *)f)->n;

	return offset == (whence == SEEK_SET ? n : 0) ? n : -1;
}

FILE *open_memstream(char **text, size_t *size)
{
	struct memstream *m = calloc(1, sizeof(*m));
	char *first = malloc(FIRST);

	if (!m || !first) {
		free(first);
		free(m);
		return NULL;
	}
	*m = (struct memstream){
		.ext = FDEV_SETUP_EXT(memstream_put, NULL, memstream_flush,
				      memstream_close, memstream_seek, NULL,
				      __SWR),
		.result = text,
		.result_size = size,
		.text = first,
		.room = FIRST,
	};
	__lock_init(m->lock);
	memstream_flush((FILE *)m);
	return (FILE *)m;
}

struct __lock *memstream_lock_of(FILE *f)
{
	return f->put == memstream_put ? ((struct memstream *)f)->lock : NULL;
}
