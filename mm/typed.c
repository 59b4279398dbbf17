// SPDX-License-Identifier: MIT
/*
 * typed.c - objects that say which of their words are pointers
 *
 * A layout is a size and a bit for each word, told once and numbered.  The
 * last word of a typed object holds the number and whether the layout
 * describes the object's beginning or, repeated, all of it; only the words
 * that it names are scanned.  The word is 0 until kgc_alloc_typed() returns:
 * no pointers.  A number that no layout has is an overrun, found when the
 * object is marked.
 *
 * Bad at: large arrays, which are scanned in one go.
 *
 * Locking: type.lock for the table of layouts; layouts never go.
 */
#include "internal.h"

enum { TYPES_LEAST = PAGE_SIZE / sizeof(struct type *) };

void typed_init(struct heap *h)
{
	lock_init(&h->types.lock, RANK_TYPE);
}

static uintptr_t *word_of(uintptr_t base, size_t usable)
{
	return (uintptr_t *)(base + usable);
}

/*
 * The layout of the object of @s with base @base, NULL if it has no pointers;
 * @once: it describes the beginning only.
 */
const struct type *typed_of(const struct heap *h, const struct span *s,
			    uintptr_t base, bool *once)
{
	const uintptr_t word = *word_of(base, span_usable(s));

	*once = word & 1;
	if (word >> 1 > h->types.n)
		kgc_host_panic("gc: mark %p: its type, the last word of %lu "
			       "bytes, was overwritten with %p",
			       (void *)base, (unsigned long)s->size,
			       (void *)word);
	return word ? h->types.of[(word >> 1) - 1] : NULL;
}

static size_t bytes_of_bits(size_t size)
{
	const size_t words = size / WORD_SIZE, bits = 8 * WORD_SIZE;

	return (words + bits - 1) / bits * WORD_SIZE;
}

/* Bits behind the last word are no part of a layout. */
static uintptr_t last_mask(size_t size)
{
	const size_t rest = size / WORD_SIZE % (8 * WORD_SIZE);

	return rest ? ((uintptr_t)1 << rest) - 1 : ~(uintptr_t)0;
}

static bool is_same(const struct type *t, const uintptr_t *pointers,
		    size_t size)
{
	const size_t last = bytes_of_bits(size) / WORD_SIZE - 1;

	return t->size == size &&
	       !memcmp(t->pointers, pointers, last * WORD_SIZE) &&
	       t->pointers[last] == (pointers[last] & last_mask(size));
}

static bool grow(struct types *t)
{
	const uint32_t max = t->max ? t->max * 2 : TYPES_LEAST;
	struct type **of = meta_table_alloc(max * sizeof(*of));

	if (!of)
		return false;
	if (t->n)
		memcpy(of, t->of, t->n * sizeof(*of));
	meta_table_free(t->of, t->max * sizeof(*of));
	t->of = of;
	t->max = max;
	return true;
}

/* Under the lock. */
static int add(struct heap *h, const uintptr_t *pointers, size_t size)
{
	const size_t bytes = bytes_of_bits(size);
	struct types *t = &h->types;
	struct type *type;
	uint32_t i;

	for (i = 0; i < t->n; i++)
		if (is_same(t->of[i], pointers, size))
			return (int)i + 1;
	if (t->n == t->max && !grow(t))
		return -KGC_ENOMEM;
	type = meta_alloc(&h->meta, sizeof(*type) + bytes);
	if (!type)
		return -KGC_ENOMEM;
	type->size = size;
	memcpy(type->pointers, pointers, bytes);
	type->pointers[bytes / WORD_SIZE - 1] &= last_mask(size);
	t->of[t->n++] = type;
	return (int)t->n;
}

int typed_number(struct heap *h, const uintptr_t *pointers, size_t size)
{
	int type;

	if (!size || size % WORD_SIZE)
		return -KGC_EINVAL;
	if (!cache_attach(h))
		return -KGC_ENOMEM;
	lock_take(&h->types.lock);
	type = add(h, pointers, size);
	lock_drop(&h->types.lock);
	return type;
}

int kgc_type(const uintptr_t *pointers, size_t size)
{
	return typed_number(&heap, pointers, size);
}

/* @size bytes and the word behind them, wherever the block ends. */
static ALLOCATES void *alloc(struct heap *h, size_t size, uintptr_t word,
			     unsigned int flags)
{
	const unsigned int allowed = KGC_NOCOLLECT | KGC_NOPROFILE;
	void *p;

	if (__builtin_add_overflow(size, WORD_SIZE, &size))
		return NULL;
	p = heap_alloc(h, size, (flags & allowed) | FLAG_TYPED);
	if (p)
		*word_of((uintptr_t)p, span_usable(span_of(h, (uintptr_t)p))) =
			word;
	return p;
}

static const struct type *type_of(const struct heap *h, int type)
{
	if (type < 1 || (uint32_t)type > h->types.n)
		kgc_host_panic("gc: alloc_typed %d: no such type", type);
	return h->types.of[type - 1];
}

ALLOCATES void *typed_alloc(struct heap *h, size_t size, int type,
			    unsigned int flags)
{
	const size_t least = type_of(h, type)->size;

	return alloc(h, MAX(size, least), (uintptr_t)type << 1 | 1, flags);
}

ALLOCATES void *typed_alloc_array(struct heap *h, size_t n, int type,
				  unsigned int flags)
{
	size_t size = type_of(h, type)->size;

	if (__builtin_mul_overflow(n, size, &size))
		return NULL;
	return alloc(h, size, (uintptr_t)type << 1, flags);
}

ALLOCATES void *kgc_alloc_typed(size_t size, int type, unsigned int flags)
{
	context_check();
	return typed_alloc(&heap, size, type, flags);
}

ALLOCATES void *kgc_alloc_typed_array(size_t n, int type, unsigned int flags)
{
	context_check();
	return typed_alloc_array(&heap, n, type, flags);
}

/* An object of @size bytes and the type of @p, which has @have. */
ALLOCATES void *typed_like(struct heap *h, const void *p, size_t have,
			   size_t size)
{
	return alloc(h, size, *word_of((uintptr_t)p, have), 0);
}
