// SPDX-License-Identifier: MIT
/*
 * soak.c - everything at once, for a long time, and back to where it began
 *
 *	run=soak[:<seconds>]
 *
 * Random steps, from the seed: objects of all sizes that are linked, cut,
 * resized and freed; trees; threads that come, do the same and go;
 * finalizers; weak links; every way to look into the heap; changed
 * parameters; a heap filled to its limit.  What is stored is compared with
 * what is found.  In the end all is dropped, and after a collection the heap
 * has as many objects and pages as before, and the collector's own memory
 * is what the first rounds made it.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <kgc/host.h>
#include <kgc/kgc.h>
#include <workloads/workload.h>
#include "internal.h"

enum {
	DEFAULT_SECONDS = 10,
	MOST_SECONDS = 7 * 24 * 3600,
	HEAP_MAX = 48 << 20, /* bytes */
	BEDS = 512,	     /* roots of a garden */
	THREADS = 6,	     /* at once */
	STEPS = 2000,	     /* of a round */
	REPORT = 30,	     /* seconds between lines */
	WARM = 400,	     /* rounds before memory is measured */
};

/* An object with links, and contents that its tag foretells. */
struct plant {
	struct plant *link[2];
	uint32_t tag, nbytes;
	unsigned char bytes[];
};

/* Uncollectable: its beds are roots. */
struct garden {
	struct plant *bed[BEDS];
	uint32_t random;
	const char *wrong; /* what was found to be so, first */
};

/* Outside the roots. */
struct soak {
	struct garden *garden;
	struct kgc_memstats before, after;
	struct {
		pthread_t thread;
		bool runs;
	} worker[THREADS + 1];
	uint64_t rounds, nthreads, nfull, nfinal;
	size_t written; /* bytes of dumps and profiles */
};

static _Atomic uint64_t finalized;

static uint32_t below(struct garden *g, uint32_t n)
{
	return random_next(&g->random) % n;
}

static void expect(struct garden *g, bool good, const char *what)
{
	if (!good && !g->wrong)
		g->wrong = what;
}

/* --- objects -------------------------------------------------------------- */

/* Mostly small, now and then up to 256 KiB. */
static uint32_t plant_bytes(struct garden *g)
{
	const uint32_t kind = below(g, 1000);

	if (kind < 900)
		return below(g, 200);
	return below(g, kind < 998 ? 4000 : 256 << 10);
}

/*
 * In an image no word of a plant but its links is an address: the highest byte
 * has this bit, and so small a heap lies below.  A plant with a finalizer that
 * seems to point to itself would never go.
 */
enum { NO_ADDRESS = 0x80 };

static uint32_t plant_tag(struct garden *g)
{
	return random_next(&g->random) | (uint32_t)NO_ADDRESS << 24;
}

static unsigned char plant_byte(const struct plant *p, uint32_t i)
{
	return (unsigned char)((p->tag + i) | NO_ADDRESS);
}

static void plant_fill(struct plant *p, uint32_t from)
{
	for (uint32_t i = from; i < p->nbytes; i++)
		p->bytes[i] = plant_byte(p, i);
}

/* The ends and one byte between: a long object is not read through. */
static bool plant_is_good(struct garden *g, const struct plant *p)
{
	const uint32_t n = p->nbytes;
	const uint32_t at[] = { 0, n ? below(g, n) : 0, n - 1 };

	for (unsigned int i = 0; n && i < 3; i++)
		if (p->bytes[at[i]] != plant_byte(p, at[i]))
			return false;
	return true;
}

/* NULL at the heap's limit. */
static struct plant *plant_make(struct garden *g)
{
	const uint32_t n = plant_bytes(g);
	struct plant *p = kgc_alloc(sizeof(*p) + n, 0);

	if (!p)
		return NULL;
	expect(g, !p->link[0] && !p->tag && (!n || !p->bytes[n - 1]),
	       "new memory is not zero");
	p->tag = plant_tag(g);
	p->nbytes = n;
	plant_fill(p, 0);
	/* Half of them on average, so that few live through others alone. */
	for (unsigned int i = 0; i < 2; i++)
		if (!below(g, 4))
			p->link[i] = g->bed[below(g, BEDS)];
	return p;
}

static void plant_walk(struct garden *g, struct plant *p)
{
	for (unsigned int i = 0; p && i < 32; i++) {
		expect(g, plant_is_good(g, p), "contents changed");
		p = p->link[below(g, 2)];
	}
}

