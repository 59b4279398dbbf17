/* SPDX-License-Identifier: MIT */
/*
 * internal.h - the heap, its structures and its rules
 *
 * The heap is one range of address space, the arena, cut into pages of 4 KiB.
 * A span is a run of pages with one use: objects of one size class and kind,
 * one large object, or nothing.  The page table (heap.pages) leads from any
 * address to its span.  Four bits describe each word of the arena; they lie
 * in the bitmap, which grows backward from the arena's start (bitmap.h).
 *
 * An allocation of up to 32 KiB is rounded up to one of 60 size classes.
 *   1. The slot's cache has a window for the class and kind: a run of free
 *      objects.  Take the next one.
 *   2. The run is used up, or waits (cache_pause_runs): take one that was freed
 *      of late.
 *      None is kept: find the next run of free objects in the window's span,
 *      by its bits (cache_refill).
 *   3. The span has none: take the longest-waiting span with free objects
 *      from the central list of that class and kind, sweeping it first.
 *   4. The list is empty: take pages from the page heap, and carve them.
 *   5. The page heap has no run that long: grow the arena.
 * A larger object is a span of its own, straight from the page heap.  All the
 * cost of steps 2 to 5 is shared by the objects of a window.  With guard=N one
 * small object in N is such a span too, between two pages that fault (lone.c).
 *
 * What a run handed out is set allocated in the bitmap later, many objects at a
 * time: before anybody reads their bits, and when one of them is freed
 * (cache.c).  With several slots in use it is set when the run is taken.
 *
 * kgc_free clears the object's bits: nothing is written to the object, and no
 * list of free objects exists, but for a few addresses that a window keeps to
 * hand out again, while one slot is in use; their span counts them as used
 * until they are forgotten, as they are before another run is taken and
 * whenever the world stops.  When it was the first of a full span, the span
 * goes to the end of its central list; when it was the last of a span that no
 * cache holds, the pages go back to the page heap.
 *
 * Bits of a block change before the block can be reused, always.
 *
 * A collection (collect.c) stops the world, takes back what windows hold (so
 * that the bitmap tells the plain truth), marks from the roots
 * (root.c, mark.c), queues finalizers (final.c), and starts the world again.
 * Spans are swept after that (sweep.c): each carries a sweep number, and
 * whoever needs one that is behind sweeps it.  Sweeping a span is word
 * arithmetic on its bitmap: dead = allocated & ~marked, 16 words at a time
 * (8 on 32-bit machines), with no access to the objects.
 *
 * Zeroing.  span->needzero says that a byte of the span's free memory may be
 * non-zero.  It is false for pages fresh from the host, and so for the first
 * pass of a cache over a span carved from them; true after that.  Split
 * copies it, coalescing ors it.  A window has a run of objects that are zero
 * and one of objects as they are, which is for those who do not care; who wants
 * zeroes and finds only that one clears all of it.
 *
 * Locks are spin locks, taken while pinned, in the order of enum rank.
 *
 *	lock		protects
 *	special.lock	records of objects and weak links, finalizer queue
 *	central.lock	that central's list; where of spans of its class, kind
 *	pageheap.lock	page table, free runs, arena bounds, records of spans
 *	mark.lock	size of the mark list
 *	root.lock	registered and excluded roots
 *	type.lock	layouts of typed objects
 *	cycle.lock	records of the last cycles
 *	meta.lock	memory for records
 *
 * Not locked: a cache and its windows belong to the pinned owner of the slot.
 * The bits and nused of a span that is swept change by atomic operations
 * while several slots are in use (heap.shared), by plain ones while it is one.
 * A span that is being swept belongs to its sweeper; bits, counts and marks
 * belong to the collector while the world is stopped.
 */
#ifndef KGC_INTERNAL_H
#define KGC_INTERNAL_H

#include <kgc/host.h>
#include <kgc/kgc.h>
#include <stdatomic.h>
#include <stddef.h>

/* The four functions of string.h that every host has. */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *p, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#pragma GCC visibility push(hidden)

/* CHECK=asan: blocks end in a fence. */
#ifndef KGC_FENCES
#define KGC_FENCES 0
#endif
/* A window has one object, and keeps none that were freed. */
#define ONE_BY_ONE (KGC_CHECK >= 3 || KGC_FENCES)

#define PAGE_SHIFT     12
#define PAGE_SIZE      KGC_PAGE_SIZE
#define WORD_SIZE      sizeof(uintptr_t)
#define SMALL_MAX      ((size_t)32768) /* largest size served from classes */
#define SLOTS_MAX      64
#define SPAN_SMALL_MAX (16 * PAGE_SIZE) /* no class has longer spans: 13 */

#define KIB		((size_t)1 << 10)
#define MIB		((size_t)1 << 20)
#define round_up(n, to) (((n) + ((to)-1)) & ~((to)-1)) /* power of 2 */
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define MAX(a, b)	((a) > (b) ? (a) : (b))
/*
 * On every function that lies between a caller of mm/ and its sample: return
 * addresses in this section are left out of the caller's stack.
 */
