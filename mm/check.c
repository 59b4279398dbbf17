// SPDX-License-Identifier: MIT
/*
 * check.c - the whole heap against every invariant
 *
 * Walks the page table, the bitmap, bins, central lists, windows and records,
 * and compares what each says with the others: every span is where it says
 * it is, lists and spans are the same set, counts are sums.  Changes nothing,
 * but notes which page it looks at: it may fault there, in a heap that is dead.
 *
 * Bad at: speed; it looks at each object's bits by itself.
 *
 * Locking: the world is stopped and every span swept, or (with marks set) it
 * is the end of marking.
 */
#include "internal.h"

enum { FAULTS_COUNTED = 1000000 };

static void found(struct faults *f, const char *what, uintptr_t at,
		  uintptr_t is, uintptr_t should)
{
	if (f->n < FAULTS_MAX)
		f->fault[f->n] = (struct fault){ what, at, is, should, 0 };
	/* A list without an end has more faults than an int has numbers. */
	f->n = MIN(f->n + 1, FAULTS_COUNTED);
}

static void equal(struct faults *f, const char *what, uintptr_t at,
		  uintptr_t is, uintptr_t should)
{
	if (is != should)
		found(f, what, at, is, should);
}

/* The block @p of @s had to be as harden.c left it, and the word at @at is not.
 */
static void touched(struct faults *f, const char *what, uintptr_t p,
		    const uintptr_t *at)
{
	const int i = f->n;

	if (!at)
		return;
	found(f, what, (uintptr_t)at, *at, 0);
	if (i < FAULTS_MAX)
		f->fault[i].block = p;
}

/* What the walk over the spans adds up. */
struct sums {
	size_t nfree_spans, free_pages, gap_pages, inuse_pages, released;
	size_t listed, cached;
	size_t nspecial;
	uint64_t objects, bytes; /* handed out */
};

static bool is_start(const struct span *s, uintptr_t off)
{
	return off % s->size == 0;
}

static bool is_object(const struct span *s, uintptr_t p)
{
	return p - s->start < s->nelems * s->size;
}

static bool is_quarantined(const struct heap *h, uintptr_t bits)
{
	return is_hardened(h) &&
	       (bits & (BIT_ALLOC | BIT_SPECIAL)) == BIT_SPECIAL;
}

/* At level 2: the contents of the block @p, as far as they are known. */
static void check_block(struct heap *h, const struct span *s, uintptr_t p,
			struct faults *f)
{
	if (bitmap_get(h, p) & BIT_ALLOC && !cache_holds(h, s, p))
		touched(f, "canary behind an object", p, harden_overrun(s, p));
	else
		touched(f, "poison of a free block", p, harden_written(s, p));
}

/* The bits of each word of the small span @s. */
static void check_bits(struct heap *h, const struct span *s, struct faults *f,
		       struct sums *sum)
{
	const uintptr_t end = s->start + ((uintptr_t)s->npages << PAGE_SHIFT);
	uint32_t nused = 0, held = 0;
	uintptr_t p, bits;
	bool start;

	for (p = s->start; p < end; p += WORD_SIZE) {
		bits = bitmap_get(h, p);
		start = is_start(s, p - s->start);
		if (start != !!(bits & (BIT_ALLOC | BIT_NOSCAN)))
			found(f, "block start in the bitmap", p, !start, start);
		if (is_hardened(h) && start && is_object(s, p))
			check_block(h, s, p, f);
		if (is_quarantined(h, bits)) {
			held++;
			bits &= ~BIT_SPECIAL;
		}
		nused += bits & BIT_ALLOC;
		if (KGC_FENCES && !start)
			bits &= ~BIT_SPECIAL; /* a fence */
		sum->nspecial += !!(bits & BIT_SPECIAL);
		if ((bits & (BIT_MARK | BIT_SPECIAL)) && !(bits & BIT_ALLOC))
			found(f, "mark or special bit of a free block", p, 1,
			      0);
		if ((bits & BIT_ALLOC) &&
		    !!(bits & BIT_NOSCAN) == kind_is_scanned(s->kind))
			found(f, "noscan bit", p, !!(bits & BIT_NOSCAN),
			      !kind_is_scanned(s->kind));
		if ((bits & BIT_ALLOC) && cache_holds(h, s, p))
			sum->objects--, sum->bytes -= s->size;
	}
	equal(f, "nused of span", s->start, s->nused, nused + held);
	sum->objects += nused;
	sum->bytes += (uint64_t)nused * s->size;
}

static void check_small(struct heap *h, struct span *s, struct faults *f,
			struct sums *sum)
{
	const struct sizeclass *c = &h->classes.of[s->sizeclass];

	equal(f, "object size of span", s->start, s->size, c->size);
	equal(f, "objects of span", s->start, s->nelems, c->nelems);
	equal(f, "pages of span", s->start, s->npages, c->npages);
	check_bits(h, s, f, sum);
	sum->listed += s->where == SPAN_LISTED;
	sum->cached += s->where == SPAN_CACHED;
	if (s->where == SPAN_NOWHERE && s->nused != s->nelems)
		found(f, "span with free objects in no list", s->start,
		      s->nused, s->nelems);
	if (s->where == SPAN_LEAVING)
		found(f, "leaving span", s->start, 1, 0);
}

