/* SPDX-License-Identifier: MIT */
/*
 * cache.h - what a slot has at hand: windows on free objects (cache.c)
 */
#ifndef KGC_CACHE_H
#define KGC_CACHE_H

struct heap;
struct span;
struct bucket;

/* A run of free objects of one class and kind, from which some were taken. */
struct run {
	uintptr_t next, end;
	uint32_t size;	/* of an object */
	uint32_t spare; /* the window's, see there */
};

/*
 * What a slot has of one class and kind: a cache line.  The low bits of a
 * run's address tell where in its window it is.  What was freed of late is a
 * stack in the cache's recycled[], from kept_min up to kept, which kept_max
 * ends; so kept == kept_min says that nothing is kept, kept == kept_max that
 * there is no room.
 */
enum { WINDOW_SIZE = 64, KEPT_MAX = 60, KEPT_BYTES = 32 << 10 };
enum { RUN_ZEROED, RUN_AS_IS, NRUNS };
struct window {
	_Alignas(WINDOW_SIZE) union {
		struct run run[NRUNS]; /* of one span */
		struct {
			uintptr_t zeroed[2];
			uint32_t size, kept;
			uintptr_t as_is[2];
			uint32_t size_again, kept_max;
		};
	};
	uintptr_t change; /* of an object's bits, when it is freed or reused */
	uint32_t kept_min;
	/* Objects that may be reused before the profile has to be asked, and
	 * what that was when the window was last counted. */
	uint16_t lease, leased;
};
_Static_assert(sizeof(struct window) == WINDOW_SIZE, "not a line");

/* Where its runs come from. */
struct source {
	struct span *span; /* or NULL */
	/* The first object of each run that was handed out and is not set
	 * allocated yet; 0 if runs are set when they are taken. */
	uintptr_t unset[NRUNS];
	/* Where each run ends, also while it waits for what is kept to be
	 * reused first, and so looks empty. */
	uintptr_t end[NRUNS];
	bool sample; /* the first object of the next run is sampled */
	bool lone;   /* before that run, one object is to be lone */
};

/* Sizes up to here, and flags, that the fast path takes. */
#define QUICK_MAX   1024
#define QUICK_FLAGS (KGC_NOSCAN | KGC_UNCOLLECTABLE | KGC_NOZERO)

/* What the program freed of late, at level 2: a ring (harden.c). */
enum {
	QUARANTINE = KGC_CHECK >= 2 ? 256 : 1,
	QUARANTINE_BYTES = 64 << 10,
	HARDEN_SLACK = 8191, /* canaries behind an object, most */
};
struct quarantine {
	uintptr_t block[QUARANTINE];
	const struct bucket *site[QUARANTINE]; /* or NULL */
	uint32_t first, n;
	size_t bytes;
};

/* What an allocation may have to stop for: a profile sample, a lone object. */
enum { STOP_SAMPLE, STOP_LONE, NSTOPS };

/*
 * Tables lead from a size, rounded up to 8, with flags in the low bits, to a
 * run, and from a page's layout to a window: as bytes from the first window,
 * which is of no class, always empty, and stands for "not on the fast path".
 */
struct cache {
	uint16_t run_at[(QUICK_MAX | QUICK_FLAGS) + 1];
	uint16_t window_at[LAYOUT_WINDOW + 1];
	/* Words of the arena that kgc_free() may take the fast path for: 0
	 * unless one slot is in use and every span swept. */
	size_t quick;
	struct window window[NKINDS][KGC_NCLASSES];
	/* What no slot's fast path needs from here on: kgc_nobody ends here. */
	struct source source[NKINDS][KGC_NCLASSES];
	/* Odd while a run changes by more than what is taken from it. */
	_Atomic uint32_t moves;
	/* Counted when a run is taken; class 0 counts large objects. */
	uint64_t nmalloc[KGC_NCLASSES], nfree[KGC_NCLASSES];
	uint64_t large_alloc, large_free; /* bytes */
	uint64_t nlookup;
	intptr_t next_sample;  /* bytes left to the next stop, see prof.c */
	uint32_t left[NSTOPS]; /* bytes from there to the next of each kind */
	uint32_t random;
	unsigned int slot;
	struct quarantine quarantine;
	/* Being run; on a stack its times would be roots. */
	struct kgc_cycle cycle;
	uint32_t recycled[]; /* words from the arena's start */
};

extern char kgc_nobody[];
extern void *kgc_locals[];
struct cache *cache_attach(struct heap *h);
bool cache_sets_runs(const struct heap *h);
bool cache_refill(struct heap *h, struct cache *c, unsigned int kind,
		  unsigned int class, unsigned int flags);
void cache_set_quick(struct heap *h);
void cache_lease(const struct heap *h, struct cache *c, unsigned int kind,
		 unsigned int class);
void cache_set(struct heap *h, struct cache *c, unsigned int kind,
	       unsigned int class);
void cache_pause_runs(struct cache *c, unsigned int kind, unsigned int class);
bool cache_resume_runs(struct cache *c, unsigned int kind, unsigned int class);
bool cache_clear_run(struct heap *h, struct cache *c, unsigned int kind,
		     unsigned int class);
bool cache_set_object(struct heap *h, struct cache *c, const struct span *s,
		      uintptr_t p);
void cache_spill(struct heap *h, struct cache *c, unsigned int kind,
		 unsigned int class, uint32_t n);
void cache_settle(struct heap *h);
void cache_flush(struct heap *h, struct cache *c);
void cache_flush_all(struct heap *h);
bool cache_window_holds(const struct cache *c, const struct span *s,
			uintptr_t p);
bool cache_holds(const struct heap *h, const struct span *s, uintptr_t p);
bool cache_handed_out(const struct heap *h, const struct span *s, uintptr_t p);
bool cache_other_holds(const struct heap *h, const struct span *s, uintptr_t p,
		       unsigned int slot);

/* The run of a window for an allocation with @flags. */
static inline unsigned int run_of(unsigned int flags)
{
	return flags & KGC_NOZERO ? RUN_AS_IS : RUN_ZEROED;
}

static inline NO_SANITIZE size_t run_left(const struct run *r)
{
	return r->end - r->next;
}

/* Bytes left in run @i of a window, and of a run that waits. */
static inline NO_SANITIZE size_t window_left(const struct cache *c,
					     unsigned int kind,
					     unsigned int class, unsigned int i)
{
	return c->source[kind][class].end[i] -
	       c->window[kind][class].run[i].next;
}

static inline NO_SANITIZE bool run_holds(const struct run *r, uintptr_t p)
{
	return p - r->next < r->end - r->next; /* one branch: seldom taken */
}

/* The window for objects of a page with @layout. */
static inline struct window *window_of(struct cache *c, unsigned int layout)
{
	return (struct window *)((char *)c->window +
				 c->window_at[layout & LAYOUT_WINDOW]);
}

/* Objects that @w keeps of those freed of late. */
static inline NO_SANITIZE uint32_t window_kept(const struct window *w)
{
	return w->kept - w->kept_min;
}

/* Objects that were reused, and are not in the cache's counts yet. */
static inline NO_SANITIZE uint32_t window_reused(const struct window *w)
{
	const uint32_t leased = w->leased, lease = w->lease;

	return leased > lease ? leased - lease : 0; /* read while it changes */
}

#endif /* KGC_CACHE_H */
