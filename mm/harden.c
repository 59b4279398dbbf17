// SPDX-License-Identifier: MIT
/*
 * harden.c - level 2: canaries, poison, quarantine
 *
 * Of a block of the public heap the caller has what it asked for, rounded up
 * to words.  Behind that lie canaries, at least one; the last of them says how
 * many there are.  (A typed object's last word stays behind them.)
 *
 * Every small block that is not handed out is full of poison: a span when it
 * is carved, a block when it is freed or swept.  Who takes one looks at all of
 * it first.  A freed block waits in its slot's quarantine: its bits are those
 * of a free block and S, which bitmap_find() passes over, and its span counts
 * it as used.  It leaves when there is no room for the next one, and before
 * each cycle.
 *
 * Canaries are addresses of the last 64 KiB, where no heap lies, so they keep
 * nothing alive.
 *
 * Bad at: blocks above 32 KiB, whose pages go back at once; speed.
 *
 * Locking: as for the operation that calls.
 */
#include "internal.h"

#define POISON	((uintptr_t)0xdbdbdbdbdbdbdbdb)
#define CANARY	(~(uintptr_t)0x35a5)
#define SLACK_X ((uintptr_t)0x5a5a)

/* Where the last canary of the object @base lies. */
static uintptr_t *last_of(const struct span *s, uintptr_t base)
{
	return (uintptr_t *)(base + span_usable(s)) - 1;
}

/* How many canaries lie before the last one; SIZE_MAX if it is damaged. */
static size_t canaries(const struct span *s, uintptr_t base)
{
	const uintptr_t *last = last_of(s, base);
	const uintptr_t v = ~*last ^ SLACK_X;

	if (v > 2 * HARDEN_SLACK || !(v & 1) ||
	    v >> 1 > (size_t)(last - (uintptr_t *)base))
		return SIZE_MAX;
	return v >> 1;
}

size_t harden_size(const struct span *s, uintptr_t base)
{
	const size_t n = canaries(s, base);
	const size_t have = span_usable(s) - WORD_SIZE;

	return n == SIZE_MAX ? have : have - n * WORD_SIZE;
}

/* May the object have @size bytes and still as many canaries as are known? */
bool harden_fits(const struct span *s, size_t size)
{
	const size_t have = span_usable(s) - WORD_SIZE;

	return size <= have && (have - size) / WORD_SIZE < HARDEN_SLACK;
}

/* The object @base has @size bytes now; those behind are canaries. */
void harden_set_size(const struct span *s, uintptr_t base, size_t size)
{
	uintptr_t *last = last_of(s, base), *w;

	w = (uintptr_t *)(base + round_up(MAX(size, 1), WORD_SIZE));
	kgc_assert(w <= last && last - w <= HARDEN_SLACK);
	*last = ~(((uintptr_t)(last - w) << 1 | 1) ^ SLACK_X);
	while (w < last)
		*w++ = CANARY;
}

/* The first canary of the object @base that is none, or NULL. */
const uintptr_t *harden_overrun(const struct span *s, uintptr_t base)
{
	const uintptr_t *last = last_of(s, base), *w;
	const size_t n = canaries(s, base);

	if (n == SIZE_MAX)
		return last;
	for (w = last - n; w < last; w++)
		if (*w != CANARY)
			return w;
	return NULL;
}

/* The first word of the free block @base that was written to, or NULL. */
const uintptr_t *harden_written(const struct span *s, uintptr_t base)
{
	const uintptr_t *w = (const uintptr_t *)base;
	const uintptr_t *const end = w + s->size / WORD_SIZE;

	for (; w < end; w++)
		if (*w != (uintptr_t)POISON)
			return w;
	return NULL;
}

static void poison(uintptr_t base, size_t size)
{
	memset((void *)base, (int)(POISON & 0xff), size);
}

/* All of @s, which is being carved, is free. */
void harden_carve(struct span *s)
{
	poison(s->start, (size_t)s->npages << PAGE_SHIFT);
}

/* @s is about to be swept: poison what dies. */
void harden_sweep(struct heap *h, const struct span *s)
{
	uintptr_t p = s->start, bits;
	uint32_t i;

	for (i = 0; i < s->nelems; i++, p += s->size) {
		bits = bitmap_get(h, p) & (BIT_ALLOC | BIT_MARK);
		if (bits == BIT_ALLOC)
			poison(p, s->size);
	}
}

