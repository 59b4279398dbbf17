// SPDX-License-Identifier: MIT
/*
 * prof.c - which call stacks hold how much
 *
 * Every profile.rate bytes on average one allocation is sampled: its call
 * stack selects a bucket, and a record on the object leads back to it when
 * the object dies.  The distance to the next sample is drawn uniformly from
 * [0, 2 rate), as in Go 2011; objects of rate bytes and more are always
 * sampled.  What guard=N is to choose (lone.c) is found in the same way.
 *
 * The fast path of an allocation knows nothing of this.  Bytes are counted
 * when a window is taken, and a window is cut short where a sample is due:
 * then its class's next window begins with the object to sample.  So any
 * object of a window may be it, not only those that whoever empties windows
 * allocates.  What a draw fell short by counts for the next one.
 *
 * Bad at: short programs, of which few objects are looked at; deep stacks,
 * of which the innermost PROF_DEPTH frames are kept.
 *
 * Locking: special.lock for buckets.
 */
#include "internal.h"

#define PROFILE_RATE_DEFAULT (512 * KIB)
#define RATE_MOST	     ((size_t)0x3fff0000) /* draws stay in 31 bits */
#define PROF_OWN	     8 /* frames of mm/ between a caller and record() */
#define LONE_GRAIN	     16 /* bytes: see lone_is_drawn() */

int prof_init(struct heap *h, const struct kgc_config *config)
{
	struct profile *p = &h->profile;

	p->rate = config->profile_rate ? config->profile_rate
				       : PROFILE_RATE_DEFAULT;
	fixalloc_init(&p->records, &h->meta, sizeof(struct bucket));
	return 0;
}

/* Marsaglia's xorshift of 32 bits: each draw all but forgets the one before. */
static uint32_t random_next(struct cache *c)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 17;
	c->random ^= c->random << 5;
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
	*b = (struct bucket){
		.next = *chain, .hash = hash, .npc = n, .number = ++p->nbuckets
	};
	memcpy(b->pc, pc, n * sizeof(*pc));
	*chain = b;
	return b;
}

/* Of the linker: where the functions marked ALLOCATES are. */
extern const char __start_kgc_alloc_text[], __stop_kgc_alloc_text[];

/* The caller's stack: without the frames that are mm/'s own. */
static ALLOCATES int backtrace(uintptr_t *pc, int max, uintptr_t **caller)
{
	const uintptr_t lo = (uintptr_t)__start_kgc_alloc_text,
			hi = (uintptr_t)__stop_kgc_alloc_text;
	const int n = kgc_host_backtrace(pc, max, 0);
	int own = 0;

	while (own < n && pc[own] - lo < hi - lo)
		own++;
	*caller = pc + own;
	return MIN(n - own, PROF_DEPTH);
}

static ALLOCATES void record(struct heap *h, uintptr_t p, size_t size)
{
	struct special r = { .object = p, .kind = SPECIAL_PROFILE };
	uintptr_t pc[PROF_DEPTH + PROF_OWN], *caller;
	const int n = backtrace(pc, PROF_DEPTH + PROF_OWN, &caller);

	lock_take(&h->specials.lock);
	r.bucket = bucket_of(&h->profile, caller, n);
	lock_drop(&h->specials.lock);
	if (!r.bucket || special_add(h, &r))
		return;
	lock_take(&h->specials.lock);
	r.bucket->nmalloc++;
	r.bucket->alloc_bytes += size;
	lock_drop(&h->specials.lock);
}

/* The same for others: its innermost @max frames to @pc; returns how many. */
ALLOCATES uint32_t prof_backtrace(uintptr_t *pc, uint32_t max)
{
	uintptr_t all[PROF_DEPTH + PROF_OWN], *caller;
	const uint32_t n = backtrace(all, PROF_DEPTH + PROF_OWN, &caller);

	memcpy(pc, caller, MIN(n, max) * sizeof(*pc));
	return MIN(n, max);
}

/* --- where to stop --- */

static bool is_sampling(const struct heap *h)
{
	return h->profile.rate != KGC_PROFILE_OFF;
}

/* Bytes between two stops of kind @k, on average; lone objects have none. */
static uint32_t rate_of(const struct heap *h, int k)
{
	const uint32_t every = h->lones.every - 1; /* 0: never */

	if (k == STOP_LONE)
		return MIN(every, RATE_MOST / LONE_GRAIN) * LONE_GRAIN;
	return MIN(h->profile.rate, RATE_MOST);
}

/* Draw how far it is from one stop of kind @k to the next. */
static uint32_t draw(const struct heap *h, struct cache *c, int k)
{
	return (uint64_t)random_next(c) * (2 * rate_of(h, k)) >> 32;
}

