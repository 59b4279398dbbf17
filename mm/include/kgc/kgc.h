/* SPDX-License-Identifier: MIT */
/*
 * kgc/kgc.h - a garbage-collected heap
 *
 * An object lives while a pointer to any byte of it stands, at a pointer's
 * natural alignment, in a root or in a living object that is scanned.  Roots
 * are what the host shows (data, bss, stacks, registers), what kgc_add_root()
 * names, and uncollectable objects.
 *
 * Contexts, as kgc_host_context() tells them: "task" may collect and block,
 * "pinned" may do neither, "interrupt" is an interrupt handler.  Every
 * function below may be called by a task; those marked [pinned] in a pinned
 * section too; those marked [interrupt] by a handler too.  Those marked
 * [collects] may run a collection when called by a task, and so may block.
 *
 * A pointer that a caller passes wrongly (foreign, interior where a base is
 * asked for, already freed) is the caller's mistake: kgc_host_panic() is
 * called with one line that names the operation, the address and the reason.
 */
#ifndef KGC_KGC_H
#define KGC_KGC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Errors, negative as returned; the values are Linux's. */
enum {
	KGC_ENOMEM = 12,
	KGC_EBUSY = 16,
	KGC_EINVAL = 22,
};

/* Flags of an allocation. */
enum {
	KGC_NOSCAN = 1 << 0, /* holds no pointers; never scanned */
	KGC_UNCOLLECTABLE =
		1 << 1,	     /* scanned as a root; freed only by kgc_free */
	KGC_NOZERO = 1 << 2, /* contents are undefined */
	KGC_NOGC = 1 << 3,   /* never marked, scanned or swept: whole pages */
	/* 1 << 4 is mm/'s own */
	KGC_NOCOLLECT = 1 << 5, /* this call does not collect */
	KGC_NOPROFILE = 1 << 6, /* never sampled by the profiler */
};

#define KGC_NCLASSES 61 /* size classes; number 0 stands for "not small" */

/* 0 in a field takes the default. */
struct kgc_config {
	size_t heap_reserve; /* bytes of address space reserved for the arena */
	size_t heap_reach; /* bytes the arena may ever span (bitmap's reach) */
	size_t heap_max;   /* limit on heap_sys, bytes */
	size_t heap_min;   /* least trigger, bytes; default 4 MiB, or an
			      eighth of heap_max if that is less */
	void *heap_base;   /* lowest address for the heap; NULL: anywhere */
	unsigned int nslots; /* slots that pin may return; 0: the host's own */
	int percent;	     /* gcpercent; default 100, negative: off */
	int trace;	     /* 1: a line a cycle; 2: a second collection too */
	int debug;	     /* 1: "pause N" after each cycle, nanoseconds */
	unsigned int stress; /* collect at every Nth allocation; 0: off */
	size_t profile_rate; /* bytes between samples; default 512 KiB,
				KGC_PROFILE_OFF: none */
	size_t mark_entries; /* test: length of the mark list; 0: by heap size
			      */
	bool nofault;	     /* reserved memory does not fault when touched */
	unsigned int share;  /* gcshare, 1 to 100; default 90 */
	bool percent_zero;   /* percent = 0 is meant: collect at heap_min */
	unsigned int guard;  /* one allocation in so many, of up to 32 KiB,
				lies between pages that fault; 0: none */
};
#define KGC_PROFILE_OFF (~(size_t)0)

/*
 * Set up the heap; NULL takes the defaults.  Returns 0, -KGC_ENOMEM if no
 * address space or memory could be had (the default reservation is halved
 * down to 64 MiB first), -KGC_EBUSY if the heap is up already.
 */
int kgc_init(const struct kgc_config *config);

/*
 * Allocate @size bytes (0 counts as 1), zeroed unless KGC_NOZERO, aligned to
 * 16 (sizes up to 8: to 8).  NULL if there is no memory, after a collection
 * where that is allowed.  [pinned] [collects]
 */
void *kgc_alloc(size_t size, unsigned int flags);

/* kgc_alloc(@n * @size); NULL if the product overflows.  [pinned] [collects] */
void *kgc_alloc_array(size_t n, size_t size, unsigned int flags);

/*
 * As kgc_alloc, the address a multiple of @align, which is a power of two up
 * to 2^20; NULL for another.  [pinned] [collects]
 */
void *kgc_alloc_aligned(size_t size, size_t align, unsigned int flags);

