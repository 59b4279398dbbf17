// SPDX-License-Identifier: MIT
/*
 * fence.c - where the bytes end that were asked for, and who goes beyond
 *
 * In builds with CHECK=asan each block has one word more than was asked for,
 * and the bits of the first word that is not the program's are S alone: a
 * fence.  A fence is no block start: marking and sweeping do not see it.  A
 * freed block keeps its fence, which is moved when the block is handed out
 * again; those of a span go with the span.
 *
 * So the bitmap answers for any bytes whether they may be read and written: the
 * block that the first is in is allocated, and neither a fence nor the block's
 * end lies before the last one.
 *
 * Bad at: bytes between the last that was asked for and the end of its word;
 * blocks that were allocated again since.
 *
 * Locking: pinned, with the span swept, for changes.  For questions none: the
 * bits of an object in use do not change.
 */
#include <kgc/access.h>
#include "internal.h"

static uintptr_t load(bitword *w)
{
	return atomic_load_explicit(w, memory_order_relaxed);
}

/* The fences of a bitmap word, in its lowest group. */
static uintptr_t fences_of(uintptr_t bits)
{
	return bits >> 3 * BITS_K & ~bits & ~(bits >> BITS_K) & BIT_GROUP;
}

/*
 * The bits of the lowest group that are of words from @from on and below @to,
 * in the bitmap word of arena word @at.
 */
static uintptr_t between(size_t at, size_t from, size_t to)
{
	uintptr_t mask = BIT_GROUP;

	if (from > at)
		mask &= mask << (from - at);
	if (to - at < BITS_K)
		mask &= ((uintptr_t)1 << (to - at)) - 1;
	return mask;
}

static size_t highest(uintptr_t bits)
{
	return WORD_SIZE * 8 - 1 - __builtin_clzl(bits);
}

/*
 * The fence of the block at @base, or its usable end if it has none.  From the
 * end down, where it is found at once, unless the block has none.
 */
static uintptr_t fence_of(const struct heap *h, const struct span *s,
			  uintptr_t base)
{
	const uintptr_t start = h->arena.start, end = base + span_usable(s);
	const size_t from = (base - start) / WORD_SIZE + 1;
	const size_t to = (base + s->size - start) / WORD_SIZE;
	bitword *words = bitmap_at(start, start).word;
	uintptr_t found;
	size_t i = (to - 1) / BITS_K + 1;

	while (i-- > from / BITS_K) {
		found = fences_of(load(words - i)) &
			between(i * BITS_K, from, to);
		if (found)
			return start +
			       (i * BITS_K + highest(found)) * WORD_SIZE;
	}
	return end;
}

/* Bytes of the block at @base that are the program's. */
size_t fence_size(const struct heap *h, const struct span *s, uintptr_t base)
{
	return fence_of(h, s, base) - base;
}

static void clear(struct heap *h, const struct span *s, uintptr_t base)
{
	const uintptr_t start = h->arena.start;
	const size_t from = (base - start) / WORD_SIZE + 1;
	const size_t to = (base + s->size - start) / WORD_SIZE;
	bitword *words = bitmap_at(start, start).word;
	uintptr_t found;
	size_t i;

	for (i = from / BITS_K; i * BITS_K < to; i++) {
		found = fences_of(load(words - i)) &
			between(i * BITS_K, from, to);
		if (found)
			bitword_and(h, words - i, ~(found << 3 * BITS_K));
	}
}

/*
 * The first @size bytes of the block at @p are the program's.  Without a fence
 * if there is no word for it.  Returns @p, which may be NULL.
 */
void *fence_set(struct heap *h, void *p, size_t size)
{
	const size_t words = (MAX(size, 1) + WORD_SIZE - 1) / WORD_SIZE;
	const uintptr_t at = (uintptr_t)p + words * WORD_SIZE;
	struct bitpos b;
	struct span *s;

	if (!p)
		return NULL;
	kgc_host_pin();
	s = h->pages[page_of(h, (uintptr_t)p)];
	if (!sweep_is_done(h, s))
		sweep_span(h, s);
	clear(h, s, (uintptr_t)p);
	if (at < (uintptr_t)p + s->size) {
		b = bitmap_at(h->arena.start, at);
		bitword_or(h, b.word, BIT_SPECIAL << b.shift);
	}
	kgc_host_unpin();
	return p;
}

/* The fences of a large object; @s is about to be free. */
void fence_clear_large(struct heap *h, const struct span *s)
{
	clear(h, s, span_base(s));
}

static bool is_used(struct heap *h, const struct span *s, uintptr_t base)
{
	return bitmap_get(h, base) &
	       (s->kind == KIND_NOGC ? BIT_NOSCAN : BIT_ALLOC);
}

static void name(struct heap *h, const struct span *s, uintptr_t base,
		 uintptr_t p, struct kgc_bad_access *bad)
{
	bad->object = (void *)base;
	bad->size = fence_size(h, s, base);
	bad->offset = (ptrdiff_t)(p - base);
}

/*
 * @p is past the end of the object at @base: or is it nearer to the next one,
 * which it comes before?
 */
static void judge_gap(struct heap *h, const struct span *s, uintptr_t base,
		      uintptr_t p, struct kgc_bad_access *bad)
{
	const uintptr_t next = base + s->size;

	bad->kind = p < base ? "underflow" : "overflow";
	name(h, s, base, p, bad);
	if (p >= base + bad->size && s->sizeclass &&
	    next < s->start + s->nelems * s->size && is_used(h, s, next) &&
	    next - p < p - (base + bad->size)) {
		bad->kind = "underflow";
		name(h, s, next, p, bad);
	}
}

/* What is wrong with @p, which is in the arena. */
static bool judge(struct heap *h, uintptr_t p, size_t size,
		  struct kgc_bad_access *bad)
{
	const struct span *s = span_of(h, p);
	uintptr_t base, fence;
	uint32_t i;

	*bad = (struct kgc_bad_access){ .kind = "wild pointer" };
	if (!s)
		return true;
	i = span_index(h, s, p);
	if (i >= s->nelems)
		return true;
	base = span_base(s) + i * s->size;
	if (!is_used(h, s, base)) {
		bad->kind = "use after free";
		name(h, s, base, p, bad);
		return true;
	}
	fence = fence_of(h, s, base);
	if (p >= base && p < fence && size <= fence - p)
		return false;
	judge_gap(h, s, base, p, bad);
	return true;
}

bool kgc_access_is_bad(const void *p, size_t size, struct kgc_bad_access *bad)
{
	const uintptr_t off = (uintptr_t)p - heap.arena.start;

	return unlikely(off < heap.arena.used) && size &&
	       judge(&heap, (uintptr_t)p, size, bad);
}