#define ALLOCATES __attribute__((section("kgc_alloc_text")))
/* Called seldom: compiled for size. */
#define COLD __attribute__((cold))
/* Off the fast path, which then has no frame and saves no registers. */
#define NOINLINE __attribute__((noinline))
/* Reads what it is told to, stacks included: no sanitizer can judge that. */
#define NO_SANITIZE __attribute__((no_sanitize("address", "thread")))

/* Our mistake: compiled in at level 1 and above. */
#define kgc_assert(cond)                                                 \
	do {                                                             \
		if (KGC_CHECK >= 1 && unlikely(!(cond)))                 \
			kgc_host_panic("gc: assertion %s, %s:%d", #cond, \
				       __FILE__, __LINE__);              \
	} while (0)

#include "lock.h"

/* Kinds.  A nogc block is always a large span. */
enum kind {
	KIND_SCAN = 0,
	KIND_NOSCAN = KGC_NOSCAN,
	KIND_UNCOLLECTABLE = KGC_UNCOLLECTABLE,
	KIND_UNCOLLECTABLE_NOSCAN = KGC_UNCOLLECTABLE | KGC_NOSCAN,
	KIND_TYPED = 1 << 2, /* its last word says where pointers are */
	NKINDS,
	KIND_NOGC = KGC_NOGC,
};
#define FLAG_TYPED (1u << 4) /* of an allocation; beside those of kgc.h */

enum span_state {
	SPAN_DEAD,  /* the record is unused */
	SPAN_FREE,  /* in a bin of the page heap */
	SPAN_INUSE, /* holds objects */
	SPAN_GAP,   /* address space between two reservations */
};

/* Which structure holds an in-use span of small objects. */
enum span_where {
	SPAN_NOWHERE, /* full, or large */
	SPAN_LISTED,  /* in its central list: has free objects */
	SPAN_CACHED,  /* in a window of slot span->owner */
	SPAN_LEAVING, /* its pages are on their way to the page heap */
	SPAN_HELD,    /* of a lone object, free: they fault for a while */
};

/*
 * 72 bytes (48 on 32-bit machines), one for each run of pages: 1.76 % of a
 * span of one page.  Records are never unmapped, so a stale pointer to one
 * still finds a record: state and bounds decide (span_of).
 */
struct span {
	struct span *next; /* in a bin or a central list */
	union {
		struct span *prev; /* likewise */
		struct lone *lone; /* of a lone object: what is known of it */
	};
	struct span *next_pending; /* in the marker's list of pending spans */
	uintptr_t start;	   /* address of the first page */
	size_t size;		   /* of an object, bytes; large: the span's,
				      unless it is lone */
	uint32_t npages;
	union {
		struct {		 /* in use */
			uint16_t nelems; /* objects; 1 if large */
			/* Small: object at which the cache goes on.  Large:
			 * where the object begins, see span_base(). */
			uint16_t cursor;
		};
		uint32_t idle_since; /* free: cycle in which it became so */
	};
	_Atomic uint32_t nused;	   /* objects with the allocated bit set, and
				      those kept in a window's recycled[] */
	_Atomic uint32_t sweepgen; /* see sweep.c */
	union {
		uint32_t nlive;	    /* in use: objects that the cycle marked */
		uint32_t nreleased; /* free: pages not Ready */
	};
	_Atomic uint8_t state; /* enum span_state */
	_Atomic uint8_t where; /* enum span_where */
	uint8_t sizeclass;     /* 0: large */
	uint8_t kind;
	_Atomic uint8_t owner; /* slot, while cached */
	bool needzero;
	bool pending; /* marked objects in it wait to be scanned */
	bool special; /* an object of it may have its special bit set */
};
_Static_assert(sizeof(struct span) <= (sizeof(void *) == 8 ? 72 : 48),
	       "span records outgrow the metadata budget");

struct spanlist {
	struct span *first, *last;
};

/* What is derived from a size class once, at start. */
struct sizeclass {
	uint32_t size;	/* bytes */
	uint32_t magic; /* ceil(2^32 / size): offset * magic >> 32 is the index
			 */
	uint16_t nelems;
	uint8_t npages;
};

struct sizeclasses {
	struct sizeclass of[KGC_NCLASSES];
	uint8_t small[1016 / 8 + 1]; /* (size + 7) / 8 */
	uint8_t big[(SMALL_MAX - 1024) / 128 +
		    1]; /* (size - 1024 + 127) / 128 */
};

/* A piece of the host's memory that grows from its low end. */
struct region {
	char *base;
	size_t size, ready; /* reserved, and Ready from base on */
};

/* Memory for records: never given back. */
struct meta {
	struct lock lock;
	struct region region; /* present one; its first bytes hold the last */
	size_t used;	      /* bytes of it handed out */
	size_t sys;	      /* bytes Ready in all regions */
	size_t step;	      /* bytes of address space for a further region */
};

