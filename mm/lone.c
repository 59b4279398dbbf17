// SPDX-License-Identifier: MIT
/*
 * lone.c - one object in N lies alone, between pages that fault: guard=N
 *
 *	| guard |  pattern | object | guard |	half of them at the end,
 *	| guard | object |  pattern | guard |	half at the start
 *
 * A lone object is a large span with one page more on each side, which is given
 * back to the host.  Its base is not the span's start (span_base), its size not
 * the span's; but for that it is as any other.  When it dies, its own pages are
 * given back too, and the address space is held until HELD more have died: who
 * comes too late faults as well.  The BESIDE bytes that lie next to it in its
 * pages have a pattern, which is looked at when it dies and by the checker.
 *
 * What becomes one is drawn in prof.c.  There are at most LONE_LEAST, and one
 * for each LONE_SHARE pages of heap, and LONE_MOST in all; beyond that, without
 * memory, and in a critical section an object is as others are.
 *
 * Bad at: bytes between the end of an object and the next multiple of 16; reads
 * of the pattern; objects above 32 KiB.
 *
 * Locking: pageheap.lock.  Who explains an address takes none.
 */
#include "internal.h"

enum {
	HELD = 64,
	LONE_LEAST = 16,
	LONE_SHARE = 32,
	LONE_MOST = 4096, /* a process has 65,530 mappings */
	BESIDE = 256,	  /* bytes of pattern on each side, most */
};

#define PATTERN ((uintptr_t)0xfbfbfbfbfbfbfbfb)

void lone_init(struct heap *h, const struct kgc_config *config)
{
	fixalloc_init(&h->lones.records, &h->meta, sizeof(struct lone));
	h->lones.every = config->nofault ? 0 : config->guard;
}

/* --- birth --------------------------------------------------------------- */

/*
 * Where number @n lies.  Parities of 1, 2, 3, ... are each as likely, and in
 * step with no loop of the program.  (Thue and Morse.)
 */
static bool is_at_end(uint32_t n)
{
	return bits_count(n) & 1;
}

/* A record, counted; NULL: there are enough, or no memory. */
static struct lone *record_take(struct heap *h)
{
	const size_t pages = h->pageheap.sys >> PAGE_SHIFT;
	const uint32_t most = MIN(LONE_LEAST + pages / LONE_SHARE, LONE_MOST);
	struct lone *l = NULL;

	lock_take(&h->pageheap.lock);
	if (h->lones.nlive < most) {
		lone_give_back_locked(h, most - 1 - h->lones.nlive);
		l = fixalloc_alloc(&h->lones.records);
	}
	if (l) {
		h->lones.nlive++;
		*l = (struct lone){ .at_end = is_at_end(++h->lones.nmade) };
	}
	lock_drop(&h->pageheap.lock);
	return l;
}

static void record_drop(struct heap *h, struct lone *l)
{
	lock_take(&h->pageheap.lock);
	h->lones.nlive--;
	fixalloc_free(&h->lones.records, l);
	lock_drop(&h->pageheap.lock);
}

/*
 * Where in its span an object of @size bytes begins.  The size of a class may
 * have been asked for its alignment, and so has that of the class's objects.
 */
static size_t offset_of(size_t npages, size_t size, bool at_end)
{
	const size_t class_align = MIN(size & -size, PAGE_SIZE);
	const size_t align = size <= 8 ? 8 : MAX(class_align, 16);

	if (!at_end)
		return PAGE_SIZE;
	return ((npages - 1) << PAGE_SHIFT) - round_up(size, align);
}

/* The bytes of @s that have the pattern, but for the object in them. */
static uintptr_t beside_lo(const struct span *s)
{
	return MAX(s->start + PAGE_SIZE, span_base(s) - BESIDE);
}

static uintptr_t beside_hi(const struct span *s)
{
	return MIN(span_end(s) - PAGE_SIZE, span_base(s) + s->size + BESIDE);
}

/* Make @s, between its guard pages, one object of @size bytes, all zero. */
static void place(struct heap *h, struct span *s, unsigned int kind,
		  size_t size, bool at_end)
{
	s->lone->asked = size;
	s->cursor = offset_of(s->npages, size, at_end) / LONE_UNIT;
	span_set_large(h, s, kind, round_up(size, WORD_SIZE));
	memset((void *)beside_lo(s), (int)(PATTERN & 0xff),
	       beside_hi(s) - beside_lo(s));
	memset((void *)span_base(s), 0, s->size);
}

/*
 * A lone object, allocated, of @size bytes, 0 counting as 1; NULL if there is
 * to be none.  Pinned.
 */
ALLOCATES struct span *lone_new(struct heap *h, const struct cache *c,
				unsigned int kind, size_t size)
{
	size_t npages;
	struct lone *l;
	struct span *s;

	size = MAX(size, 1);
	npages = (size + PAGE_SIZE - 1) >> PAGE_SHIFT;
	if (h->reserved && h->reserved[c->slot].pages)
		return NULL;
	l = record_take(h);
	if (!l)
		return NULL;
	sweep_some(h, npages + 2);
	s = pageheap_alloc(h, npages + 2, PAGE_SIZE);
	if (!s) {
		record_drop(h, l);
		return NULL;
	}
	l->nmade = prof_backtrace(l->made, LONE_DEPTH);
	l->span = s;
	s->lone = l;
	kgc_host_decommit((void *)s->start, PAGE_SIZE);
	kgc_host_decommit((void *)(span_end(s) - PAGE_SIZE), PAGE_SIZE);
	place(h, s, kind, size, l->at_end);
	return s;
}

