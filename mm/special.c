// SPDX-License-Identifier: MIT
/*
 * special.c - what is known of an object beyond its bits
 *
 * Finalizers, profile samples, weak links and ephemerons are records in one
 * hash table by address, outside the heap; the object's special bit says that
 * it has one.  The table doubles when it holds more records than chains.  An
 * object has one finalizer and one sample at most.
 *
 * The records of a kind are in a list, too, so that a cycle visits those of
 * the kinds that it asks for, and no others.  Finalizers that are due are a
 * kind of their own, and their list is the queue.
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
	int k;

	lock_init(&t->lock, RANK_SPECIAL);
	fixalloc_init(&t->records, &h->meta, sizeof(struct special));
	for (k = 0; k < NSPECIALS; k++)
		t->list[k].end = &t->list[k].first;
}

static void list_add(struct special_list *l, struct special *r)
{
	r->after = NULL;
	r->list_at = l->end;
	*l->end = r;
	l->end = &r->after;
}

static void list_remove(struct special_list *l, struct special *r)
{
	*r->list_at = r->after;
	if (r->after)
		r->after->list_at = r->list_at;
	else
		l->end = r->list_at;
}

static struct special **chain_of(const struct specials *t, uintptr_t p)
{
	/*
	 * Multiplicative hashing (Knuth 6.4: the highest bits are the best) of
	 * the page.  Neighbours in it have chains side by side: they come and
	 * go together, and so share cache lines.
	 */
	const uintptr_t golden =
		WORD_SIZE == 8 ? (uintptr_t)0x9e3779b97f4a7c15 : 0x9e3779b9;
	const uintptr_t page = (p >> PAGE_SHIFT) * golden >> t->shift;
	const uintptr_t at = p / 16 % (PAGE_SIZE / 16);

	return &t->table[(page + at) & (t->nbuckets - 1)];
}

static void chain_add(struct specials *t, struct special *r)
{
	struct special **chain = chain_of(t, r->object);

	r->next = *chain;
	r->chain_at = chain;
	if (r->next)
		r->next->chain_at = &r->next;
	*chain = r;
}

static bool grow(struct specials *t)
{
	const size_t n = t->nbuckets ? t->nbuckets * 2 : TABLE_LEAST;
	struct special **old = t->table,
		       **table = meta_table_alloc(n * sizeof(*old));
	const size_t nold = t->nbuckets;
	struct special *r, *next;
	size_t i;

	if (!table)
		return false;
	t->table = table;
	t->nbuckets = n;
	t->shift = 8 * WORD_SIZE - (unsigned int)__builtin_ctzl(n);
	for (i = 0; i < nold; i++)
		for (r = old[i]; r; r = next) {
			next = r->next;
			chain_add(t, r);
		}
	meta_table_free(old, nold * sizeof(*old));
	t->sys += (n - nold) * sizeof(*old);
	return true;
}

/* Set or clear the special bit of the object with base @p. */
void special_flag(struct heap *h, uintptr_t p, bool on)
{
	const struct bitpos b = bitmap_at(h->arena.start, p);

	if (on) {
		h->pages[page_of(h, p)]->special = true;
		bitword_or(h, b.word, BIT_SPECIAL << b.shift);
	} else {
		bitword_and(h, b.word, ~(BIT_SPECIAL << b.shift));
	}
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

/* Under the lock: add a copy of @record.  Returns it, or NULL: no memory. */
struct special *special_insert(struct heap *h, const struct special *record)
{
	struct specials *t = &h->specials;
	struct special *r;

	if (t->n >= t->nbuckets && !grow(t) && !t->nbuckets)
		return NULL;
	r = fixalloc_alloc(&t->records);
	if (!r)
		return NULL;
	*r = *record;
	chain_add(t, r);
	list_add(&t->list[r->kind], r);
	t->n++;
	if (r->kind != SPECIAL_LINK)
		special_flag(h, r->object, true);
	return r;
}

/* As above; returns 0, -KGC_ENOMEM, or -KGC_EBUSY if it has one already. */
int special_add(struct heap *h, const struct special *record)
{
	struct specials *t = &h->specials;
	int err = -KGC_EBUSY;

	lock_take(&t->lock);
	if (!special_find(h, record->object, record->kind))
		err = special_insert(h, record) ? 0 : -KGC_ENOMEM;
	lock_drop(&t->lock);
	return err;
}

/* The object @p lost a record: its special bit goes when that was the last. */
static void unflag(struct heap *h, uintptr_t p)
{
	if (!special_any(h, p))
		special_flag(h, p, false);
}

static void unlink(struct specials *t, struct special *r)
{
	*r->chain_at = r->next;
	if (r->next)
		r->next->chain_at = r->chain_at;
	list_remove(&t->list[r->kind], r);
	t->n--;
	t->nqueued -= r->kind == SPECIAL_QUEUED;
}

/* Under the lock: from now on @r is a record of kind @k. */
void special_retype(struct heap *h, struct special *r, enum special_kind k)
{
	struct specials *t = &h->specials;

	list_remove(&t->list[r->kind], r);
	r->kind = (uint8_t)k;
	list_add(&t->list[k], r);
	t->nqueued += k == SPECIAL_QUEUED;
}

/*
 * Under the lock: take @r out of the table, without giving it back.
 */
void special_remove(struct heap *h, struct special *r)
{
	unlink(&h->specials, r);
	unflag(h, r->object);
}

/* Under the lock: @r goes; the special bit of its object stays. */
void special_drop(struct heap *h, struct special *r)
{
	unlink(&h->specials, r);
	fixalloc_free(&h->specials.records, r);
}

/* The object with base @p and @size bytes dies: forget what was known of it. */
void special_forget(struct heap *h, uintptr_t p, size_t size)
{
	struct specials *t = &h->specials;
	struct special *r;

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
	while ((r = special_find(h, p, SPECIAL_FINALIZER)) ||
	       (r = special_find(h, p, SPECIAL_QUEUED)))
		special_drop(h, r);
	unflag(h, p);
	lock_drop(&t->lock);
}