/*
 * Resize the object with base @p, keeping its kind and its contents up to the
 * lesser size; what is new is zeroed, but for blocks made with KGC_NOZERO. NULL
 * @p allocates; size 0 is 1.  NULL if there is no memory: @p is as before.
 * Panics as kgc_free. [pinned] [collects]
 */
void *kgc_realloc(void *p, size_t size);

/*
 * Free the object with base @p now; NULL is allowed.  Its finalizer is
 * forgotten.  Panics on a pointer that is not the base of an allocated
 * object.  The block stays, uncounted, if there is no memory for a cache that
 * the caller's slot has never had.  [pinned]
 */
void kgc_free(void *p);

/*
 * @p was just allocated, and only its first @size bytes are for use: the rest
 * was asked for to keep it by a pointer one past its end.  Between guard pages
 * (kgc_config.guard) that is not needed, so there the block is made to end with
 * @size; any other stays, and so does a typed object.  Returns where it begins
 * from now on.  [pinned]
 */
void *kgc_fit(void *p, size_t size);

/* Does @p point between guard pages, or into one of them?  [pinned] */
bool kgc_is_guarded(const void *p);

/* Bytes usable from base @p on; panics as kgc_free.  [pinned] */
size_t kgc_usable_size(const void *p);

/*
 * Base of the allocated object that @p points into, its usable size in *@size
 * (may be NULL); NULL if there is none.  [pinned]
 */
void *kgc_lookup(const void *p, size_t *size);

/*
 * The flags that the object @p points into was allocated with, of KGC_NOSCAN,
 * KGC_UNCOLLECTABLE and KGC_NOGC; -KGC_EINVAL if there is none.  [pinned]
 */
int kgc_flags(const void *p);

/* Copies, noscan; NULL if there is no memory.  [pinned] [collects] */
char *kgc_strdup(const char *s);
void *kgc_memdup(const void *p, size_t size);

/* Run one full collection; every span is swept on return.  [collects] */
void kgc_collect(void);

/*
 * No collection begins, not even by kgc_collect(), until kgc_enable() was
 * called as often as kgc_disable().  [pinned]
 */
void kgc_disable(void);
void kgc_enable(void);
/* Is that so?  [interrupt] */
bool kgc_is_disabled(void);

/* How many collections there have been.  [interrupt] */
uint32_t kgc_cycles(void);

/*
 * Have @fn called by the task that collects, with true before it stops the
 * world and false when it has swept; NULL: nothing.  Every true has its false.
 */
void kgc_set_cycle_hook(void (*fn)(bool begins));

/*
 * --- what cycles were like ---
 *
 * The phases of a cycle, in order.  The world is stopped in all but the last
 * two.
 */
enum kgc_phase {
	KGC_PHASE_STOP,	 /* until the world stands still */
	KGC_PHASE_FLUSH, /* sweep what is left, take back what caches hold */
	KGC_PHASE_ROOTS, /* scan the roots */
	KGC_PHASE_MARK,	 /* and what they lead to */
	KGC_PHASE_FINALIZERS, /* and weak links, and what finalizers keep */
	KGC_PHASE_COUNT,      /* what lives, and when to collect next */
	KGC_PHASE_START,      /* until the world runs */
	KGC_PHASE_SWEEP,
	KGC_PHASE_RELEASE, /* give idle pages back */
	KGC_NPHASES,
};

struct kgc_cycle {
	uint32_t number; /* 1: the first */
	bool forced;	 /* by kgc_collect() */
	/* When each phase began, 0: not yet; the last one: the cycle's end. */
	uint64_t begin_ns[KGC_NPHASES + 1];
	uint64_t heap_before, heap_after; /* bytes, after: as marked */
	uint64_t objects_before, objects_after;
	uint64_t next_gc; /* heap_alloc at which the next one starts */
	uint64_t nmalloc, nfree, nlookup;
};
typedef void kgc_cycle_fn(const struct kgc_cycle *cycle, void *arg);

/*
 * Have @fn called with each cycle that ends from now on, in their order, one
 * call at a time, by a task that collected, the world running and no lock
 * held; NULL: nobody.  @fn does not collect.
 */
void kgc_set_cycle_observer(kgc_cycle_fn *fn, void *arg);

/*
 * Store the last cycles, @n and KGC_LAST_CYCLES at most, oldest first; the
 * last of them may be one that has not ended.  Returns how many.  Takes no
 * lock.  [interrupt]
 */