struct fixalloc {
	struct meta *meta;
	struct fixobj *free;
	char *chunk;
	size_t size, left;
	size_t inuse, sys; /* bytes */
};

/* Where the heap is.  start, reach never change after kgc_init. */
struct arena {
	uintptr_t base; /* of the first reservation, and of the bitmap */
	uintptr_t start;
	uintptr_t end;	     /* of the reservation in use */
	_Atomic size_t used; /* bytes from start that spans cover */
	size_t reach;	     /* bytes that bitmap and page table can describe */
	size_t bitmap_mapped; /* bytes of bitmap Ready, downward from start */
	size_t reserved;      /* bytes of the first reservation, with bitmap */
	struct fixalloc extent_records;
	struct extent *extents; /* further ones */
};

struct extent {
	struct extent *next;
	void *base;
	size_t size;
};

/*
 * What the marker and free have to know of a page, in 16 bits: of a small span
 * its class, its kind, and how many of its pages lie before this one.  0 for
 * every other page.
 */
#define LAYOUT_CLASS	     0x3f
#define LAYOUT_TYPED	     0x40
#define LAYOUT_NOSCAN	     0x80
#define LAYOUT_UNCOLLECTABLE 0x100
#define LAYOUT_WINDOW	     0x1ff /* class and kind */
#define LAYOUT_PAGE(l)	     ((l) >> 12)

#include "cache.h"

struct central {
	struct lock lock;
	struct spanlist spans; /* with free objects; longest-waiting first */
};

/*
 * Bins of free runs: one for each length below 64 pages, then eight for each
 * power of two.  nonempty has a bit for each.
 */
enum { BIN_EXACT = 64, NBINS = BIN_EXACT + 8 * 20 };

struct pageheap {
	struct lock lock;
	struct spanlist bin[NBINS];
	uint32_t nonempty[(NBINS + 31) / 32];
	struct fixalloc records;   /* of struct span */
	struct region released;	   /* a bit for each page: set if not Ready */
	_Atomic size_t sys, inuse; /* bytes: heap_sys, heap_inuse */
	_Atomic size_t released_bytes;
	_Atomic size_t nogc_bytes; /* in nogc blocks */
	size_t max;		   /* limit on sys */
	bool no_space;		   /* why it did not grow: not for memory */
	enum { NOT_REFUSED, REFUSED, REFUSED_TOLD } refused; /* by extend() */
};

/*
 * The mark list: offsets (mark.h) of marked objects, or of the rest of long
 * ones; and what the inner loops ask for.
 */
struct marker {
	struct lock lock;
	struct region region;
	uintptr_t *list;
	size_t n, max;
	struct span *pending; /* linked by next_pending */
	uintptr_t start;      /* copies of the arena's */
	size_t used;
	uintptr_t top;		 /* last address of what is used */
	_Atomic uintptr_t *bits; /* bitmap word of offset 0 */
	const uint16_t *layout;	 /* of the page of offset 0; others before */
	uintptr_t mark_at[WORD_SIZE * 8 / 4]; /* mark bit, by word's offset */
	size_t limit;			      /* test: longest list, 0: none */
	/* By class and typed bit of a page's layout: words of a short object.
	 */
	uint8_t words[2 * (LAYOUT_CLASS + 1)];
};

struct root {
	struct root *next;
	const void *lo, *hi;
};

struct roots {
	struct lock lock;
	struct root *list, *excluded;
	struct fixalloc records;
};

enum special_kind {
	SPECIAL_FINALIZER,
	SPECIAL_DYING, /* a finalizer that may be due, while the world stands */
	SPECIAL_QUEUED, /* one that is due */
	SPECIAL_PROFILE,
	SPECIAL_WEAK,	   /* the object's death clears a link */
	SPECIAL_HOLDER,	   /* links lie in the object */
	SPECIAL_EPHEMERON, /* the object, while it lives, keeps another */
	SPECIAL_LINK,	   /* by the address of a link: no object's record */
	NSPECIALS,
};

/* What is known of one object beyond its bits; its special bit says so. */
struct special {
	struct special *next, **chain_at; /* in a chain of the table */
	struct special *after, **list_at; /* among those of its kind */
	uintptr_t object;
	uint8_t kind;
	uint8_t order; /* of a finalizer: enum kgc_order */
	uint8_t flags; /* of a weak link: KGC_WEAK_LONG */
	union {
		struct {
			void (*fn)(void *p, void *arg);
			void *arg;
		} final;
		struct bucket *bucket;
		struct special *other; /* of SPECIAL_WEAK and SPECIAL_LINK */
		size_t nlinks;	       /* SPECIAL_HOLDER */
		uintptr_t to;	       /* SPECIAL_EPHEMERON */
	};
};

struct special_list {
	struct special *first, **end;
};

struct specials {
	struct lock lock;
	struct special **table; /* hashed by object; chained */
	size_t nbuckets;
	unsigned int shift;		     /* from a hash to its chain */
	_Atomic size_t n;		     /* records in the table */
	struct special_list list[NSPECIALS]; /* oldest first */
	bool outlast; /* special bits may have outlasted their records */
	size_t sys;
	_Atomic size_t nqueued; /* finalizers that are due */
	bool on_demand;		/* the program runs finalizers itself */
	struct fixalloc records;
};