/* --- reports ------------------------------------------------------------- */

static _Noreturn void found(struct heap *h, const char *operation,
			    const char *why, const struct span *s,
			    uintptr_t base, const uintptr_t *at,
			    const struct bucket *site)
{
	char text[OBJECT_TEXT];

	h->suspect = base;
	object_text(h, s, base, site, text, sizeof(text));
	kgc_host_panic("gc: %s %p: %s at byte %lu (%p)%s", operation,
		       (void *)base, why, (unsigned long)((uintptr_t)at - base),
		       (void *)*at, text);
}

/* Before @operation: nobody wrote past the end of the object. */
void harden_check(struct heap *h, const struct object *o, const char *operation)
{
	const uintptr_t *at;

	if (o->span->kind == KIND_NOGC)
		return;
	at = harden_overrun(o->span, o->base);
	if (unlikely(at))
		found(h, operation, "written past the end", o->span, o->base,
		      at, NULL);
}

/* --- allocate ------------------------------------------------------------ */

/*
 * @p was a free block until now.  Of @size bytes the last word is for a canary.
 * Pinned: no cycle sees it without.
 */
void harden_new(struct heap *h, void *p, size_t size, unsigned int flags)
{
	const uintptr_t base = (uintptr_t)p;
	const struct span *s = span_of(h, base);
	const uintptr_t *at;

	if (s->sizeclass) {
		at = harden_written(s, base);
		if (unlikely(at))
			found(h, "alloc", "free block was written to", s, base,
			      at, NULL);
		if (!(flags & KGC_NOZERO))
			memset(p, 0, s->size);
	}
	size -= flags & FLAG_TYPED ? 2 * WORD_SIZE : WORD_SIZE;
	harden_set_size(s, base, size);
}

/* --- quarantine ---------------------------------------------------------- */

/* The oldest block of @q leaves. */
static void leave(struct heap *h, struct quarantine *q)
{
	const uintptr_t base = q->block[q->first];
	const struct bitpos b = bitmap_at(h->arena.start, base);
	struct span *s = span_of(h, base);
	const uintptr_t *at = harden_written(s, base);

	if (unlikely(at))
		found(h, "reuse", "written to after it was freed", s, base, at,
		      q->site[q->first]);
	q->first = (q->first + 1) % QUARANTINE;
	q->n--;
	q->bytes -= s->size;
	bitword_and(h, b.word, ~(BIT_SPECIAL << b.shift));
	central_drop_used(h, s->kind, s->sizeclass, s);
}

void harden_flush(struct heap *h, struct cache *c)
{
	while (c->quarantine.n)
		leave(h, &c->quarantine);
}

/* The small object @o is free, but for its span. */
void harden_free(struct heap *h, struct cache *c, const struct object *o,
		 const struct bucket *site)
{
	const struct bitpos b = bitmap_at(h->arena.start, o->base);
	struct quarantine *q = &c->quarantine;
	uint32_t i;

	while (q->n == QUARANTINE ||
	       (q->n && q->bytes + o->span->size > QUARANTINE_BYTES))
		leave(h, q);
	poison(o->base, o->span->size);
	bitword_or(h, b.word, (BIT_SPECIAL | BIT_NOSCAN) << b.shift);
	bitword_and(h, b.word, ~(BIT_ALLOC << b.shift));
	c->nfree[o->span->sizeclass]++;
	i = (q->first + q->n++) % QUARANTINE;
	q->block[i] = o->base;
	q->site[i] = site;
	q->bytes += o->span->size;
}

/* Who allocated @base, which is in a quarantine; or NULL. */
const struct bucket *harden_site(const struct heap *h, uintptr_t base)
{
	const struct cache *c;
	unsigned int slot, i;

	for (slot = 0; slot < h->nslots; slot++) {
		c = h->cache[slot];
		for (i = 0; c && i < c->quarantine.n; i++)
			if (c->quarantine.block[(c->quarantine.first + i) %
						QUARANTINE] == base)
				return c->quarantine
					.site[(c->quarantine.first + i) %
					      QUARANTINE];
	}
	return NULL;
}