/* Go on to the next stop, from where this one was due or passed. */
static void go_on(struct cache *c)
{
	const uint32_t passed = c->next_sample < 0 ? -c->next_sample : 0;
	uint32_t step = UINT32_MAX;
	int k;

	for (k = 0; k < NSTOPS; k++) {
		c->left[k] -= MIN(c->left[k], passed);
		step = MIN(step, c->left[k]);
	}
	for (k = 0; k < NSTOPS; k++)
		c->left[k] -= step;
	c->next_sample = MAX(c->next_sample, 0) + (intptr_t)step;
}

void prof_start(const struct heap *h, struct cache *c)
{
	c->left[STOP_SAMPLE] = rate_of(h, STOP_SAMPLE);
	c->left[STOP_LONE] = rate_of(h, STOP_LONE);
	go_on(c);
}

/*
 * An object of @size bytes lies where a stop for a lone one was drawn, which
 * is the likelier the larger it is: one in N objects is wanted, of any size.
 */
static bool lone_is_drawn(const struct heap *h, struct cache *c, size_t size)
{
	const uint32_t reach = MIN(size, rate_of(h, STOP_LONE));

	return h->lones.every &&
	       (uint64_t)random_next(c) * reach >> 32 < LONE_GRAIN;
}

/*
 * @c stops, at an object of @size bytes: note what for, to be done when @from
 * is next asked for an object.
 */
static void stop(const struct heap *h, struct cache *c, struct source *from,
		 size_t size)
{
	bool passed = false;

	if (!c->left[STOP_SAMPLE]) {
		from->sample = size < h->profile.rate && is_sampling(h);
		c->left[STOP_SAMPLE] = draw(h, c, STOP_SAMPLE);
	}
	if (!c->left[STOP_LONE]) {
		from->lone = lone_is_drawn(h, c, size);
		passed = !from->lone;
		c->left[STOP_LONE] = draw(h, c, STOP_LONE);
	}
	go_on(c);
	if (passed) /* once for each object */
		c->next_sample = MAX(c->next_sample, (intptr_t)size);
}

/* How many objects of @size bytes a window of @c may have. */
uint32_t prof_limit(struct heap *h, const struct cache *c, size_t size)
{
	if (!is_sampling(h) && !h->lones.every)
		return UINT32_MAX;
	if ((size >= h->profile.rate && is_sampling(h)) ||
	    (uintptr_t)c->next_sample < size)
		return 1;
	return (uint32_t)c->next_sample / (uint32_t)size;
}

/*
 * How many objects of @size bytes, at most @max, may be reused before a stop:
 * they count as allocated.
 */
uint32_t prof_lease(const struct heap *h, struct cache *c, uint32_t size,
		    uint32_t max)
{
	if (!is_sampling(h) && !h->lones.every)
		return max;
	if (c->next_sample < (intptr_t)size)
		return 0;
	max = MIN((uint32_t)c->next_sample / size, max);
	c->next_sample -= max * size;
	return max;
}

/* @bytes of a lease were not used. */
void prof_return(const struct heap *h, struct cache *c, uint32_t bytes)
{
	if (is_sampling(h) || h->lones.every)
		c->next_sample += bytes;
}

/*
 * A run of @bytes, of objects of @size, was taken from @from, and @p, its first
 * object, from it.  @c is the caller's slot's, pinned.
 */
ALLOCATES void prof_run(struct heap *h, struct cache *c, struct source *from,
			uintptr_t p, size_t size, size_t bytes)
{
	const bool large = size >= h->profile.rate;
	const bool sample = from->sample || large;

	if (!is_sampling(h) && !h->lones.every) {
		c->next_sample = INTPTR_MAX;
		return;
	}
	from->sample = false;
	if (!large || h->lones.every) {
		c->next_sample -= bytes;
		if (large) /* sampled anyhow: no draw is nearer for it */
			c->left[STOP_SAMPLE] += bytes;
		/* Due within the object behind the run. */
		if (c->next_sample < (intptr_t)size)
			stop(h, c, from, size);
	}
	if (sample)
		record(h, p, size);
}

/*
 * @from has no object of @size bytes left for the caller: is the next one to
 * be lone?  Stops where objects that were freed of late are used up to a stop.
 */
bool prof_lone_is_due(struct heap *h, struct cache *c, struct source *from,
		      size_t size)
{
	bool due;

	if (!from->lone && !c->left[STOP_LONE] &&
	    c->next_sample < (intptr_t)size)
		stop(h, c, from, size);
	due = from->lone;
	from->lone = false;
	return due;
}

/* The large object @p of @size bytes was allocated. */
ALLOCATES void prof_large(struct heap *h, struct cache *c, uintptr_t p,
			  size_t size)
{
	const size_t rate = h->profile.rate;
	struct source large = { .sample = size >= rate };

	if (!is_sampling(h))
		return;
	if (size < rate) {
		c->next_sample -= size;
		if (c->next_sample <= 0)
			stop(h, c, &large, 0); /* never lone */
	}
	if (large.sample)
		record(h, p, size);
}