/* A layout that kgc_type() was told of. */
struct type {
	size_t size;	      /* bytes */
	uintptr_t pointers[]; /* a bit for each word */
};

struct types {
	struct lock lock;
	struct type **of; /* number 1 on */
	uint32_t n, max;
};

/* A site that allocated: a call stack and what it holds. */
enum { PROF_DEPTH = 32, PROF_BUCKETS = 1 << 12 };
struct bucket {
	struct bucket *next;
	uint64_t nmalloc, nfree, alloc_bytes, free_bytes;
	uint32_t hash;
	uint32_t npc;
	uint32_t number; /* 1 for the first made */
	uintptr_t pc[PROF_DEPTH];
};

struct profile {
	size_t rate;
	uint32_t nbuckets;
	struct bucket **table;
	size_t sys;
	struct fixalloc records;
};

/* What is known of an object between guard pages. */
enum { LONE_DEPTH = 8 };
struct lone {
	struct lone *next; /* held: in the order they were freed */
	struct span *span;
	size_t asked;	       /* bytes */
	bool at_end;	       /* of its pages, not at their start */
	bool is_freed;	       /* by the program */
	uint8_t nmade, nfreed; /* return addresses, innermost first */
	uintptr_t made[LONE_DEPTH], freed[LONE_DEPTH];
};

/* Lone objects, under pageheap.lock. */
struct lones {
	uint32_t every; /* one object in so many is one; 0: none */
	uint32_t nlive, nheld;
	uint32_t nmade;		  /* ever */
	struct lone *held, *last; /* oldest first */
	struct fixalloc records;
};

struct pacer {
	_Atomic size_t
		allocated; /* heap_alloc, but for what caches still hold */
	_Atomic size_t next_gc;
	size_t heap_min;
	_Atomic int percent;
	_Atomic uint32_t disabled; /* kgc_disable() less kgc_enable() */
	uint32_t stress;
	_Atomic uint32_t countdown;
	/* Work of late, in bytes: see pacer.c. */
	size_t live; /* as the last cycle marked it */
	/* KiB: marked, less what allocations pay for; and with how much more a
	 * full heap is not collected. */
	_Atomic size_t debt, debt_most;
	unsigned int share; /* gcshare */
	bool full;	    /* next_gc is the limit's, not gcpercent's */
};

/* What is known of the last cycles.  By cycle.lock, or the world stopped. */
struct cycles {
	struct lock lock;
	struct kgc_cycle *now; /* between its stop and its start, or NULL */
	struct kgc_cycle last[KGC_LAST_CYCLES]; /* number n is at n % that */
	kgc_cycle_fn *fn;			/* is told of each, or NULL */
	void *arg;
	uint32_t next;	      /* number of the cycle to tell of */
	_Atomic bool telling; /* somebody calls fn */
	uint64_t oom_ns;      /* last time that memory was told to be short */
	size_t oom_size;
};

/* A slot's reservations: runs of pages, newest first; records for spans. */
struct reserved {
	struct span *pages, *records;
};

struct heap {
	struct arena arena;
	struct span **pages; /* span of each page; stale inside free spans */
	struct region page_table;
	uint16_t *layout; /* of each page: see span_layout() */
	struct region layout_table;
	_Atomic(struct cache *) cache[SLOTS_MAX];
	bool shared;	   /* more than one slot is in use */
	uint32_t sweepgen; /* changes with the world stopped */
	struct central central[NKINDS][KGC_NCLASSES];
	struct sizeclasses classes;
	struct meta meta;
	struct pageheap pageheap;
	struct marker marker;
	struct roots roots;
	struct specials specials;
	struct types types;
	struct profile profile;
	struct lones lones;
	struct pacer pacer;
	_Atomic size_t caches_sys; /* bytes of all caches */
	size_t sweep_page;	   /* where sweep_some goes on; pageheap.lock */
	_Atomic bool swept;	   /* no span is behind */
	uint64_t pause_total_ns, pause_ns[256];
	uint32_t numgc;
	int trace, debug;
	void (*cycle_hook)(bool begins);
	struct cycles cycles;
	unsigned int nslots;
	struct {
		_Atomic size_t size; /* least that failed of late; 0: none */
		uint64_t said_ns;    /* when the last line was printed; 0: never
				      */
		_Atomic uint32_t unsaid; /* failures since */
		/* The program's hook and who calls it, or NULL. */
		kgc_oom_fn *fn;
		void *arg;
		bool (*ask)(struct heap *h, size_t size, unsigned int tries);
		_Atomic bool asking;
	} oom;
	/* For each slot, if there ever was a reservation; who cuts spans. */
	_Atomic(struct reserved *) reserved;
	struct span *(*cut_reserved)(struct heap *h, size_t npages,
				     size_t align);
	uintptr_t suspect;  /* last address complained of, or 0 */
	uintptr_t looks_at; /* page that the checker is at, or 0 */
	bool ready;
	bool dead;    /* abandoned: no lock counts, nothing changes */
	bool checked; /* dead, and a check of it has begun */
	_Atomic bool uncollectable; /* such spans were made: roots */
};
extern struct heap heap;