enum { KGC_LAST_CYCLES = 8 };
int kgc_last_cycles(struct kgc_cycle *cycles, int n);

/*
 * When memory was last told to be short, and how much was asked for; 0: never.
 * [interrupt]
 */
uint64_t kgc_last_failure(size_t *size);

/* Writes part of a text. */
typedef void kgc_write_fn(void *arg, const char *s, size_t n);

/*
 * Write the line of @cycle that trace = 1 prints, in several pieces.
 * [interrupt]
 */
void kgc_write_cycle(const struct kgc_cycle *cycle, kgc_write_fn *write,
		     void *arg);

/*
 * The same for the Trace Event Format, that of Chrome's and Perfetto's viewers:
 * JSON, an array of events, whose parts are written in this order.  Each may
 * be written in several pieces.
 *
 * Phases with the world stopped are one track, those of the sweep another,
 * marks the third; heap_alloc, next_gc and live are counters.  A cycle that has
 * not ended ends now.  [interrupt]
 */
void kgc_events_begin(kgc_write_fn *write, void *arg);
void kgc_events_cycle(const struct kgc_cycle *cycle, kgc_write_fn *write,
		      void *arg);
/*
 * A mark: @name has neither quotes nor backslashes; @bytes 0: no number.
 * [interrupt]
 */
void kgc_events_mark(const char *name, uint64_t ns, uint64_t bytes,
		     kgc_write_fn *write, void *arg);
void kgc_events_end(kgc_write_fn *write, void *arg);

/*
 * --- finalizers ---
 *
 * A finalizer is called once, after its object is found unreachable.  What
 * object and argument point to lives until then.  The order of several is
 * that of one of them to others:
 */
enum kgc_order {
	KGC_ORDERED,	 /* who points to another goes first; objects in a
			    cycle with themselves never */
	KGC_IGNORE_SELF, /* as above, but a pointer to the object's own inside
			    makes no cycle */
	KGC_NO_ORDER,	 /* pointers from this object delay nobody */
	KGC_UNREACHABLE, /* as KGC_ORDERED, and not before objects with
			    KGC_NO_ORDER that reach it have gone */
};
struct kgc_finalizer {
	void (*fn)(void *p, void *arg); /* NULL: none */
	void *arg;
	enum kgc_order order;
};

/*
 * Have @fn(@p, @arg) called once, in KGC_ORDERED, after the object with base
 * @p is found unreachable; NULL @fn removes it.  @fn may make the object
 * reachable again.  Returns 0, -KGC_ENOMEM, or -KGC_EBUSY if it has one.
 * Panics as kgc_free.
 */
int kgc_set_finalizer(void *p, void (*fn)(void *p, void *arg), void *arg);

/*
 * Exchange the finalizer of @p and *@f.  Returns 0, or -KGC_ENOMEM and both
 * are as before.  Panics as kgc_free.
 */
int kgc_swap_finalizer(void *p, struct kgc_finalizer *f);

/* Run the finalizers that are due, in this task; returns how many ran. */
int kgc_run_finalizers(void);

/* How many are due.  [interrupt] */
size_t kgc_finalizers_due(void);

/* Every finalizer is due now, whoever reaches its object. */
void kgc_queue_finalizers(void);

/*
 * While on, the host is not asked to run finalizers: they wait for the
 * program's own kgc_run_finalizers(), which does not collect then.  [pinned]
 */
void kgc_finalize_on_demand(bool on);

/*
 * --- weak links and ephemerons ---
 *
 * A weak link is a word that the collector sets to NULL when an object dies.
 * It must not keep the object itself: it lies in a noscan object or outside
 * the roots, or what it holds is kgc_hide(p).  A link in an object that dies
 * is forgotten with it.
 */
enum {
	KGC_WEAK_LONG = 1 << 0, /* cleared when the object is gone for good;
				   else before its finalizer is queued */
};
static inline void *kgc_hide(const void *p)
{
	return (void *)~(uintptr_t)p;
}

/*
 * Clear *@link when the object that @p points into dies; @link is left as it
 * is now, and a pointer's natural alignment is its own.  A link that was
 * registered before with the same flags stands for @p from now on.  Returns 0,
 * -KGC_EINVAL if @p points into no object, -KGC_ENOMEM.
 */