/* An object that has no links may be resized: nobody else refers to it. */
static void step_resize(struct garden *g)
{
	const uint32_t old = below(g, 3000), n = below(g, 3000);
	struct plant *p = kgc_alloc(sizeof(*p) + old, KGC_NOZERO | KGC_NOSCAN);
	struct plant *q;

	if (!p)
		return;
	p->tag = plant_tag(g);
	p->nbytes = old;
	plant_fill(p, 0);
	q = kgc_realloc(p, sizeof(*p) + n);
	if (q && q->nbytes > n)
		q->nbytes = n;
	expect(g, plant_is_good(g, q ? q : p), "realloc changed contents");
	kgc_free(q ? q : p);
}

static void step(struct garden *g)
{
	struct plant **bed = &g->bed[below(g, BEDS)];

	switch (below(g, 8)) {
	case 0:
		step_resize(g);
		break;
	case 1:
		plant_walk(g, *bed);
		break;
	case 2: /* may close a cycle */
		if (*bed)
			(*bed)->link[1] = g->bed[below(g, BEDS)];
		break;
	case 3:
		*bed = NULL;
		break;
	default:
		*bed = plant_make(g);
	}
}

static void round_steps(struct soak *s)
{
	for (unsigned int i = 0; i < STEPS; i++)
		step(s->garden);
}

/* --- threads -------------------------------------------------------------- */

static struct garden *garden_make(uint32_t seed)
{
	struct garden *g = kgc_alloc(sizeof(*g), KGC_UNCOLLECTABLE);

	if (g)
		g->random = seed ? seed : 1;
	return g;
}

static void *worker(void *arg)
{
	struct garden *g = arg;
	const char *wrong;

	for (unsigned int i = 0; i < STEPS; i++)
		step(g);
	wrong = g->wrong;
	kgc_free(g);
	return (void *)wrong;
}

static void join(struct soak *s, unsigned int i)
{
	void *wrong = NULL;

	if (!s->worker[i].runs)
		return;
	pthread_join(s->worker[i].thread, &wrong);
	s->worker[i].runs = false;
	expect(s->garden, !wrong, wrong);
}

/* Waits until all have allocated, so that each has a cache of its own. */
static void *first_worker(void *arg)
{
	kgc_free(kgc_alloc(1, 0));
	pthread_barrier_wait(arg);
	return NULL;
}

static bool start(struct soak *s, unsigned int i, void *(*fn)(void *),
		  void *arg)
{
	s->worker[i].runs =
		!pthread_create(&s->worker[i].thread, NULL, fn, arg);
	s->nthreads += s->worker[i].runs;
	return s->worker[i].runs;
}

/* One ends that began some rounds ago, and another begins. */
static void round_threads(struct soak *s)
{
	const unsigned int i = below(s->garden, THREADS);
	struct garden *g;

	join(s, i);
	g = garden_make(random_next(&s->garden->random));
	if (g && !start(s, i, worker, g))
		kgc_free(g);
}

/* --- finalizers and weak links -------------------------------------------- */

static void count_final(void *p, void *arg)
{
	atomic_fetch_add(&finalized, 1);
}

static void round_finalizers(struct soak *s)
{
	for (unsigned int i = 0; i < 100; i++) {
		struct plant *p = plant_make(s->garden);

		if (p && !kgc_set_finalizer(p, count_final, NULL))
			s->nfinal++;
	}
	if (!below(s->garden, 4))
		kgc_run_finalizers();
}

/* Links to objects of the garden: set as long as these live. */
static void round_weak(struct soak *s)
{
	enum { LINKS = 64 };
	struct garden *g = s->garden;
	void **link = kgc_alloc_array(LINKS, sizeof(*link), KGC_NOSCAN);

	for (unsigned int i = 0; link && i < LINKS; i++) {
		link[i] = g->bed[i];
		if (link[i])
			kgc_set_weak(&link[i], link[i], 0);
	}
	if (!below(g, 2))
		kgc_collect();
	for (unsigned int i = 0; link && i < LINKS; i++)
		expect(g, link[i] == g->bed[i],
		       "a weak link to a living object");
}

/* --- looking in ----------------------------------------------------------- */

static void count_bytes(void *arg, const char *text, size_t n)
{
	*(size_t *)arg += n;
}

static void count_object(void *p, size_t size, unsigned int flags, void *arg)
{
	++*(size_t *)arg;
}

static void count_link(const struct kgc_link *link, void *arg)
{
	++*(size_t *)arg;
}

static void count_range(const struct kgc_audit *range, void *arg)
{
	*(size_t *)arg += range->words;
}

static void round_look(struct soak *s)
{
	struct garden *g = s->garden;
	struct plant *p = g->bed[below(g, BEDS)];

	switch (below(g, 8)) {
	case 0:
		kgc_dump(count_bytes, &s->written);
		break;
	case 1:
		kgc_profile(count_bytes, &s->written);
		break;
	case 2:
		kgc_walk(count_object, &s->written);
		break;
	case 3:
		kgc_find_leaks(count_object, &s->written);
		break;
	case 4:
		kgc_audit(count_range, &s->written);
		break;
	case 5:
		if (p)
			expect(g, kgc_why(p, count_link, &s->written) != 0,
			       "nobody keeps a living object");
		break;
	case 6:
		if (p)
			expect(g, kgc_referrers(p, count_link, &s->written) > 0,
			       "nobody refers to a living object");
		break;
	default:
		expect(g, kgc_check() == 0, "kgc_check found faults");
	}
}