/*
 * Where the first object of @s begins: with the span, unless it is lone.
 * (LONE_UNIT divides every offset, and half a MiB is more than there is.)
 */
enum { LONE_UNIT = 8 };
static inline uintptr_t span_base(const struct span *s)
{
	/* A small span's belongs to the slot that has it: not to be read. */
	const volatile uint16_t *cursor = &s->cursor;

	return s->start + (s->sizeclass ? 0 : (uintptr_t)*cursor * LONE_UNIT);
}

static inline bool span_is_lone(const struct span *s)
{
	return !s->sizeclass && span_base(s) != s->start;
}

#include "bitmap.h"

/* sizeclass.c */
int sizeclass_init(struct sizeclasses *t);
static inline unsigned int sizeclass_of(const struct sizeclasses *t,
					size_t size)
{
	return size <= 1016 ? t->small[(size + 7) >> 3]
			    : t->big[(size - 1024 + 127) >> 7];
}

/* meta.c */
bool region_init(struct region *r, size_t size);
bool region_grow(struct region *r, size_t need);
void region_destroy(struct region *r);
void *meta_alloc(struct meta *m, size_t size);
void meta_destroy(struct meta *m);
void *meta_table_alloc(size_t size);
void meta_table_free(void *p, size_t size);

/* fixalloc.c */
void fixalloc_init(struct fixalloc *f, struct meta *m, size_t size);
void *fixalloc_alloc(struct fixalloc *f);
void fixalloc_free(struct fixalloc *f, void *p);

/* arena.c */
int arena_init(struct heap *h, const struct kgc_config *config);
void arena_destroy(struct heap *h);
bool arena_describe(struct arena *a, size_t used);
bool arena_grow(struct heap *h, size_t npages);

/* pageheap.c */
struct span *span_record_new(struct heap *h, uintptr_t start, size_t npages);
void span_record_free(struct heap *h, struct span *s);
void pageheap_insert(struct heap *h, struct span *s);
int pageheap_init(struct heap *h, const struct kgc_config *config);
void pageheap_destroy(struct heap *h);
struct span *pageheap_alloc(struct heap *h, size_t npages, size_t align);
void pageheap_free(struct heap *h, struct span *s);
void pageheap_free_reserved_locked(struct heap *h, struct span *s);
size_t pageheap_release(struct heap *h, size_t bytes, uint32_t min_age);
struct span *pageheap_next(struct heap *h, size_t *page);

/* span.c */
void spanlist_append(struct spanlist *l, struct span *s);
void spanlist_remove(struct spanlist *l, struct span *s);
struct span *span_new_small(struct heap *h, unsigned int kind, unsigned int c);
struct span *span_new_large(struct heap *h, unsigned int kind, size_t npages,
			    size_t align);
void span_set_large(struct heap *h, struct span *s, unsigned int kind,
		    size_t size);
void span_free_pages(struct heap *h, struct span *s);
uint32_t span_take_run(struct heap *h, struct span *s, struct run *r,
		       uint32_t max, bool set);

/* Number of the page of the arena that @p lies in. */
static inline size_t page_of(const struct heap *h, uintptr_t p)
{
	return (p - h->arena.start) >> PAGE_SHIFT;
}

static inline uint16_t layout_of(unsigned int kind, unsigned int class)
{
	return class | (kind == KIND_TYPED ? LAYOUT_TYPED : 0) |
	       (kind & KGC_NOSCAN ? LAYOUT_NOSCAN : 0) |
	       (kind & KGC_UNCOLLECTABLE ? LAYOUT_UNCOLLECTABLE : 0);
}

static inline uint16_t span_layout(const struct span *s, size_t page)
{
	return layout_of(s->kind, s->sizeclass) | page << 12;
}

/* Add @n to the objects in use of @s; returns how many there are. */
static inline uint32_t span_count(const struct heap *h, struct span *s,
				  uint32_t n)
{
	uint32_t now;

	if (h->shared)
		return atomic_fetch_add(&s->nused, n) + n;
	now = atomic_load_explicit(&s->nused, memory_order_relaxed) + n;
	atomic_store_explicit(&s->nused, now, memory_order_relaxed);
	return now;
}

static inline uintptr_t span_end(const struct span *s)
{
	return s->start + ((uintptr_t)s->npages << PAGE_SHIFT);
}

/*
 * The in-use span that @p lies in, or NULL.  The page table is stale inside
 * free spans; the record's bounds and state tell.
 */