/* The object of @s, new and of slot's cache @c, has but @size bytes. */
static void fit(struct heap *h, struct cache *c, struct span *s, size_t size)
{
	const size_t before = s->size;

	bitmap_clear_span(h, s);
	place(h, s, s->kind, size, s->lone->at_end);
	c->large_alloc -= before - s->size; /* 64 bits, and it shrank */
	pacer_add(h, s->size - before);
}

void *kgc_fit(void *p, size_t size)
{
	struct heap *h = &heap;
	struct cache *c;
	struct span *s;

	context_check();
	if (!h->lones.every || !cache_attach(h))
		return p;
	c = h->cache[kgc_host_pin()];
	s = span_of(h, (uintptr_t)p);
	size = MAX(size, 1);
	if (s && !sweep_is_done(h, s))
		sweep_span(h, s);
	if (s && span_is_lone(s) && s->kind != KIND_TYPED &&
	    size < s->lone->asked && !is_guarded(h)) {
		fit(h, c, s, size);
		p = (void *)span_base(s);
	}
	kgc_host_unpin();
	return p;
}

bool kgc_is_guarded(const void *p)
{
	const struct span *s;

	context_check();
	kgc_host_pin();
	s = span_of(&heap, (uintptr_t)p);
	kgc_host_unpin();
	return s && span_is_lone(s);
}

/* --- death --------------------------------------------------------------- */

/* The first word beside the object of @s that was written to, or NULL. */
const uintptr_t *lone_written(const struct span *s)
{
	const uintptr_t base = span_base(s), hi = beside_hi(s);
	uintptr_t p = beside_lo(s);

	for (;; p += WORD_SIZE) {
		if (p == base)
			p += s->size;
		if (p >= hi)
			return NULL;
		if (*(const uintptr_t *)p != PATTERN)
			return (const uintptr_t *)p;
	}
}

static void check(struct heap *h, const struct span *s)
{
	const uintptr_t *at = lone_written(s);
	const uintptr_t base = span_base(s);
	char text[OBJECT_TEXT];

	if (likely(!at))
		return;
	h->suspect = base;
	object_text(h, s, base, NULL, text, sizeof(text));
	kgc_host_panic("gc: %s %p: written %s at byte %ld (%p)%s",
		       s->lone->is_freed ? "free" : "collect", (void *)base,
		       (uintptr_t)at < base ? "before the start"
					    : "past the end",
		       (long)((uintptr_t)at - base), (void *)*at, text);
}

/* The program frees the object of @s. */
ALLOCATES void lone_note_free(struct span *s)
{
	struct lone *l = s->lone;

	l->is_freed = true;
	l->nfreed = prof_backtrace(l->freed, LONE_DEPTH);
}

/* Under the lock: hold at most @leave that are free; false: there are none. */
bool lone_give_back_locked(struct heap *h, uint32_t leave)
{
	const bool some = h->lones.nheld > leave;
	struct lone *l;

	while (h->lones.nheld > leave) {
		l = h->lones.held;
		h->lones.held = l->next;
		h->lones.nheld--;
		sweep_nothing(h, l->span);
		pageheap_free_reserved_locked(h, l->span);
		fixalloc_free(&h->lones.records, l);
	}
	return some;
}

/* The object of @s is free: from now on its pages fault. */
void lone_hold(struct heap *h, struct span *s)
{
	struct lones *t = &h->lones;

	check(h, s);
	kgc_host_decommit((void *)(s->start + PAGE_SIZE),
			  (s->npages - 2) << PAGE_SHIFT);
	lock_take(&h->pageheap.lock);
	s->where = SPAN_HELD;
	if (t->nheld)
		t->last->next = s->lone;
	else
		t->held = s->lone;
	t->last = s->lone;
	t->nheld++;
	t->nlive--;
	lone_give_back_locked(h, HELD);
	lock_drop(&h->pageheap.lock);
}

/* --- reports ------------------------------------------------------------- */

static void out_stack(struct out *o, const char *what, const uintptr_t *pc,
		      uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		out_text(o, i ? " " : what);
		out_address(o, pc[i]);
	}
}

/* What befell the object of @s, with @max return addresses of each. */
void lone_text(struct out *o, const struct span *s, uint32_t max)
{
	const struct lone *l = s->lone;

	out_stack(o, ", allocated at ", l->made, MIN(l->nmade, max));
	out_stack(o, ", freed at ", l->freed, MIN(l->nfreed, max));
}

static void out_offset(struct out *o, intptr_t n)
{
	if (n < 0)
		out_text(o, "-");
	out_number(o, n < 0 ? -(uintptr_t)n : (uintptr_t)n);
}

/* @addr is in @s; false if nothing is wrong with that. */
bool lone_explain(struct out *o, const struct span *s, uintptr_t addr)
{
	const bool live = s->where == SPAN_NOWHERE;
	const uintptr_t base = span_base(s);

	if (!s->nelems || !s->lone || (live && addr - base < s->size))
		return false;
	if (live)
		out_text(o, addr < base ? "before the start" : "past the end");
	else
		out_text(o, s->lone->is_freed ? "after it was freed"
					      : "after it was collected");
	out_text(o, ": byte ");
	out_offset(o, (intptr_t)(addr - base));
	out_text(o, " of block ");
	out_address(o, base);
	out_text(o, " of ");
	out_number(o, s->lone->asked);
	out_text(o, " bytes (");
	out_text(o, kind_name(s->kind));
	out_text(o, ")");
	lone_text(o, s, LONE_DEPTH);
	return true;
}