int kgc_set_weak(void **link, const void *p, unsigned int flags);
/* Forget the link; false if it was not registered.  *@link stays. */
bool kgc_clear_weak(void **link, unsigned int flags);
/*
 * The link at @from moves to @to, whose contents are not looked at.  Returns
 * 0, -KGC_EINVAL if @from is not registered, -KGC_EBUSY if @to is.
 */
int kgc_move_weak(void **from, void **to, unsigned int flags);
/*
 * *@link, with no collection between the load and the caller's copy; if
 * @hidden it is revealed.  NULL if the object died.  [pinned]
 */
void *kgc_read_weak(void *const *link, bool hidden);

/*
 * The object that @value points into lives as long as the one that @key points
 * into, even if it refers to it.  A key may have several values.  Returns 0,
 * -KGC_EINVAL if one of them points into no object, -KGC_ENOMEM.
 */
int kgc_set_ephemeron(const void *key, const void *value);
/* Undo that; false if there was nothing to undo. */
bool kgc_clear_ephemeron(const void *key, const void *value);

/*
 * --- typed objects ---
 *
 * Describe a structure of @size bytes, a multiple of a word's: bit i % B of
 * @pointers[i / B], B the bits of a word, says that word i may hold a pointer.
 * Returns a type's number, above 0, or -KGC_EINVAL, -KGC_ENOMEM; one layout
 * gets one number, for ever.  [pinned]
 */
int kgc_type(const uintptr_t *pointers, size_t size);
/*
 * Allocate @size bytes that begin with a structure of @type; the rest holds no
 * pointers.  Or an array of @n such structures.  Only the words that the type
 * names are scanned.  Always zeroed; else as kgc_alloc.  [pinned] [collects]
 */
void *kgc_alloc_typed(size_t size, int type, unsigned int flags);
void *kgc_alloc_typed_array(size_t n, int type, unsigned int flags);

/*
 * --- roots ---
 */

/*
 * Make [@lo, @hi) a root, or no longer.  Returns 0 or -KGC_ENOMEM.  A range
 * is removed by the same bounds.  [pinned]
 */
int kgc_add_root(const void *lo, const void *hi);
void kgc_remove_root(const void *lo, const void *hi);
/*
 * [@lo, @hi) is no root, whoever shows it, but a stack that lies in it.
 * Returns 0 or -KGC_ENOMEM.  [pinned]
 */
int kgc_exclude_root(const void *lo, const void *hi);
/* Undo that, by the same bounds.  [pinned] */
void kgc_include_root(const void *lo, const void *hi);

/*
 * Return @fn(@arg), called pinned: no collection and no task switch on this
 * slot meanwhile.
 */
void *kgc_call_pinned(void *(*fn)(void *arg), void *arg);

/* The user of @slot is gone: take back what its cache holds.  [pinned] */
void kgc_retire(unsigned int slot);

/* Set gcpercent, negative for off; returns the old one.  [pinned] */
int kgc_set_percent(int percent);

/* Set the limit on heap_sys, bytes; returns the old one.  [pinned] */
size_t kgc_set_heap_max(size_t bytes);

/*
 * Set gcshare: at a limit, bytes marked may be @percent of bytes marked and
 * allocated together, over a few collections; with more an allocation gets
 * NULL.  100: no bound.  Returns the old one.  [pinned]
 */
unsigned int kgc_set_share(unsigned int percent);

/*
 * Have @fn(size, @arg) called by a task whose allocation of that size has
 * found no memory, after mm/ did all it could; NULL: nobody.  It may do what a
 * task may: free, drop references, kgc_set_heap_max().  If it returns true
 * the allocation is tried again, collecting; it is asked three times at most.
 * What is allocated meanwhile, by itself and by others, fails without it.
 */
typedef bool kgc_oom_fn(size_t size, void *arg);
void kgc_set_oom_hook(kgc_oom_fn *fn, void *arg);

/*
 * Begin a critical section: the caller is pinned until kgc_release(), so no
 * collection and no task switch comes; and allocations by it do not fail, as
 * long as the sum of their blocks, by kgc_usable_size(), is at most @bytes.
 * That holds for any mix of sizes, scanned and noscan, of kgc_alloc() and what
 * is based on it; freeing pays nothing back.  More than that is as in any
 * pinned section.  Returns 0, or -KGC_ENOMEM: then there is no section.
 * Sections nest, each with bytes of its own; an inner one does not collect.
 * [pinned] [collects]
 */