static inline struct span *span_of(const struct heap *h, uintptr_t p)
{
	const uintptr_t off = p - h->arena.start;
	struct span *s;

	if (unlikely(off >= h->arena.used))
		return NULL;
	s = h->pages[off >> PAGE_SHIFT];
	if (unlikely(!s || p - s->start >= (size_t)s->npages << PAGE_SHIFT ||
		     atomic_load_explicit(&s->state, memory_order_relaxed) !=
			     SPAN_INUSE))
		return NULL;
	return s;
}

/* Index of the object of @s that @p lies in; nelems or more in the tail. */
static inline uint32_t span_index(const struct heap *h, const struct span *s,
				  uintptr_t p)
{
	const uint32_t off = p - s->start;

	if (!s->sizeclass)
		return 0;
	return (uint64_t)off * h->classes.of[s->sizeclass].magic >> 32;
}

static inline bool kind_is_collectable(unsigned int kind)
{
	return kind <= KIND_NOSCAN || kind == KIND_TYPED;
}

static inline bool kind_is_scanned(unsigned int kind)
{
	return kind == KIND_SCAN || kind == KIND_UNCOLLECTABLE ||
	       kind == KIND_TYPED;
}

/* The public flags that objects of @kind are asked for with. */
static inline unsigned int kind_flags(unsigned int kind)
{
	return kind & ~(unsigned int)KIND_TYPED;
}

/* Bytes of an object of @s that are its owner's. */
static inline size_t span_usable(const struct span *s)
{
	return s->size - (s->kind == KIND_TYPED ? WORD_SIZE : 0);
}

/*
 * A word behind each object of the public heap tells where it ends: a canary at
 * level 2, a fence with CHECK=asan.
 */
static inline bool is_guarded(const struct heap *h)
{
	return (KGC_CHECK >= 2 || KGC_FENCES) && h == &heap;
}

/* harden.c: at level 2, of the public heap. */
static inline bool is_hardened(const struct heap *h)
{
	return KGC_CHECK >= 2 && h == &heap;
}
struct object;
size_t harden_size(const struct span *s, uintptr_t base);
bool harden_fits(const struct span *s, size_t size);
void harden_set_size(const struct span *s, uintptr_t base, size_t size);
const uintptr_t *harden_overrun(const struct span *s, uintptr_t base);
const uintptr_t *harden_written(const struct span *s, uintptr_t base);
void harden_carve(struct span *s);
void harden_sweep(struct heap *h, const struct span *s);
void harden_check(struct heap *h, const struct object *o,
		  const char *operation);
void harden_new(struct heap *h, void *p, size_t size, unsigned int flags);
void harden_flush(struct heap *h, struct cache *c);
void harden_free(struct heap *h, struct cache *c, const struct object *o,
		 const struct bucket *site);
const struct bucket *harden_site(const struct heap *h, uintptr_t base);

/* fence.c: in builds with KGC_FENCES alone, of the public heap. */
size_t fence_size(const struct heap *h, const struct span *s, uintptr_t base);
void *fence_set(struct heap *h, void *p, size_t size);
void fence_clear_large(struct heap *h, const struct span *s);

/* @p is a block that @size bytes were asked for. */
static inline void *fenced(struct heap *h, void *p, size_t size)
{
	return KGC_FENCES && is_guarded(h) ? fence_set(h, p, size) : p;
}

/* Bytes of the object with base @base that are its owner's. */
static inline size_t object_size(const struct heap *h, const struct span *s,
				 uintptr_t base)
{
	if (KGC_FENCES && is_guarded(h))
		return fence_size(h, s, base);
	return is_hardened(h) && s->kind != KIND_NOGC ? harden_size(s, base)
						      : span_usable(s);
}

/* central.c */
void central_init(struct heap *h);
struct span *central_take(struct heap *h, unsigned int kind, unsigned int class,
			  unsigned int slot);
bool central_swept(struct heap *h, struct span *s, uint32_t left);
void central_release(struct heap *h, struct span *s);
void central_freed(struct heap *h, unsigned int kind, unsigned int class,
		   struct span *s);
void central_drop_used(struct heap *h, unsigned int kind, unsigned int class,
		       struct span *s);

/* heap.c */
void context_refuse(void);
/*
 * At the start of what a handler may not call, where nothing else that is
 * called before any change does it: cache_attach(), heap_stop(), locks.
 */
static inline void context_check(void)
{
	if (KGC_CHECK >= 1)
		context_refuse();
}
int heap_init(struct heap *h, const struct kgc_config *config);
void heap_destroy(struct heap *h);
void heap_stop(struct heap *h);
void heap_start(struct heap *h);

/* malloc.c */
void *heap_alloc(struct heap *h, size_t size, unsigned int flags);

/* free.c */
void heap_free(struct heap *h, void *p);

/* reserve.c */
int reserve_begin(struct heap *h, size_t bytes);
void reserve_end(struct heap *h);

/* limit.c */
void limit_set_hook(struct heap *h, kgc_oom_fn *fn, void *arg);

/* collect.c */
void collect(struct heap *h, bool force);
void collect_mark_rest(struct heap *h);