/* --- parameters and limits ------------------------------------------------ */

static void round_tune(struct soak *s)
{
	static const int percent[] = { 10, 30, 100, 100, 300, -1 };
	struct garden *g = s->garden;

	kgc_set_percent(percent[below(g, sizeof percent / sizeof percent[0])]);
	if (!below(g, 4))
		kgc_trim((size_t)below(g, HEAP_MAX));
}

/*
 * Fill the heap to its limit, in pieces of @size bytes, and drop them.  A bed
 * holds their list, so that no stale word does.
 */
static void fill(struct soak *s, size_t size)
{
	struct plant **bed = &s->garden->bed[0], *p;

	*bed = NULL;
	while ((p = kgc_alloc(size, 0))) {
		p->link[0] = *bed;
		*bed = p;
	}
	*bed = p = NULL;
	stack_clear();
	s->nfull++;
}

static void round_full(struct soak *s)
{
	fill(s, (size_t)64 << below(s->garden, 15));
}

/* --- all of it ------------------------------------------------------------ */

/* With a frame of its own, which ends: the callers' stay, with their words. */
static __attribute__((noinline)) void one_round(struct soak *s)
{
	const uint32_t kind = below(s->garden, 1000);

	s->rounds++;
	if (kind < 600)
		round_steps(s);
	else if (kind < 750)
		round_threads(s);
	else if (kind < 850)
		round_finalizers(s);
	else if (kind < 900)
		round_weak(s);
	else if (kind < 950)
		round_look(s);
	else if (kind < 998)
		round_tune(s);
	else
		round_full(s);
}

/*
 * A task that waits has on its stack where the task lay that went on then. When
 * that has ended, objects lie there, so the finalizers' task is to wait anew.
 */
static __attribute__((noinline)) void wake_finalizers(struct soak *s)
{
	void *p = kgc_alloc(sizeof(struct plant), 0);

	if (p && !kgc_set_finalizer(p, count_final, NULL))
		s->nfinal++;
}

static __attribute__((noinline)) void settle_framed(struct soak *s,
						    struct kgc_memstats *m)
{
	for (unsigned int i = 0; i < THREADS; i++)
		join(s, i);
	memset(s->garden->bed, 0, sizeof(s->garden->bed));
	kgc_set_percent(100);
	for (unsigned int i = 0; i < 3; i++) {
		if (i < 2)
			wake_finalizers(s);
		stack_clear();
		kgc_collect();
		sched_yield();
		kgc_run_finalizers();
	}
	kgc_trim(SIZE_MAX);
	kgc_read_memstats(m);
}

/*
 * Drop all that is held, and let the heap become as small as it can.  The stack
 * is cleared before the frame that collects lies on it, and below that again.
 */
static void settle(struct soak *s, struct kgc_memstats *m)
{
	stack_clear();
	settle_framed(s, m);
}

/* With one more than there will be: the finalizers have a thread too. */
static bool start_all(struct soak *s)
{
	pthread_barrier_t all;
	bool good = true;

	if (pthread_barrier_init(&all, NULL, THREADS + 1))
		return false;
	for (unsigned int i = 0; i <= THREADS; i++)
		good &= start(s, i, first_worker, &all);
	for (unsigned int i = 0; good && i <= THREADS; i++)
		join(s, i);
	pthread_barrier_destroy(&all);
	return good;
}

/*
 * Records are never given back, so reach the most of each first: spans of one
 * page, caches of threads, records of objects.
 */
static __attribute__((noinline)) bool warm_up(struct soak *s)
{
	fill(s, 64);
	if (!start_all(s))
		return false;
	kgc_set_percent(-1);
	for (unsigned int i = 0; i < WARM; i++)
		round_finalizers(s);
	for (unsigned int i = 0; i < WARM; i++)
		one_round(s);
	return true;
}

/*
 * Returns how many of the figures that must not grow did.  Records of sites
 * that allocate, at most 4,096, come as sites are met; the page that one lies
 * on may have been counted before, or not.
 */