int kgc_reserve(size_t bytes);
/* End it; what was not used is given back.  Panics outside one.  [pinned] */
void kgc_release(void);

/*
 * Keep @n zeroed blocks of @size bytes for kgc_alloc_atomic(), in place of
 * those kept before; 0: none.  No handler allocates meanwhile.  Returns 0,
 * -KGC_EINVAL if @n is above KGC_ATOMIC_MAX or @size above 32 KiB, -KGC_ENOMEM
 * if only some could be had.  [pinned] [collects]
 */
enum { KGC_ATOMIC_MAX = 64 };
int kgc_set_atomic(size_t size, unsigned int n);
/*
 * One of those blocks, zeroed; NULL if none is left or @size is more than
 * they have.  It is a root, scanned, until it is adopted.  Takes a bounded
 * number of instructions: see Documentation/limits.md.  [pinned] [interrupt]
 */
void *kgc_alloc_atomic(size_t size);
/*
 * @p came from kgc_alloc_atomic(): from now on it lives by the program's
 * pointers alone, and may be freed.  A new block is kept in its stead, if
 * there is memory, and where one was lacking.  Returns @p.  [pinned] [collects]
 */
void *kgc_adopt(void *p);

/*
 * Give idle pages back to the host until @bytes went or none is left; returns
 * how many bytes went.  Takes no memory, and 0 when called from inside mm/'s
 * own kgc_host_commit.  [pinned]
 */
size_t kgc_trim(size_t bytes);

/* As Go's MemStats.  Sizes in bytes unless the name says otherwise. */
struct kgc_memstats {
	/* general */
	uint64_t alloc;	      /* allocated and not yet freed */
	uint64_t total_alloc; /* ever allocated */
	uint64_t sys;	      /* memory taken from the host, all of it */
	uint64_t nlookup;     /* kgc_lookup and what looks up like it */
	uint64_t nmalloc, nfree;
	/* heap; heap_sys = heap_idle + heap_inuse */
	uint64_t heap_alloc; /* == alloc */
	uint64_t heap_sys;
	uint64_t heap_idle;
	uint64_t heap_inuse;
	uint64_t heap_released; /* part of heap_idle given back to the host */
	uint64_t heap_objects;
	/* the collector's own structures: in use, and taken from the host */
	uint64_t stacks_inuse, stacks_sys; /* nogc blocks: task stacks */
	uint64_t mspan_inuse, mspan_sys;
	uint64_t mcache_inuse, mcache_sys;
	uint64_t buckhash_sys; /* profiler's buckets */
	uint64_t bitmap_sys;   /* bitmap as mapped */
	uint64_t gc_sys;       /* mark list */
	uint64_t other_sys;    /* span table, finalizers, roots */
	/* collector */
	uint64_t next_gc; /* heap_alloc at which the next cycle starts */
	uint64_t pause_total_ns;
	uint64_t pause_ns[256]; /* ring; newest at (numgc - 1) % 256 */
	uint32_t numgc;
	bool enablegc;
	bool debuggc;
	struct {
		uint32_t size;
		uint64_t nmalloc, nfree;
	} by_size[KGC_NCLASSES];
};
/* Fill *@stats.  [pinned] */
void kgc_read_memstats(struct kgc_memstats *stats);

/*
 * Call @visit for every allocated object, in order of address, with its
 * flags (KGC_NOSCAN, KGC_UNCOLLECTABLE, KGC_NOGC).  The world is stopped
 * meanwhile, so @visit calls nothing of mm/.
 */
typedef void kgc_walk_fn(void *p, size_t size, unsigned int flags, void *arg);
void kgc_walk(kgc_walk_fn *visit, void *arg);

/*
 * As kgc_walk(), for every object that no root reaches, also from another
 * such: what a collection would free.  Nothing is freed.  Returns how many.
 */
size_t kgc_find_leaks(kgc_walk_fn *visit, void *arg);

/*
 * Compare the whole heap with every invariant, the world stopped.  Prints a
 * line for each fault found; returns their number.
 */
int kgc_check(void);

/*
 * Write what the heap knows of @addr, one line, no newline: "in object
 * 0x... of 48 bytes (class 4, scan), +0x10".  Takes no lock and trusts
 * nothing, so the answer may be stale.  Returns the length.  [interrupt]
 */