/* cycle.c */
void cycle_init(struct heap *h);
void cycle_phase(struct heap *h, enum kgc_phase phase);
void cycle_begin(struct heap *h, struct kgc_cycle *c);
void cycle_started(struct heap *h, struct kgc_cycle *c);
void cycle_finish(struct heap *h, const struct kgc_cycle *c);
void cycle_tell(struct heap *h);
void cycle_failed(struct heap *h, size_t size);
void cycle_observe(struct heap *h, kgc_cycle_fn *fn, void *arg);
int cycle_last(const struct heap *h, struct kgc_cycle *cycles, int n);

/* root.c */
void root_init(struct heap *h);
void root_visit(struct heap *h, kgc_host_visit_fn *visit, void *arg);

/* marklist.c */
int mark_init(struct heap *h, const struct kgc_config *config);
void mark_prepare(struct heap *h);
void mark_drain(struct heap *h);

/* mark.c */
void mark_start(struct heap *h);
void mark_range(struct heap *h, const void *lo, const void *hi);
bool mark_object(struct heap *h, uintptr_t p);
void mark_contents(struct heap *h, const struct span *s, uintptr_t base);
void mark_clear(struct heap *h);
bool mark_is_marked(struct heap *h, uintptr_t base);
bool mark_lives(struct heap *h, uintptr_t base);

/* sweep.c */
void sweep_start(struct heap *h);
void sweep_span(struct heap *h, struct span *s);
void sweep_nothing(struct heap *h, struct span *s);
void sweep_some(struct heap *h, size_t npages);
void sweep_all(struct heap *h);
static inline bool sweep_is_done(const struct heap *h, struct span *s)
{
	/* Acquire pairs with the release at the end of sweep_span(). */
	return likely(
		atomic_load_explicit(&s->sweepgen, memory_order_acquire) ==
		h->sweepgen);
}

/* special.c */
void special_init(struct heap *h);
struct special *special_find(struct heap *h, uintptr_t p, enum special_kind k);
struct special *special_any(const struct heap *h, uintptr_t p);
struct special *special_after(struct special *r);
struct special *special_insert(struct heap *h, const struct special *record);
int special_add(struct heap *h, const struct special *record);
void special_remove(struct heap *h, struct special *r);
void special_drop(struct heap *h, struct special *r);
void special_retype(struct heap *h, struct special *r, enum special_kind k);
/* Under the lock: the first finalizer that is due, or NULL. */
static inline struct special *special_due(const struct heap *h)
{
	return h->specials.list[SPECIAL_QUEUED].first;
}
void special_forget(struct heap *h, uintptr_t p, size_t size);
void special_flag(struct heap *h, uintptr_t p, bool on);

/* final.c */
int final_swap(struct heap *h, uintptr_t base, struct kgc_finalizer *f);
void final_mark_held(struct heap *h);
void final_mark_contents(struct heap *h);
void final_queue_unmarked(struct heap *h);

/* weak.c */
int weak_set(struct heap *h, void **link, const void *p, unsigned int flags);
bool weak_unset(struct heap *h, void **link, unsigned int flags);
int ephemeron_set(struct heap *h, const void *key, const void *value);
bool ephemeron_unset(struct heap *h, const void *key, const void *value);
void weak_forget_links(struct heap *h, uintptr_t p, size_t size);
void weak_forget_target(struct heap *h, struct special *r);
bool weak_mark_values(struct heap *h);
void weak_clear_short(struct heap *h);
void weak_clear_long(struct heap *h);

/* typed.c */
void typed_init(struct heap *h);
int typed_number(struct heap *h, const uintptr_t *pointers, size_t size);
void *typed_alloc(struct heap *h, size_t size, int type, unsigned int flags);
void *typed_alloc_array(struct heap *h, size_t n, int type, unsigned int flags);
void *typed_like(struct heap *h, const void *p, size_t have, size_t size);
const struct type *typed_of(const struct heap *h, const struct span *s,
			    uintptr_t base, bool *once);

/* pacer.c */
void pacer_init(struct heap *h, const struct kgc_config *config);
void pacer_add(struct heap *h, size_t bytes);
void pacer_count(struct heap *h);
bool pacer_is_on(const struct heap *h);
bool pacer_is_due(struct heap *h);
bool pacer_is_in_vain(struct heap *h);
void pacer_set_trigger(struct heap *h, uint64_t live);

/* stats.c */
struct totals {
	uint64_t nmalloc, nfree, alloc_bytes, free_bytes, nlookup;
};
void stats_totals(struct heap *h, struct totals *t);
size_t stats_taken(const struct heap *h);
void stats_live(struct heap *h, uint64_t *objects, uint64_t *bytes);
uint64_t mul_div_u64(uint64_t n, uint32_t mul, uint32_t d);
uint64_t div_u64(uint64_t n, uint32_t d);

