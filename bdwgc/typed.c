// SPDX-License-Identifier: MIT
/*
 * typed.c - descriptors, and objects scanned by them
 *
 * A descriptor that GC_make_descriptor() gives is the address of a layout,
 * tagged with GC_DS_PROC: a bitmap and kgc's number for it.  There is one
 * layout for each bitmap, for ever.  An array's elements are as large as the
 * client says, and may be larger than the structure that the descriptor
 * describes: then the layout of the whole element is derived from it.
 *
 * Where there is no layout (no memory for one, elements that are no multiple
 * of a word) the object is scanned conservatively.
 *
 * Bad at: layouts are found by a walk of a list.
 *
 * Locking: bdw_lock() for the list, which only grows at its head.
 */
#include <string.h>

#include "internal.h"

#define WORD  sizeof(GC_word)
#define NBITS (8 * WORD)

struct layout {
	struct layout *next;
	size_t words; /* length of the structure */
	int type;
	GC_word bits[];
};

static struct layout *layouts;

static size_t bitmap_words(size_t words)
{
	return (words + NBITS - 1) / NBITS;
}

static struct layout *layout_find(const GC_word *bits, size_t words)
{
	struct layout *l = __atomic_load_n(&layouts, __ATOMIC_ACQUIRE);

	while (l && (l->words != words ||
		     memcmp(l->bits, bits, bitmap_words(words) * WORD)))
		l = l->next;
	return l;
}

/* Two at once may make the same layout twice: kgc has one number for both. */
static struct layout *layout_add(struct layout *l)
{
	struct layout *old = layout_find(l->bits, l->words);

	if (!old) {
		l->type = kgc_type((const uintptr_t *)l->bits, l->words * WORD);
		if (l->type > 0) {
			bdw_lock();
			l->next = layouts;
			__atomic_store_n(&layouts, l, __ATOMIC_RELEASE);
			bdw_unlock();
			return l;
		}
	}
	kgc_free(l);
	return old;
}

/*
 * The layout of @words words that begin as @bits says for the first @known and
 * hold no pointer in the others; NULL if there is none.
 */
static struct layout *layout_get(const GC_word *bits, size_t known,
				 size_t words)
{
	struct layout *l;
	size_t i;

	bdw_ready();
	if (!words || words > BDW_MAX_SIZE / NBITS)
		return NULL;
	l = kgc_alloc(sizeof(*l) + bitmap_words(words) * WORD,
		      KGC_UNCOLLECTABLE | KGC_NOSCAN);
	if (!l)
		return NULL;
	l->words = words;
	for (i = 0; i < known && i < words; i++)
		if (GC_get_bit(bits, i))
			GC_set_bit(l->bits, i);
	return layout_add(l);
}

GC_descr GC_make_descriptor(const GC_word *bitmap, size_t words)
{
	struct layout *l = layout_get(bitmap, words, words);

	return l ? (GC_descr)l | GC_DS_PROC : words * WORD;
}

/* The highest bit of such a descriptor is the first word's. */
static struct layout *layout_of_bitmap(GC_descr d)
{
	GC_word bits = 0;
	size_t i;

	for (i = 0; i < NBITS - GC_DS_TAG_BITS; i++)
		if (d >> (NBITS - 1 - i) & 1)
			GC_set_bit(&bits, i);
	return layout_get(&bits, NBITS - GC_DS_TAG_BITS,
			  NBITS - GC_DS_TAG_BITS);
}

static struct layout *layout_of_length(size_t bytes)
{
	GC_word bits[64];

	memset(bits, 0xff, sizeof(bits));
	if (bytes / WORD > 64 * NBITS)
		return NULL;
	return layout_get(bits, bytes / WORD, bytes / WORD);
}

/* A client's mark procedure looks like a layout; it is none of ours. */
static struct layout *layout_of_proc(GC_descr d)
{
	struct layout *l = __atomic_load_n(&layouts, __ATOMIC_ACQUIRE);

	while (l && (GC_descr)l != (d & ~(GC_descr)GC_DS_TAGS))
		l = l->next;
	return l;
}

static struct layout *layout_of(GC_descr d)
{
	switch (d & GC_DS_TAGS) {
	case GC_DS_LENGTH:
		return layout_of_length(d);
	case GC_DS_BITMAP:
		return layout_of_bitmap(d);
	case GC_DS_PROC:
		return layout_of_proc(d);
	}
	return NULL;
}

/* --- allocation ---------------------------------------------------------- */

void *bdw_alloc_described(size_t block_size, GC_descr d)
{
	struct layout *l;

	if (!d)
		return kgc_alloc(block_size, KGC_NOSCAN);
	l = layout_of(d);
	return l ? kgc_alloc_typed(block_size, l->type, 0)
		 : kgc_alloc(block_size, 0);
}

void *GC_malloc_explicitly_typed(size_t size, GC_descr d)
{
	void *p = NULL;

	bdw_ready();
	if (GC_find_leak)
		bdw_leak_count(size);
	if (size < BDW_MAX_SIZE)
		p = bdw_alloc_described(bdw_block_size(size), d);
	return bdw_allocated(p, size);
}

void *GC_malloc_explicitly_typed_ignore_off_page(size_t size, GC_descr d)
{
	return GC_malloc_explicitly_typed(size, d);
}

static void *array_alloc(size_t n, size_t size, GC_descr d)
{
	struct layout *l = layout_of(d);

	if (!d)
		return kgc_alloc(bdw_block_size(n * size), KGC_NOSCAN);
	if (l && size % WORD)
		l = NULL;
	if (l && size / WORD != l->words)
		l = layout_get(l->bits, l->words, size / WORD);
	return l ? kgc_alloc_typed_array(n, l->type, 0)
		 : kgc_alloc(bdw_block_size(n * size), 0);
}

void *GC_calloc_explicitly_typed(size_t n, size_t size, GC_descr d)
{
	void *p;

	bdw_ready();
	if (size && n > BDW_MAX_SIZE / size)
		return bdw_allocated(NULL, SIZE_MAX);
	if (n <= 1 || !size)
		return GC_malloc_explicitly_typed(n * size, d);
	if (GC_find_leak)
		bdw_leak_count(n * size);
	p = array_alloc(n, size, d);
	return bdw_allocated(p, n * size);
}

/* --- in two steps -------------------------------------------------------- */

int GC_calloc_prepare_explicitly_typed(struct GC_calloc_typed_descr_s *out,
				       size_t out_size, size_t n, size_t size,
				       GC_descr d)
{
	if (out_size < sizeof(*out))
		GC_get_abort_func()("GC: a typed descriptor is too short");
	out->opaque[0] = n;
	out->opaque[1] = size;
	out->opaque[2] = d;
	out->opaque[3] = !size || n <= BDW_MAX_SIZE / size;
	return (int)out->opaque[3];
}

void *GC_calloc_do_explicitly_typed(const struct GC_calloc_typed_descr_s *in,
				    size_t in_size)
{
	return GC_calloc_explicitly_typed(in->opaque[0], in->opaque[1],
					  in->opaque[2]);
}