int kgc_explain(uintptr_t addr, kgc_write_fn *write, void *arg);

/*
 * Write the names of the root words, registers and uncollectable objects that
 * refer to the object at @p, at most four, separated by commas; returns how
 * many there are.  The caller's own variables count.  The world is stopped
 * meanwhile.
 */
int kgc_who(const void *p, kgc_write_fn *write, void *arg);

/*
 * Write the allocation profile in the text form that google-pprof and
 * `go tool pprof` read: for each call stack that was sampled what lives and
 * what was ever allocated, scaled by the rate to what it stands for.  What
 * is live is so as of the last sweep.  It ends in the head of the list of
 * mapped files, which the caller goes on with (the lines of Linux's
 * /proc/self/maps) or leaves empty.  @write is called with the world running
 * and no lock held, in pieces of any size.  Returns 0, or -KGC_EINVAL if
 * nothing is sampled.  A task calls it.
 */
int kgc_profile(kgc_write_fn *write, void *arg);

/*
 * --- a view of the heap, a piece at a time ---
 *
 * A run of pages with one use.
 */
struct kgc_span {
	const void *base;
	size_t bytes;	  /* whole pages */
	const char *kind; /* of its objects: "scan", "noscan", ...; or "free",
			     or "gap": between two reservations */
	int flags;	  /* that such objects are asked for with; -1: none */
	unsigned int sizeclass; /* 0: one large object, or none */
	size_t size;		/* of an object's block */
	size_t room, used;	/* objects: how many fit, how many there are */
	size_t released;	/* free: bytes of it given back to the host */
};
/*
 * The span that begins at @at, or the first one behind it; NULL: the first of
 * all.  The next one is at base + bytes.  False behind the last.  Every span
 * is swept first.  Who calls it for one after the other sees spans come and go
 * meanwhile, but for a pinned caller on the only slot.  [pinned]
 */
bool kgc_span(const void *at, struct kgc_span *span);

/* What is known of an object. */
enum { KGC_SITE_DEPTH = 32 };
struct kgc_object {
	void *base;
	size_t size;		/* usable bytes */
	size_t block;		/* bytes that it takes */
	unsigned int sizeclass; /* 0: large */
	const char *kind;	/* as in struct kgc_span */
	int flags;
	bool finalizer, due; /* has one; it is due */
	bool weak;	     /* its death clears a link */
	bool ephemeron;	     /* it keeps another while it lives */
	unsigned int npc;    /* return addresses; 0: it was not sampled */
	uintptr_t pc[KGC_SITE_DEPTH];
};
/*
 * Describe the object that @p points into.  Returns 0, or -KGC_EINVAL if there
 * is none: kgc_explain() then says what is there.  [pinned]
 */
int kgc_describe(const void *p, struct kgc_object *object);

/*
 * Show every finalizer, with whether it is due, those that are first.  Returns
 * how many.  As to @visit, see kgc_referrers().
 */
typedef void kgc_finalizer_fn(void *p, const struct kgc_finalizer *f, bool due,
			      void *arg);
size_t kgc_finalizers(kgc_finalizer_fn *visit, void *arg);

/* A call stack that was sampled, scaled as kgc_profile() does it. */
struct kgc_site {
	uint64_t live_objects, live_bytes;
	uint64_t all_objects, all_bytes; /* ever allocated */
	unsigned int npc;
	const uintptr_t *pc; /* innermost first */
};
typedef void kgc_site_fn(const struct kgc_site *site, void *arg);
/*
 * Show every site, in no order.  Returns how many, or -KGC_EINVAL if nothing is
 * sampled.  @visit is called with the world running and no lock held.
 */
int kgc_sites(kgc_site_fn *visit, void *arg);

/* Memory that the host gave and did not get back, in bytes, by its use. */
struct kgc_memory {
	size_t heap;	 /* pages for objects, in use or free */
	size_t bitmap;	 /* the four bits of each word */
	size_t pages;	 /* from a page to its span */
	size_t released; /* which pages were given back */
	size_t spans;	 /* records of spans */
	size_t caches;	 /* of the slots */
	size_t specials; /* finalizers, weak links, samples */
	size_t profile;	 /* call stacks */
	size_t types;	 /* table of typed objects' layouts */
	size_t marker;	 /* mark list */
	size_t other;	 /* roots, layouts, what is cut off at ends */
	size_t sum;	 /* of all these */
};
/* Fill *@memory.  [pinned] */
void kgc_read_memory(struct kgc_memory *memory);