/* text.c */
struct out {
	kgc_write_fn *write;
	void *arg;
	int n; /* bytes written */
};
struct line {
	char *buf; /* a string of at most @size - 1 bytes */
	size_t size, n;
};
void out_text(struct out *o, const char *s);
void out_number(struct out *o, uint64_t v);
void out_thousandths(struct out *o, uint64_t v);
void out_address(struct out *o, uintptr_t v);
void line_write(void *arg, const char *s, size_t n);

/* gctrace.c */
void kgc_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void gctrace_write(struct out *o, const struct kgc_cycle *c);
void gctrace_print(const struct heap *h, const struct kgc_cycle *c);

/* prof.c */
int prof_init(struct heap *h, const struct kgc_config *config);
uint32_t prof_lease(const struct heap *h, struct cache *c, uint32_t size,
		    uint32_t max);
void prof_return(const struct heap *h, struct cache *c, uint32_t bytes);
uint32_t prof_limit(struct heap *h, const struct cache *c, size_t size);
void prof_run(struct heap *h, struct cache *c, struct source *from, uintptr_t p,
	      size_t size, size_t bytes);
void prof_large(struct heap *h, struct cache *c, uintptr_t p, size_t size);
void prof_start(const struct heap *h, struct cache *c);
bool prof_lone_is_due(struct heap *h, struct cache *c, struct source *from,
		      size_t size);
uint32_t prof_backtrace(uintptr_t *pc, uint32_t max);
const struct bucket *prof_next(struct heap *h, size_t *chain,
			       const struct bucket *after, struct bucket *copy);
void prof_write(struct heap *h, struct out *o);
int prof_sites(struct heap *h, kgc_site_fn *visit, void *arg);
void prof_freed(struct heap *h, struct bucket *b, size_t size);

/* lone.c */
void lone_init(struct heap *h, const struct kgc_config *config);
struct span *lone_new(struct heap *h, const struct cache *c, unsigned int kind,
		      size_t size);
void lone_note_free(struct span *s);
void lone_hold(struct heap *h, struct span *s);
bool lone_give_back_locked(struct heap *h, uint32_t leave);
const uintptr_t *lone_written(const struct span *s);
void lone_text(struct out *o, const struct span *s, uint32_t max);
bool lone_explain(struct out *o, const struct span *s, uintptr_t addr);

/* object.c */
struct object {
	struct span *span;
	uintptr_t base;
	uint32_t index;
};
bool object_find(struct heap *h, uintptr_t p, struct object *o);
const char *object_check(struct heap *h, uintptr_t p, struct object *o);
struct object object_of(struct heap *h, const void *p, const char *operation);
enum { OBJECT_TEXT = 320 };
const struct bucket *object_site(struct heap *h, uintptr_t base);
void object_text(struct heap *h, const struct span *s, uintptr_t base,
		 const struct bucket *site, char *buf, size_t size);

/* edge.c */
typedef void edge_fn(const uintptr_t *word, const struct object *to, void *arg);
bool edge_find(struct heap *h, uintptr_t p, struct object *o);
void edge_range(struct heap *h, const void *lo, const void *hi, edge_fn *visit,
		void *arg);
void edge_object(struct heap *h, const struct span *s, uintptr_t base,
		 edge_fn *visit, void *arg);
void edge_roots(struct heap *h, kgc_host_visit_fn *visit, void *arg);
void edge_root_name(struct heap *h, char *buf, size_t size, enum kgc_root kind,
		    const void *owner, const void *at);

/* why.c */
int why_find(struct heap *h, uintptr_t p, kgc_link_fn *visit, void *arg);
int why_referrers(struct heap *h, uintptr_t p, kgc_link_fn *visit, void *arg);

/* audit.c */
int audit_roots(struct heap *h, kgc_audit_fn *visit, void *arg);

/* view.c */
const char *kind_name(unsigned int kind);
bool view_span(struct heap *h, uintptr_t at, struct kgc_span *v);
int view_object(struct heap *h, uintptr_t p, struct kgc_object *v);
size_t view_finalizers(struct heap *h, kgc_finalizer_fn *visit, void *arg);
void view_memory(const struct heap *h, struct kgc_memory *m);

/* dump.c */
int dump_heap(struct heap *h, kgc_write_fn *write, void *arg);

/* check.c: a fault is a text and up to two numbers it has gaps for. */
struct fault {
	const char *what;
	uintptr_t at, is, should;
	uintptr_t block; /* that it is in; 0: none */
};
enum { FAULTS_MAX = 16 };
struct faults {
	int n; /* found; the first FAULTS_MAX are kept */
	struct fault fault[FAULTS_MAX];
};
void check_heap(struct heap *h, struct faults *faults);
void check_operation(void);
enum { CHECK_TEXT = 448 };
void check_text(struct heap *h, const struct fault *f, char *buf, size_t size);

/* explain.c */
void explain_write(struct heap *h, struct out *o, uintptr_t addr);

/* events.c */
const char *events_phase_name(int phase);

/* state.c */
void state_write(const struct heap *h, struct out *o);
void state_abandon(struct heap *h);
int state_check(struct heap *h, struct out *o);

#pragma GCC visibility pop

#endif /* KGC_INTERNAL_H */
