// SPDX-License-Identifier: MIT
/*
 * dump.c - the whole heap as a stream of bytes
 *
 * One pass over the spans in order of address, each object with the words
 * that refer to others, then the roots, what the profiler knows and the
 * counters.  Documentation/dump-format.md has the form.  Numbers are LEB128
 * and most of them differences, so that a pointer takes about three bytes.
 *
 * The world is stopped, so the caller's function must not wait for anybody.
 * The buffer lies on the collector's stack: what was written there is no root.
 *
 * Bad at: objects that are full of pointers into the middle of others.
 *
 * Locking: the world is stopped.  A dead heap is shown as it is: objects that
 * the sweeper did not come to are still there.
 */
#include "internal.h"

enum { DUMP_VERSION = 1, DUMP_BUFFER = 4096, NAME_SIZE = 96, NUMBER_MOST = 10 };

/* Records, by their first byte. */
enum {
	DUMP_SITE = 1,
	DUMP_SPAN,
	DUMP_FREE,
	DUMP_GAP,
	DUMP_ROOT,
	DUMP_EPHEMERON,
	DUMP_STAT,
	DUMP_PAUSES,
	DUMP_END,
	DUMP_OFFSET,
};

/* What an object has besides its words. */
enum {
	HAS_SITE = 1 << 0,
	HAS_FINALIZER = 1 << 1,
	HAS_QUEUED_FINALIZER = 1 << 2,
	HAS_WEAK = 1 << 3,
	HAS_EPHEMERON = 1 << 4,
};

struct dump {
	struct heap *heap;
	kgc_write_fn *write;
	void *arg;
	uint64_t objects, edges, roots;
	uintptr_t word; /* behind the one written last */
	uintptr_t to;	/* base of the object referred to last */
	enum kgc_root kind;
	const void *owner;
	uint32_t crc;
	size_t n; /* bytes in the buffer */
	unsigned char buffer[DUMP_BUFFER];
};

struct request {
	struct heap *heap;
	kgc_write_fn *write;
	void *arg;
};

/* --- bytes --- */

/* CRC-32 of zlib, four bits at a time: a table of a line. */
static uint32_t crc_add(uint32_t crc, const unsigned char *p, size_t n)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	while (n--) {
		crc ^= *p++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}

static void flush(struct dump *d)
{
	d->crc = crc_add(d->crc, d->buffer, d->n);
	d->write(d->arg, (const char *)d->buffer, d->n);
	d->n = 0;
}

static inline void put_byte(struct dump *d, unsigned char byte)
{
	if (d->n == DUMP_BUFFER)
		flush(d);
	d->buffer[d->n++] = byte;
}

static inline void put(struct dump *d, uint64_t v)
{
	if (d->n > DUMP_BUFFER - NUMBER_MOST)
		flush(d);
	for (; v >= 0x80; v >>= 7)
		d->buffer[d->n++] = (unsigned char)(v | 0x80);
	d->buffer[d->n++] = (unsigned char)v;
}

/* A difference: small numbers of either sign are short. */
static inline uint64_t zigzag(int64_t v)
{
	return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}

static void put_text(struct dump *d, const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	put(d, n);
	while (*s)
		put_byte(d, (unsigned char)*s++);
}

/* Objects are 8 bytes apart at least. */
static uint64_t place(const struct dump *d, uintptr_t base)
{
	return (base - d->heap->arena.start) / 8;
}

/* --- sites and counters --- */

static void put_sites(struct dump *d)
{
	const struct bucket *b = NULL;
	size_t chain = 0;
	uintptr_t last;
	uint32_t i;

	while ((b = prof_next(d->heap, &chain, b, NULL))) {
		put_byte(d, DUMP_SITE);
		put(d, b->number);
		put(d, b->nmalloc);
		put(d, b->nfree);
		put(d, b->alloc_bytes);
		put(d, b->free_bytes);
		put(d, b->npc);
		for (i = 0, last = 0; i < b->npc; last = b->pc[i++])
			put(d, zigzag((int64_t)b->pc[i] - (int64_t)last));
	}
}

static void put_stat(struct dump *d, const char *name, uint64_t v)
{
	put_byte(d, DUMP_STAT);
	put_text(d, name);
	put(d, v);
}

static void put_pauses(struct dump *d)
{
	const struct heap *h = d->heap;
	const uint32_t n = MIN(h->numgc, 256u);
	uint32_t i;

	put_byte(d, DUMP_PAUSES);
	put(d, n);
	for (i = h->numgc - n; i != h->numgc; i++)
		put(d, h->pause_ns[i % 256]);
}

