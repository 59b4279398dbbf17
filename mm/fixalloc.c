// SPDX-License-Identifier: MIT
/*
 * fixalloc.c - allocate the collector's own records
 *
 * A fixalloc hands out objects of one size: spans, finalizer records, profile
 * buckets.  It cuts them from chunks of metadata and keeps the returned ones
 * in a list.  Memory once taken is never given back, so a record's address
 * stays valid and its type never changes.  (Go 2011: mfixalloc.c, with chunks
 * of 4 KiB instead of 128.)
 *
 * Bad at: giving memory back after a peak.
 *
 * Locking: the caller's.
 */
#include "internal.h"

#define FIXALLOC_CHUNK (4 * KIB)

struct fixobj {
	struct fixobj *next;
};

void fixalloc_init(struct fixalloc *f, struct meta *m, size_t size)
{
	*f = (struct fixalloc){
		.meta = m,
		.size = round_up(size, WORD_SIZE),
	};
}

/* Returns NULL if the host has no memory left.  The object is not zeroed. */
void *fixalloc_alloc(struct fixalloc *f)
{
	void *p;

	if (f->free) {
		p = f->free;
		f->free = f->free->next;
	} else {
		if (f->left < f->size) {
			f->chunk = meta_alloc(f->meta, FIXALLOC_CHUNK);
			f->left = f->chunk ? FIXALLOC_CHUNK : 0;
			if (!f->chunk)
				return NULL;
			f->sys += FIXALLOC_CHUNK;
		}
		p = f->chunk;
		f->chunk += f->size;
		f->left -= f->size;
	}
	f->inuse += f->size;
	return p;
}

void fixalloc_free(struct fixalloc *f, void *p)
{
	struct fixobj *o = p;

	o->next = f->free;
	f->free = o;
	f->inuse -= f->size;
}
