// SPDX-License-Identifier: MIT
/*
 * special.c - what is known of an object beyond its bits
 *
 * Finalizers, profile samples, weak links and ephemerons are records in one
 * hash table by address, outside the heap; the object's special bit says that
 * it has one.  The table doubles when it holds more records than chains.  An
 * object has one finalizer and one sample at most.
 *
 * Weak links and ephemerons leave the bit set when they go: the object's span
 * may be one that another slot is sweeping.  It means no more then than a
 * look into the table.
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

static struct special *first(struct special *r, uintptr_t p,
			     enum special_kind k)
{
	while (r && (r->object != p || r->kind != k))
		r = r->next;
	return r;
}

/* Under the lock.  A record of kind @k of the object @p, or NULL. */
struct special *special_find(struct heap *h, uintptr_t p, enum special_kind k)
{
	if (!h->specials.nbuckets)
		return NULL;
	return first(*chain_of(&h->specials, p), p, k);
}

/* Any record of the object @p, or NULL. */
struct special *special_any(const struct heap *h, uintptr_t p)
{
	struct special *r = NULL;

	if (h->specials.nbuckets)
		r = *chain_of(&h->specials, p);
	while (r && (r->object != p || r->kind == SPECIAL_LINK))
		r = r->next;
	return r;
}

/* The next record of the same object and kind, or NULL. */
struct special *special_after(struct special *r)
{
	return first(r->next, r->object, r->kind);
}

/* Under the lock: add a copy of @record.  Returns 0 or -KGC_ENOMEM. */
int special_insert(struct heap *h, const struct special *record)
{
	struct specials *t = &h->specials;
	struct special *r, **chain;

	if (t->n >= t->nbuckets && !grow(t) && !t->nbuckets)
		return -KGC_ENOMEM;
	r = fixalloc_alloc(&t->records);
	if (!r)
		return -KGC_ENOMEM;
	*r = *record;
	chain = chain_of(t, r->object);
	r->next = *chain;
	*chain = r;
	t->n++;
	t->nkind[r->kind]++;
	if (r->kind != SPECIAL_LINK)
		special_flag(h, r->object, true);
	return 0;
}

/* As above; -KGC_EBUSY if the object has one of the kind. */
int special_add(struct heap *h, const struct special *record)
{
	struct specials *t = &h->specials;
	int err = -KGC_EBUSY;

	lock_take(&t->lock);
	if (!special_find(h, record->object, record->kind))
		err = special_insert(h, record);
	lock_drop(&t->lock);
	return err;
}

/* The object @p lost a record: its special bit goes when that was the last. */
static void unflag(struct heap *h, uintptr_t p)
{
	if (!special_any(h, p))
		special_flag(h, p, false);
}

static void unchain(struct specials *t, struct special *r)
{
	struct special **at = chain_of(t, r->object);

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	t->n--;
	t->nkind[r->kind]--;
}

/*
 * Under the lock: take @r out of the table, without giving it back.
 */
void special_remove(struct heap *h, struct special *r)
{
	unchain(&h->specials, r);
	unflag(h, r->object);
}

/* Under the lock: @r goes; the special bit of its object stays. */
void special_drop(struct heap *h, struct special *r)
{
	unchain(&h->specials, r);
	fixalloc_free(&h->specials.records, r);
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
	bool found;

	lock_take(&t->lock);
	while ((r = special_find(h, p, SPECIAL_WEAK)))
		weak_forget_target(h, r);
	while ((r = special_find(h, p, SPECIAL_EPHEMERON)))
		special_drop(h, r);
	if (special_find(h, p, SPECIAL_HOLDER))
		weak_forget_links(h, p, size);
	r = special_find(h, p, SPECIAL_PROFILE);
	if (r) {
		prof_freed(h, r->bucket, size);
		special_drop(h, r);
	}
	r = special_find(h, p, SPECIAL_FINALIZER);
	found = r;
	if (r)
		special_drop(h, r);
	for (at = &t->queue; !found && *at; at = &(*at)->next)
		if ((*at)->object == p) {
			special_dequeue(h, at);
			break;
		}
	unflag(h, p);
	lock_drop(&t->lock);
}