static void put_stats(struct dump *d)
{
	struct heap *h = d->heap;
	struct totals t;

	stats_totals(h, &t);
	put_stat(d, "nmalloc", t.nmalloc);
	put_stat(d, "nfree", t.nfree);
	put_stat(d, "total_alloc", t.alloc_bytes);
	put_stat(d, "heap_alloc", t.alloc_bytes - t.free_bytes);
	put_stat(d, "heap_sys", h->pageheap.sys);
	put_stat(d, "heap_inuse", h->pageheap.inuse);
	put_stat(d, "heap_released", h->pageheap.released_bytes);
	put_stat(d, "stacks_inuse", h->pageheap.nogc_bytes);
	put_stat(d, "next_gc", h->pacer.next_gc);
	put_stat(d, "numgc", h->numgc);
	put_stat(d, "pause_total_ns", h->pause_total_ns);
	put_stat(d, "profile_rate",
		 h->profile.rate == KGC_PROFILE_OFF ? 0 : h->profile.rate);
	put_pauses(d);
}

/* --- spans and objects --- */

/*
 * A word of the object being written: how many words after the one before, if
 * any, and how far its target is from the one before.  0 ends the list, hence
 * 1 is added.
 */
static void put_edge(const uintptr_t *word, const struct object *to, void *arg)
{
	struct dump *d = arg;
	const uintptr_t skip = ((uintptr_t)word - d->word) / WORD_SIZE;
	const uintptr_t inside = *word - to->base;
	const int64_t step = (int64_t)(intptr_t)(to->base - d->to) / 8;

	put(d, (zigzag(step) << 2 | (inside ? 2 : 0) | (skip ? 1 : 0)) + 1);
	if (skip)
		put(d, skip);
	if (inside)
		put(d, inside);
	d->word = (uintptr_t)(word + 1);
	d->to = to->base;
	d->edges++;
}

/* What the records of the object with base @p say; its site in *@site. */
static unsigned int flags_of(struct heap *h, uintptr_t p, uint32_t *site)
{
	const struct special *sample = special_find(h, p, SPECIAL_PROFILE);
	unsigned int flags = 0;

	if (sample) {
		flags |= HAS_SITE;
		*site = sample->bucket->number;
	}
	if (special_find(h, p, SPECIAL_FINALIZER))
		flags |= HAS_FINALIZER;
	if (special_find(h, p, SPECIAL_QUEUED))
		flags |= HAS_QUEUED_FINALIZER;
	if (special_find(h, p, SPECIAL_WEAK))
		flags |= HAS_WEAK;
	if (special_find(h, p, SPECIAL_EPHEMERON))
		flags |= HAS_EPHEMERON;
	return flags;
}

/* @gap: free places since the object before. */
static void put_object(struct dump *d, const struct span *s, uintptr_t p,
		       uint32_t gap)
{
	unsigned int flags = 0;
	uint32_t site = 0;

	if (s->kind != KIND_NOGC && bitmap_get(d->heap, p) & BIT_SPECIAL)
		flags = flags_of(d->heap, p, &site);
	put(d, (uint64_t)gap << 1 | !!flags);
	if (flags) {
		put_byte(d, (unsigned char)flags);
		if (flags & HAS_SITE)
			put(d, site);
	}
	d->objects++;
	if (s->kind == KIND_NOGC || !kind_is_scanned(s->kind))
		return;
	d->word = d->to = p;
	edge_object(d->heap, s, p, put_edge, d);
	put_byte(d, 0);
}

static bool is_object(const struct dump *d, const struct span *s, uintptr_t p)
{
	const uintptr_t bit = s->kind == KIND_NOGC ? BIT_NOSCAN : BIT_ALLOC;

	return bitmap_get(d->heap, p) & bit && !cache_holds(d->heap, s, p);
}

/* Counted, because the span's own count may be wrong in a dead heap. */
static uint32_t count_objects(const struct dump *d, const struct span *s)
{
	uint32_t i, n = 0;

	for (i = 0; i < s->nelems; i++)
		n += is_object(d, s, span_base(s) + i * s->size);
	return n;
}

static void put_inuse(struct dump *d, const struct span *s)
{
	uint32_t i, gap = 0;

	if (span_is_lone(s)) {
		put_byte(d, DUMP_OFFSET);
		put(d, span_base(s) - s->start);
	}
	put_byte(d, DUMP_SPAN);
	put(d, s->npages);
	put_byte(d, s->kind);
	put_byte(d, s->sizeclass);
	put(d, s->size);
	put(d, s->nelems);
	put(d, count_objects(d, s));
	for (i = 0; i < s->nelems; i++) {
		const uintptr_t p = span_base(s) + i * s->size;

		if (is_object(d, s, p)) {
			put_object(d, s, p, gap);
			gap = 0;
		} else {
			gap++;
		}
	}
}