/*
 * Set what is printed after a cycle, as kgc_config.trace and .debug have it;
 * return the old value.  [pinned]
 */
int kgc_set_trace(int trace);
int kgc_set_debug(int debug);
/* Collect at every @nth allocation; 0: no more.  [pinned] */
void kgc_set_stress(unsigned int nth);

/*
 * --- who keeps an object ---
 *
 * A link of a chain from a root to an object: a word, and what it keeps.
 */
struct kgc_link {
	const char *root;   /* the root's name; NULL: the word is holder's */
	const void *holder; /* base of an object, or NULL */
	const void *word;   /* NULL: no word, but what the root's name says, or
			       an ephemeron whose key is holder */
	const void *target; /* base of the object that the word keeps */
};
typedef void kgc_link_fn(const struct kgc_link *link, void *arg);

/*
 * Find a shortest chain from a root to the object that @p points into, and
 * show its links, the root's first.  Returns how many; 0 if no root reaches
 * it; -KGC_EINVAL if @p points into no object; -KGC_ENOMEM if the host has no
 * memory for the search (8 bytes for each object that there is room for, 4
 * for each page), or the heap spans more than 2^32 words.  The caller's own
 * stack is searched last, and its words that hold @p itself do not count.  The
 * world is stopped for the search, and runs again when @visit is called.
 */
int kgc_why(const void *p, kgc_link_fn *visit, void *arg);

/*
 * Show every word that refers to the object that @p points into, of roots and
 * of objects, dead ones too.  Returns how many, or -KGC_EINVAL.  The world is
 * stopped meanwhile, so @visit calls nothing of mm/, and waits for nobody.
 */
int kgc_referrers(const void *p, kgc_link_fn *visit, void *arg);

/*
 * What a range of roots holds on to.  Every word of it is taken for a pointer
 * if its value is an address in the heap.
 */
struct kgc_audit {
	const char *name; /* of the range's first word */
	bool ambiguous;	  /* a stack or registers: stale words are there too */
	size_t words;
	size_t addresses; /* words with an address in the heap; the sum of: */
	size_t hits;	  /* in an allocated object */
	size_t free_objects, free_pages; /* near misses */
	size_t inside;		 /* hits that are not an object's base */
	uint64_t objects, bytes; /* kept by this range and by none before it */
};
typedef void kgc_audit_fn(const struct kgc_audit *range, void *arg);

/*
 * Mark from one range after the other and show what each adds: first what
 * uncollectable objects and finalizers hold, then data, and last what is
 * ambiguous, so that what is shown for those is kept by nothing else.  Returns
 * how many ranges.  As to @visit, see kgc_referrers().
 */
int kgc_audit(kgc_audit_fn *visit, void *arg);

/*
 * Write the whole heap in the form of Documentation/dump-format.md.  @write is
 * called with the world stopped, on the collector's stack, in pieces of 4 KiB:
 * it calls nothing of mm/ and waits for nobody who may be stopped (in a
 * process: write(2), not stdio).  Takes no memory.  Returns 0, or -KGC_ENOMEM.
 */
int kgc_dump(kgc_write_fn *write, void *arg);

/*
 * --- when the program is over ---
 *
 * Write the heap's state, three lines: what is allocated, pages, and what goes
 * on: the phase of a cycle, locks held.  Nothing before kgc_init().  Returns
 * the length.  Takes no lock.  [interrupt]
 */
int kgc_write_state(kgc_write_fn *write, void *arg);

/*
 * The world has stopped for good, wherever it was, and the caller is all that
 * runs: locks are broken, and nothing is stopped or swept any more.  Only what
 * reads may be called then: kgc_profile(), kgc_dump(), kgc_last_cycles() and
 * kgc_write_check().  A damaged heap may make them fault, panic, or never end;
 * the caller sees to that.  [interrupt]
 */
void kgc_abandon(void);

/*
 * Compare the heap that was abandoned with every invariant and write what was
 * found, of the first few faults a line each; and what is at the address that
 * the collector complained of last, if it did.  Returns the number of faults.
 * Called again after a call that did not return, it says where that one was.
 * [interrupt]
 */
int kgc_write_check(kgc_write_fn *write, void *arg);

#ifdef __cplusplus
}
#endif

#endif /* KGC_KGC_H */
