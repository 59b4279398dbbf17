// SPDX-License-Identifier: MIT
/*
 * prof.c - which call stacks hold how much
 *
 * Every profile.rate bytes on average one allocation is sampled: its call
 * stack selects a bucket, and a record on the object leads back to it when
 * the object dies.  The distance to the next sample is drawn uniformly from
 * [0, 2 rate), as in Go 2011; objects of rate bytes and more are always
 * sampled.  Bytes are counted a window at a time, and the object sampled is
 * the window's first: windows are taken at the rate at which their class
 * allocates, so a site's share of samples is its share of bytes.
 *
 * Bad at: a site whose objects never come first in a window; it is seen all
 * the same as soon as another class's windows shift the countdown.
 *
 * Locking: special.lock for buckets.
 */
#include "internal.h"

#define PROFILE_RATE_DEFAULT (512 * KIB)

int prof_init(struct heap *h, const struct kgc_config *config)
{
	struct profile *p = &h->profile;

	p->rate = config->profile_rate ? config->profile_rate
				       : PROFILE_RATE_DEFAULT;
	fixalloc_init(&p->records, &h->meta, sizeof(struct bucket));
	return 0;
}

/* Go's fastrand1: a linear feedback shift register of 32 bits. */
static uint32_t random_next(struct cache *c)
{
	c->random += c->random;
	if (c->random >> 31)
		c->random ^= 0x88888eef;
	return c->random;
}

static uint32_t hash_stack(const uintptr_t *pc, int n)
{
	uint32_t hash = 0;

	while (n--) {
		hash += *pc++;
		hash += hash << 10;
		hash ^= hash >> 6;
	}
	hash += hash << 3;
	return hash ^ hash >> 11;
}

/* Under the lock: the bucket of a stack, made if need be; NULL: no memory. */
static struct bucket *bucket_of(struct profile *p, const uintptr_t *pc, int n)
{
	const uint32_t hash = hash_stack(pc, n);
	struct bucket **chain, *b;

	if (!p->table) {
		p->table = meta_table_alloc(PROF_BUCKETS * sizeof(*p->table));
		if (!p->table)
			return NULL;
		p->sys += PROF_BUCKETS * sizeof(*p->table);
	}
	chain = &p->table[hash % PROF_BUCKETS];
	for (b = *chain; b; b = b->next)
		if (b->hash == hash && b->npc == (uint32_t)n &&
		    !memcmp(b->pc, pc, n * sizeof(*pc)))
			return b;
	b = fixalloc_alloc(&p->records);
	if (!b)
		return NULL;
	*b = (struct bucket){ .next = *chain, .hash = hash, .npc = n };
	memcpy(b->pc, pc, n * sizeof(*pc));
	*chain = b;
	return b;
}

static void record(struct heap *h, uintptr_t p, size_t size)
{
	struct special r = { .object = p, .kind = SPECIAL_PROFILE };
	uintptr_t pc[PROF_DEPTH];
	const int n = kgc_host_backtrace(pc, PROF_DEPTH, 3);

	lock_take(&h->specials.lock);
	r.bucket = bucket_of(&h->profile, pc, n);
	lock_drop(&h->specials.lock);
	if (!r.bucket || special_add(h, &r))
		return;
	lock_take(&h->specials.lock);
	r.bucket->nmalloc++;
	r.bucket->alloc_bytes += size;
	lock_drop(&h->specials.lock);
}

/*
 * @bytes are being allocated, the object @p of @size among them: sample it if
 * one is due.  @c is the caller's slot's, pinned.
 */
void prof_sample(struct heap *h, struct cache *c, uintptr_t p, size_t size,
		 size_t bytes)
{
	const size_t rate = h->profile.rate;

	if (rate == KGC_PROFILE_OFF)
		return;
	if (size < rate && c->next_sample > (intptr_t)bytes) {
		c->next_sample -= bytes;
		return;
	}
	c->next_sample = random_next(c) % (2 * MIN(rate, 0x3fffffff));
	record(h, p, size);
}

/* Under special.lock: an object sampled for @b died. */
void prof_freed(struct heap *h, struct bucket *b, size_t size)
{
	b->nfree++;
	b->free_bytes += size;
}