/* Does the record @s describe the run that begins with @page? */
static bool describes(const struct dump *d, const struct span *s, size_t page)
{
	return s && s->npages &&
	       s->start == d->heap->arena.start + (page << PAGE_SHIFT);
}

static void put_spans(struct dump *d)
{
	const size_t npages = d->heap->arena.used >> PAGE_SHIFT;
	const struct span *s;
	size_t page, n;

	for (page = 0; page < npages; page += n) {
		s = d->heap->pages[page];
		n = describes(d, s, page) ? s->npages : 1;
		if (!describes(d, s, page)) {
			put_byte(d, DUMP_GAP); /* a dead heap is damaged */
			put(d, n);
		} else if (s->state == SPAN_INUSE) {
			put_inuse(d, s);
		} else if (s->state == SPAN_FREE) {
			put_byte(d, DUMP_FREE);
			put(d, s->npages);
			put(d, s->nreleased);
		} else {
			put_byte(d, DUMP_GAP);
			put(d, s->npages);
		}
	}
}

/* --- roots --- */

static NO_SANITIZE void put_root(const uintptr_t *word, const struct object *to,
				 void *arg)
{
	struct dump *d = arg;
	char name[NAME_SIZE];

	edge_root_name(d->heap, name, sizeof(name), d->kind, d->owner, word);
	put_byte(d, DUMP_ROOT);
	put_byte(d, (unsigned char)d->kind);
	put(d, (uintptr_t)word);
	put(d, place(d, to->base));
	put(d, *word - to->base);
	put_text(d, name);
	d->roots++;
}

/* What lies in uncollectable objects was shown with them. */
static void put_range(const void *lo, const void *hi, enum kgc_root kind,
		      const void *owner, void *arg)
{
	struct dump *d = arg;

	if (kind == KGC_ROOT_HEAP && span_of(d->heap, (uintptr_t)lo))
		return;
	d->kind = kind;
	d->owner = owner;
	edge_range(d->heap, lo, hi, put_root, d);
}

static void put_ephemerons(struct dump *d)
{
	const struct special *r;
	struct object value;

	for (r = d->heap->specials.list[SPECIAL_EPHEMERON].first; r;
	     r = r->after)
		if (edge_find(d->heap, r->to, &value)) {
			put_byte(d, DUMP_EPHEMERON);
			put(d, place(d, r->object));
			put(d, place(d, value.base));
		}
}

/* --- all --- */

static void put_header(struct dump *d)
{
	static const char magic[] = "KGCDUMP\n";
	size_t i;

	for (i = 0; magic[i]; i++)
		put_byte(d, (unsigned char)magic[i]);
	put(d, DUMP_VERSION);
	put(d, WORD_SIZE);
	put(d, PAGE_SIZE);
	put(d, d->heap->arena.start);
	put(d, d->heap->arena.used >> PAGE_SHIFT);
}

static void put_end(struct dump *d)
{
	uint32_t crc;
	int i;

	put_byte(d, DUMP_END);
	put(d, d->objects);
	put(d, d->edges);
	put(d, d->roots);
	flush(d);
	crc = ~d->crc;
	for (i = 0; i < 4; i++)
		put_byte(d, (unsigned char)(crc >> 8 * i));
	flush(d);
}

static __attribute__((noinline)) void dump_stopped(void *arg)
{
	const struct request *q = arg;
	struct dump d;

	d.heap = q->heap;
	d.write = q->write;
	d.arg = q->arg;
	d.objects = d.edges = d.roots = 0;
	d.crc = ~0u;
	d.n = 0;
	if (!d.heap->dead)
		cache_flush_all(d.heap);
	put_header(&d);
	put_sites(&d);
	put_spans(&d);
	edge_roots(d.heap, put_range, &d);
	put_ephemerons(&d);
	put_stats(&d);
	put_end(&d);
}

int dump_heap(struct heap *h, kgc_write_fn *write, void *arg)
{
	struct request q = { h, write, arg };

	if (!cache_attach(h))
		return -KGC_ENOMEM;
	heap_stop(h);
	kgc_host_call_saved(dump_stopped, &q);
	heap_start(h);
	return 0;
}

int kgc_dump(kgc_write_fn *write, void *arg)
{
	return dump_heap(&heap, write, arg);
}
