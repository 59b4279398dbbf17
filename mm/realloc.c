// SPDX-License-Identifier: MIT
/*
 * realloc.c - give a block another size; ask what a block is
 *
 * Locking: none here; object.c's rules.
 */
#include "internal.h"

/*
 * Stay in place when the block is large enough and not twice too large.  What
 * lies beyond @size is cleared then, so that growing again finds zeroes.
 */
static bool fits(size_t size, size_t have)
{
	return size <= have && (size > have / 2 || have <= 32);
}

/* Give the object @o, of @have bytes, @size in place; false if it must move. */
static COLD bool resize_hardened(const struct object *o, size_t have,
				 size_t size)
{
	if (!harden_fits(o->span, size) ||
	    !fits(size, span_usable(o->span) - WORD_SIZE))
		return false;
	harden_set_size(o->span, o->base, size);
	have = round_up(have, WORD_SIZE);
	if (size > have)
		memset((char *)o->base + have, 0,
		       round_up(size, WORD_SIZE) - have);
	else
		memset((char *)o->base + size, 0,
		       round_up(MAX(size, 1), WORD_SIZE) - size);
	return true;
}

/*
 * Bytes of the small object with base @p, whose kind is put in *@kind, if that
 * can be told as fast as kgc_free() does; else 0.
 */
static size_t quick_size(const void *p, unsigned int *kind)
{
	struct heap *h = &heap;
	struct cache *const c = kgc_host_pin_local();
	const uintptr_t at = rotate_right((uintptr_t)p - h->arena.start,
					  __builtin_ctz(WORD_SIZE));
	unsigned int layout = 0;
	size_t size = 0;

	if (likely(at < c->quick))
		layout = h->layout[at / (PAGE_SIZE / WORD_SIZE)];
	if (layout && !(layout & LAYOUT_TYPED) &&
	    (bits_get(bits_at(h, at), at) & BIT_ALLOC ||
	     cache_set_object(h, c, h->pages[at / (PAGE_SIZE / WORD_SIZE)],
			      (uintptr_t)p))) {
		size = window_of(c, layout)->size;
		*kind = (layout & LAYOUT_NOSCAN ? KGC_NOSCAN : 0) |
			(layout & LAYOUT_UNCOLLECTABLE ? KGC_UNCOLLECTABLE : 0);
	}
	kgc_host_unpin();
	return size;
}

/* Move what is in @p, of @have bytes, to a new block of @size. */
static ALLOCATES void *resize_moved(void *p, size_t have, size_t size,
				    unsigned int kind)
{
	const size_t n = MIN(size, have);
	size_t room = 0; /* of a small block, which is not cleared twice */
	void *to;

	if (size <= SMALL_MAX && !is_guarded(&heap) && kind != KIND_NOGC &&
	    !heap.lones.every)
		room = heap.classes.of[sizeclass_of(&heap.classes, size)].size;
	to = kind == KIND_TYPED
		     ? typed_like(&heap, p, have, size)
		     : kgc_alloc(size, room ? kind | KGC_NOZERO : kind);
	if (!to)
		return NULL;
	memcpy(to, p, n);
	if (room && kind != KIND_TYPED)
		memset((char *)to + n, 0, room - n);
	kgc_free(p);
	return to;
}

/* kgc_realloc() of what quick_size() does not know. */
static COLD ALLOCATES void *resize_other(void *p, size_t size)
{
	struct object o;
	size_t have, usable;
	unsigned int kind;

	if (!cache_attach(&heap))
		return NULL;
	kgc_host_pin();
	o = object_of(&heap, p, "realloc");
	if (is_hardened(&heap))
		harden_check(&heap, &o, "realloc");
	usable = span_usable(o.span);
	have = object_size(&heap, o.span, o.base);
	kind = o.span->kind;
	kgc_host_unpin();
	if (is_hardened(&heap) && kind != KIND_NOGC) {
		if (resize_hardened(&o, have, size))
			return p;
	} else if (fits(size, have)) {
		memset((char *)p + size, 0, have - size);
		return fenced(&heap, p, size);
	}
	return resize_moved(p, kind == KIND_TYPED ? usable : have, size, kind);
}

ALLOCATES void *kgc_realloc(void *p, size_t size)
{
	unsigned int kind;
	size_t have;

	if (!p)
		return kgc_alloc(size, 0);
	have = quick_size(p, &kind);
	if (!have)
		return resize_other(p, size);
	if (!fits(size, have))
		return resize_moved(p, have, size, kind);
	memset((char *)p + size, 0, have - size);
	return p;
}

/* --- ask --- */

size_t kgc_usable_size(const void *p)
{
	struct object o;
	size_t size;

	if (!p || !cache_attach(&heap))
		return 0;
	kgc_host_pin();
	o = object_of(&heap, p, "usable_size");
	if (is_hardened(&heap))
		harden_check(&heap, &o, "usable_size");
	size = object_size(&heap, o.span, o.base);
	kgc_host_unpin();
	return size;
}

void *kgc_lookup(const void *p, size_t *size)
{
	struct object o;
	void *base = NULL;

	if (!cache_attach(&heap))
		return NULL;
	heap.cache[kgc_host_pin()]->nlookup++;
	if (object_find(&heap, (uintptr_t)p, &o)) {
		base = (void *)o.base;
		if (size)
			*size = object_size(&heap, o.span, o.base);
	}
	kgc_host_unpin();
	return base;
}

int kgc_flags(const void *p)
{
	struct object o;
	int flags = -KGC_EINVAL;

	if (!cache_attach(&heap))
		return flags;
	kgc_host_pin();
	if (object_find(&heap, (uintptr_t)p, &o))
		flags = (int)kind_flags(o.span->kind);
	kgc_host_unpin();
	return flags;
}