/* Under special.lock: an object sampled for @b died. */
void prof_freed(struct heap *h, struct bucket *b, size_t size)
{
	b->nfree++;
	b->free_bytes += size;
}

/* --- as text --- */

static struct bucket *bucket_at(const struct profile *p, size_t *chain,
				const struct bucket *after)
{
	struct bucket *b = after ? after->next : NULL;

	while (!b && p->table && *chain < PROF_BUCKETS)
		b = p->table[(*chain)++];
	return b;
}

/* The bucket after @after (NULL: the first); start with *@chain 0. */
const struct bucket *prof_next(struct heap *h, size_t *chain,
			       const struct bucket *after, struct bucket *copy)
{
	const struct bucket *b;

	lock_take(&h->specials.lock);
	b = bucket_at(&h->profile, chain, after);
	if (b && copy)
		*copy = *b;
	lock_drop(&h->specials.lock);
	return b;
}

/* What a number of sampled objects stands for. */
struct amount {
	uint64_t objects, bytes;
};

/*
 * An object of fewer bytes than the rate was sampled by a chance of its size
 * over the rate, others always.
 */
static struct amount scale(const struct heap *h, uint64_t objects,
			   uint64_t bytes)
{
	const uint32_t rate = MIN(h->profile.rate, RATE_MOST), most = 1 << 24;
	struct amount a = { objects, bytes };
	uint64_t size;

	if (!objects)
		return a;
	for (; objects >= most; objects >>= 1)
		bytes >>= 1; /* for div_u64() */
	size = div_u64(bytes, (uint32_t)objects);
	if (size >= rate)
		return a;
	a.bytes = a.objects * rate;
	for (bytes = a.bytes; size >= most; size >>= 1)
		bytes >>= 1;
	a.objects = div_u64(bytes, (uint32_t)size);
	return a;
}

struct sums {
	struct amount live, all;
};

static struct sums sums_of(const struct heap *h, const struct bucket *b)
{
	return (struct sums){
		scale(h, b->nmalloc - b->nfree, b->alloc_bytes - b->free_bytes),
		scale(h, b->nmalloc, b->alloc_bytes),
	};
}

static void add(struct amount *to, struct amount a)
{
	to->objects += a.objects;
	to->bytes += a.bytes;
}

static void write_amount(struct out *o, struct amount a)
{
	out_number(o, a.objects);
	out_text(o, ": ");
	out_number(o, a.bytes);
}

static void write_sums(struct out *o, const struct sums *s)
{
	write_amount(o, s->live);
	out_text(o, " [");
	write_amount(o, s->all);
	out_text(o, "] @");
}

static void write_site(const struct heap *h, struct out *o,
		       const struct bucket *b)
{
	const struct sums s = sums_of(h, b);
	uint32_t i;

	write_sums(o, &s);
	for (i = 0; i < b->npc; i++) {
		out_text(o, " ");
		out_address(o, b->pc[i]);
	}
	out_text(o, "\n");
}

/*
 * Scaled here, and so marked as not to be: google-pprof divides by zero when
 * it scales a site of which nothing lives.
 */
void prof_write(struct heap *h, struct out *o)
{
	struct sums all = { 0 }, s;
	struct bucket copy;
	const struct bucket *b;
	size_t chain = 0;

	for (b = NULL; (b = prof_next(h, &chain, b, &copy));) {
		s = sums_of(h, &copy);
		add(&all.live, s.live);
		add(&all.all, s.all);
	}
	out_text(o, "heap profile: ");
	write_sums(o, &all);
	out_text(o, " heapprofile\n");
	for (b = NULL, chain = 0; (b = prof_next(h, &chain, b, &copy));)
		write_site(h, o, &copy);
	out_text(o, "\nMAPPED_LIBRARIES:\n");
}

int kgc_profile(kgc_write_fn *write, void *arg)
{
	struct out o = { .write = write, .arg = arg };

	if (!heap.ready || heap.profile.rate == KGC_PROFILE_OFF)
		return -KGC_EINVAL;
	prof_write(&heap, &o);
	return 0;
}

int prof_sites(struct heap *h, kgc_site_fn *visit, void *arg)
{
	const struct bucket *b = NULL;
	struct bucket copy;
	size_t chain = 0;
	struct sums s;
	int n = 0;

	for (; (b = prof_next(h, &chain, b, &copy)); n++) {
		s = sums_of(h, &copy);
		visit(&(struct kgc_site){ s.live.objects, s.live.bytes,
					  s.all.objects, s.all.bytes, copy.npc,
					  copy.pc },
		      arg);
	}
	return n;
}

int kgc_sites(kgc_site_fn *visit, void *arg)
{
	if (!heap.ready || heap.profile.rate == KGC_PROFILE_OFF)
		return -KGC_EINVAL;
	return prof_sites(&heap, visit, arg);
}