/* Where an object lies alone the bytes around it are as lone.c left them. */
static void check_lone(struct span *s, struct faults *f)
{
	const uintptr_t base = span_base(s);

	touched(f, "bytes around an object", base, lone_written(s));
	if (base < s->start + PAGE_SIZE ||
	    s->size > span_end(s) - PAGE_SIZE - base)
		found(f, "size of lone object", base, s->size, 0);
}

static void check_large(struct heap *h, struct span *s, struct faults *f,
			struct sums *sum)
{
	const uintptr_t base = span_base(s), bits = bitmap_get(h, base);
	const bool live = s->where != SPAN_HELD;

	if (live && is_hardened(h) && s->kind != KIND_NOGC)
		touched(f, "canary behind an object", base,
			harden_overrun(s, base));
	equal(f, "nused of large object", base, s->nused, live);
	sum->objects += live;
	sum->bytes += live ? s->size : 0;
	sum->nspecial += !!(bits & BIT_SPECIAL);
	equal(f, "allocated bit of large object", base, bits & BIT_ALLOC,
	      live && s->kind != KIND_NOGC);
	equal(f, "noscan bit of large object", base, !!(bits & BIT_NOSCAN),
	      live && (s->kind == KIND_NOGC || !kind_is_scanned(s->kind)));
	if (live && span_is_lone(s))
		check_lone(s, f);
	else if (live)
		equal(f, "size of large object", s->start, s->size,
		      (size_t)s->npages << PAGE_SHIFT);
}

static void check_page(struct heap *h, const struct span *s, size_t page,
		       uint32_t i, struct faults *f)
{
	const uintptr_t p = s->start + i * PAGE_SIZE;

	equal(f, "page table entry", p, (uintptr_t)h->pages[page + i],
	      (uintptr_t)s);
	equal(f, "layout of page", p, h->layout[page + i],
	      s->sizeclass ? span_layout(s, i) : 0);
}

static void check_inuse(struct heap *h, struct span *s, size_t page,
			struct faults *f, struct sums *sum)
{
	uint32_t i;

	sum->inuse_pages += s->npages;
	for (i = 0; i < s->npages; i++)
		check_page(h, s, page, i, f);
	equal(f, "sweep number of span", s->start, s->sweepgen, h->sweepgen);
	equal(f, "pending flag of span", s->start, s->pending, false);
	if (s->sizeclass)
		check_small(h, s, f, sum);
	else
		check_large(h, s, f, sum);
}

static void check_free(struct heap *h, struct span *s, size_t page,
		       struct faults *f, struct sums *sum)
{
	const size_t end =
		MIN(span_end(s) - h->arena.start, arena_described(&h->arena));
	const size_t start = s->start - h->arena.start;
	const size_t n = end > start ? (end - start) / BITS_BYTES : 0;
	bitword *base = bitmap_at(h->arena.start, s->start).word;
	size_t i, released = 0;

	sum->nfree_spans++;
	sum->free_pages += s->npages;
	equal(f, "page table entry of free end", s->start,
	      (uintptr_t)h->pages[page + s->npages - 1], (uintptr_t)s);
	for (i = 0; i < n; i++)
		if (base[-(ptrdiff_t)i])
			found(f, "bits of a free page",
			      s->start + i * BITS_BYTES, 1, 0);
	for (i = page; i < page + s->npages; i++) {
		equal(f, "layout of free page", i, h->layout[i], 0);
		released += h->pageheap.released.base[i / 8] >> i % 8 & 1;
	}
	equal(f, "released pages of run", s->start, s->nreleased, released);
	sum->released += released;
}

static void check_spans(struct heap *h, struct faults *f, struct sums *sum)
{
	const size_t npages = h->arena.used >> PAGE_SHIFT;
	bool was_free = false;
	struct span *s;
	size_t page;

	for (page = 0; page < npages; page += s->npages) {
		s = h->pages[page];
		h->looks_at = h->arena.start + (page << PAGE_SHIFT);
		if (!s || !s->npages ||
		    s->start != h->arena.start + (page << PAGE_SHIFT)) {
			found(f, "span record of page",
			      h->arena.start + (page << PAGE_SHIFT),
			      s ? s->start : 0, 0);
			return;
		}
		if (s->state == SPAN_FREE && was_free)
			found(f, "two free runs side by side", s->start, 1, 0);
		was_free = s->state == SPAN_FREE;
		if (s->state == SPAN_FREE)
			check_free(h, s, page, f, sum);
		else if (s->state == SPAN_INUSE)
			check_inuse(h, s, page, f, sum);
		else if (s->state == SPAN_GAP)
			sum->gap_pages += s->npages;
		else
			found(f, "state of span", s->start, s->state, 0);
	}
}

