// SPDX-License-Identifier: MIT
/*
 * special.c - what is known of an object beyond its bits
 *
 * Finalizers and profile samples are records in one hash table by address,
 * outside the heap; the object's special bit says that it has one.  The table
 * doubles when it holds more records than chains.  An object may have a
 * record of each kind.
 *
 * Locking: special.lock; with the world stopped, none.
 */
#include "internal.h"

#define TABLE_LEAST (PAGE_SIZE / sizeof(struct special *))

void special_init(struct heap *h)
{
	struct specials *t = &h->specials;

	lock_init(&t->lock, RANK_SPECIAL);
	fixalloc_init(&t->records, &h->meta, sizeof(struct special));
	t->queue_end = &t->queue;
}

static struct special **chain_of(const struct specials *t, uintptr_t p)
{
	/* Multiplicative hashing (Knuth 6.4); objects are 8 bytes apart. */
	const uint32_t hash = (uint32_t)(p >> 3) * 2654435769u;

	return &t->table[(hash >> 4) & (t->nbuckets - 1)];
}

static bool grow(struct specials *t)
{
	const size_t n = t->nbuckets ? t->nbuckets * 2 : TABLE_LEAST;
	struct special **old = t->table,
		       **table = meta_table_alloc(n * sizeof(*old));
	const size_t nold = t->nbuckets;
	struct special *r, *next, **chain;
	size_t i;

	if (!table)
		return false;
	t->table = table;
	t->nbuckets = n;
	for (i = 0; i < nold; i++)
		for (r = old[i]; r; r = next) {
			next = r->next;
			chain = chain_of(t, r->object);
			r->next = *chain;
			*chain = r;
		}
	meta_table_free(old, nold * sizeof(*old));
	t->sys += (n - nold) * sizeof(*old);
	return true;
}

/* Set or clear the special bit of the object with base @p. */
void special_flag(struct heap *h, uintptr_t p, bool on)
{
	const struct bitpos b = bitmap_at(h->arena.start, p);

	if (on)
		bitword_or(h, b.word, BIT_SPECIAL << b.shift);
	else
		bitword_and(h, b.word, ~(BIT_SPECIAL << b.shift));
}

/* Under the lock.  The record of kind @k of the object @p, or NULL. */
struct special *special_find(struct heap *h, uintptr_t p, enum special_kind k)
{
	struct special *r;

	if (!h->specials.nbuckets)
		return NULL;
	for (r = *chain_of(&h->specials, p); r; r = r->next)
		if (r->object == p && r->kind == k)
			return r;
	return NULL;
}

/*
 * Add a copy of @record.  Returns 0, -KGC_EBUSY if the object has one of the
 * kind, -KGC_ENOMEM.
 */
int special_add(struct heap *h, const struct special *record)
{
	struct specials *t = &h->specials;
	struct special *r, **chain;
	int err = -KGC_ENOMEM;

	lock_take(&t->lock);
	if (special_find(h, record->object, record->kind)) {
		err = -KGC_EBUSY;
		goto out;
	}
	if (t->n >= t->nbuckets && !grow(t) && !t->nbuckets)
		goto out;
	r = fixalloc_alloc(&t->records);
	if (!r)
		goto out;
	*r = *record;
	chain = chain_of(t, r->object);
	r->next = *chain;
	*chain = r;
	t->n++;
	special_flag(h, r->object, true);
	err = 0;
out:
	lock_drop(&t->lock);
	return err;
}

/* The object @p lost a record: its special bit goes when that was the last. */
static void unflag(struct heap *h, uintptr_t p)
{
	if (!special_find(h, p, SPECIAL_FINALIZER) &&
	    !special_find(h, p, SPECIAL_PROFILE))
		special_flag(h, p, false);
}

/*
 * Under the lock: take @r out of the table, without giving it back.
 */
void special_remove(struct heap *h, struct special *r)
{
	struct specials *t = &h->specials;
	struct special **at = chain_of(t, r->object);

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	t->n--;
	unflag(h, r->object);
}

/* Under the lock: the queued finalizer at *@at goes, and its record. */
void special_dequeue(struct heap *h, struct special **at)
{
	struct specials *t = &h->specials;
	struct special *r = *at;

	*at = r->next;
	if (!*at)
		t->queue_end = at;
	t->nqueued--;
	unflag(h, r->object);
	fixalloc_free(&t->records, r);
}

/* The object with base @p and @size bytes dies: forget what was known of it. */
void special_forget(struct heap *h, uintptr_t p, size_t size)
{
	struct specials *t = &h->specials;
	struct special *r, **at;

	lock_take(&t->lock);
	r = special_find(h, p, SPECIAL_PROFILE);
	if (r) {
		prof_freed(h, r->bucket, size);
		special_remove(h, r);
		fixalloc_free(&t->records, r);
	}
	r = special_find(h, p, SPECIAL_FINALIZER);
	if (r) {
		special_remove(h, r);
		fixalloc_free(&t->records, r);
	}
	for (at = &t->queue; !r && *at; at = &(*at)->next)
		if ((*at)->object == p) {
			special_dequeue(h, at);
			break;
		}
	lock_drop(&t->lock);
}