static int compare(const struct kgc_memstats *a, const struct kgc_memstats *b)
{
	const uint64_t more = b->buckhash_sys - a->buckhash_sys;
	const uint64_t sites = more ? more + KGC_PAGE_SIZE : 0;
	const struct {
		const char *name;
		uint64_t before, after;
	} figure[] = {
		{ "objects", a->heap_objects, b->heap_objects },
		{ "heap in use", a->heap_inuse, b->heap_inuse },
		{ "stacks", a->stacks_inuse, b->stacks_inuse },
		{ "caches", a->mcache_sys, b->mcache_sys },
		{ "records of spans", a->mspan_sys, b->mspan_sys },
		{ "bitmap", a->bitmap_sys, b->bitmap_sys },
		{ "mark list", a->gc_sys, b->gc_sys },
		{ "taken from the host", a->sys + sites, b->sys },
	};
	int grown = 0;

	for (size_t i = 0; i < sizeof figure / sizeof figure[0]; i++) {
		printf("soak: %s: %" PRIu64 ", at the end %" PRIu64 "\n",
		       figure[i].name, figure[i].before, figure[i].after);
		grown += figure[i].after > figure[i].before;
	}
	return grown;
}

/* --- what should have died, and who keeps it -------------------------------
 */

enum { KEEPERS = 16 };

struct keepers {
	unsigned int n;
	struct {
		char name[64];
		uint64_t objects, bytes;
	} of[KEEPERS];
};

/* The world is stopped: nothing is printed yet. */
static void note_range(const struct kgc_audit *range, void *arg)
{
	struct keepers *k = arg;

	if (!range->objects || k->n == KEEPERS)
		return;
	snprintf(k->of[k->n].name, sizeof(k->of[k->n].name), "%s%s",
		 range->ambiguous ? "? " : "", range->name);
	k->of[k->n].objects = range->objects;
	k->of[k->n++].bytes = range->bytes;
}

static void tell_keepers(void)
{
	struct keepers *k = table_alloc(1, sizeof(*k));

	if (!k)
		return;
	kgc_audit(note_range, k);
	for (unsigned int i = 0; i < k->n; i++)
		printf("soak: %" PRIu64 " objects, %" PRIu64
		       " bytes, kept by %s\n",
		       k->of[i].objects, k->of[i].bytes, k->of[i].name);
	kgc_free(k);
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void soak_for(struct soak *s, time_t seconds)
{
	const time_t start = now();
	time_t said = start, t;

	while ((t = now()) - start < seconds && !s->garden->wrong) {
		one_round(s);
		if (t - said < REPORT)
			continue;
		said = t;
		printf("soak: %ld s, %" PRIu64 " rounds, gc%u\n",
		       (long)(t - start), s->rounds, (unsigned)kgc_cycles());
	}
}

static int report(struct soak *s, long seconds)
{
	const int grown = compare(&s->before, &s->after);
	const char *wrong = s->garden->wrong;

	if (grown)
		tell_keepers();
	printf("soak %ld: %" PRIu64 " rounds, %u collections, %" PRIu64
	       " threads, %" PRIu64 " times full, %" PRIu64
	       " finalizers of %" PRIu64 ", %zu bytes told: %s\n",
	       seconds, s->rounds, (unsigned)kgc_cycles(), s->nthreads,
	       s->nfull, (uint64_t)finalized, s->nfinal, s->written,
	       wrong	     ? wrong
	       : grown	     ? "GROWN"
	       : kgc_check() ? "DAMAGED"
			     : "ok");
	return wrong || grown;
}

/*
 * A stale word on some stack may keep a whole list.  It goes when the stack is
 * used again, which a leak does not.
 */
static void settle_well(struct soak *s)
{
	enum { TRIES = 4, ROUNDS = 20 };

	for (unsigned int i = 0; i < TRIES; i++) {
		settle(s, &s->after);
		if (s->after.heap_objects <= s->before.heap_objects)
			return;
		printf("soak: %" PRIu64 " objects more: again\n",
		       s->after.heap_objects - s->before.heap_objects);
		for (unsigned int j = 0; j < ROUNDS; j++)
			one_round(s);
	}
	settle(s, &s->after);
}

int soak_run(const char *argument)
{
	const char *seed = workload_option("seed");
	long seconds = argument ? strtol(argument, NULL, 10) : DEFAULT_SECONDS;
	struct soak *s;
	size_t max;
	int status;

	if (seconds < 1 || seconds > MOST_SECONDS) {
		printf("soak %s: bad: not between 1 and %d seconds\n", argument,
		       MOST_SECONDS);
		return 1;
	}
	s = table_alloc(1, sizeof(*s));
	if (!s || !(s->garden = garden_make(strtoul(seed, NULL, 0))))
		return workload_no_memory("soak", "garden", 0, "objects");
	max = kgc_set_heap_max(HEAP_MAX);
	if (!warm_up(s))
		return workload_no_memory("soak", "threads", 0, "of them");
	settle(s, &s->before);
	soak_for(s, seconds);
	settle_well(s);
	kgc_set_heap_max(max);
	status = report(s, seconds);
	kgc_free(s->garden);
	kgc_free(s);
	return status;
}