static size_t list_length(const struct spanlist *l, struct faults *f)
{
	const struct span *s, *prev = NULL;
	size_t n = 0;

	for (s = l->first; s; prev = s, s = s->next, n++)
		equal(f, "back link of span", s->start, (uintptr_t)s->prev,
		      (uintptr_t)prev);
	equal(f, "end of list", (uintptr_t)l, (uintptr_t)l->last,
	      (uintptr_t)prev);
	return n;
}

static void check_lists(struct heap *h, struct faults *f,
			const struct sums *sum)
{
	size_t nfree = 0, listed = 0, cached = 0;
	unsigned int i, kind, class;

	for (i = 0; i < NBINS; i++)
		nfree += list_length(&h->pageheap.bin[i], f);
	for (kind = 0; kind < NKINDS; kind++)
		for (class = 0; class < KGC_NCLASSES; class ++) {
			listed +=
				list_length(&h->central[kind][class].spans, f);
			for (i = 0; i < h->nslots; i++)
				cached += h->cache[i] &&
					  h->cache[i]->source[kind][class].span;
		}
	equal(f, "spans in bins", 0, nfree, sum->nfree_spans);
	equal(f, "spans in central lists", 0, listed, sum->listed);
	equal(f, "spans in windows", 0, cached, sum->cached);
}

static void check_specials(struct heap *h, struct faults *f,
			   const struct sums *sum)
{
	const struct specials *t = &h->specials;
	const struct special *r;
	size_t i, n = 0, objects = 0;

	for (i = 0; i < t->nbuckets; i++)
		for (r = t->table[i]; r; r = r->next, n++) {
			if (r->kind == SPECIAL_LINK)
				continue;
			if (!(bitmap_get(h, r->object) & BIT_SPECIAL))
				found(f, "special bit of object with record",
				      r->object, 0, 1);
			objects += special_any(h, r->object) == r;
		}
	equal(f, "records of objects", 0, n, t->n);
	/* Weak links leave the bit behind. */
	if (sum->nspecial < objects || !t->outlast)
		equal(f, "special bits", 0, sum->nspecial, objects);
}

static void check_counts(struct heap *h, struct faults *f,
			 const struct sums *sum)
{
	struct pageheap *ph = &h->pageheap;
	struct totals t;

	stats_totals(h, &t);
	/* Of 64 bits, on 32-bit machines too. */
	if (t.nmalloc - t.nfree != sum->objects)
		found(f, "objects counted", 0, t.nmalloc - t.nfree,
		      sum->objects);
	if (t.alloc_bytes - t.free_bytes != sum->bytes)
		found(f, "bytes counted", 0, t.alloc_bytes - t.free_bytes,
		      sum->bytes);
	equal(f, "pages of the arena", 0, h->arena.used >> PAGE_SHIFT,
	      sum->free_pages + sum->inuse_pages + sum->gap_pages);
	equal(f, "heap_sys", 0, ph->sys,
	      (sum->free_pages + sum->inuse_pages) << PAGE_SHIFT);
	equal(f, "heap_inuse", 0, ph->inuse, sum->inuse_pages << PAGE_SHIFT);
	equal(f, "heap_released", 0, ph->released_bytes,
	      sum->released << PAGE_SHIFT);
}

/* Add what is wrong with @h to @faults. */
void check_heap(struct heap *h, struct faults *faults)
{
	struct sums sum = { 0 };

	check_spans(h, faults, &sum);
	h->looks_at = 0;
	if (faults->n)
		return; /* sums mean nothing then */
	check_lists(h, faults, &sum);
	check_specials(h, faults, &sum);
	check_counts(h, faults, &sum);
}

/* Put fault @f into @buf, as text. */
void check_text(struct heap *h, const struct fault *f, char *buf, size_t size)
{
	struct line line = { .buf = buf, .size = size };
	struct out o = { .write = line_write, .arg = &line };

	out_text(&o, "gc: check ");
	out_address(&o, f->at);
	out_text(&o, ": ");
	out_text(&o, f->what);
	out_text(&o, ": ");
	if (f->block) {
		out_text(&o, "written to");
		object_text(h, span_of(h, f->block), f->block, NULL,
			    buf + line.n, size - line.n);
		return;
	}
	out_number(&o, f->is);
	out_text(&o, ", not ");
	out_number(&o, f->should);
}

/* At level 3: after every operation. */
void check_operation(void)
{
	if (KGC_CHECK >= 3 && kgc_host_context() == KGC_TASK && kgc_check())
		kgc_host_panic("gc: check %d: the heap is damaged", 3);
}

int kgc_check(void)
{
	struct faults faults = { 0 };
	char text[CHECK_TEXT];
	int i;

	if (!cache_attach(&heap))
		return 0;
	heap_stop(&heap);
	check_heap(&heap, &faults);
	heap_start(&heap);
	for (i = 0; i < MIN(faults.n, FAULTS_MAX); i++) {
		check_text(&heap, &faults.fault[i], text, sizeof(text));
		kgc_printf("%s\n", text);
	}
	return faults.n;
}
