// SPDX-License-Identifier: MIT
/*
 * weak.c - links that do not keep, and values that a key keeps
 *
 * A weak link has two records that know each other: one by its object, which
 * the object's death finds, and one by its own address, which
 * kgc_clear_weak() finds.  A link
 * that lies in an object of the heap is counted there in a third, so that it
 * is forgotten when that object dies and its memory becomes something else.
 * Short links are cleared before finalizers are queued, long ones after, and
 * both with the world stopped: never in sweep.
 *
 * An ephemeron is a record by its key.  Its value is marked when the key is;
 * what that marks may be keys again, so it goes on until nothing is new.
 *
 * Bad at: long chains of ephemerons, of which each round may find only one
 * more.
 *
 * Locking: special.lock; with the world stopped, none.
 */
#include "internal.h"

static struct special *link_find(struct heap *h, uintptr_t link,
				 unsigned int flags)
{
	struct special *r;

	for (r = special_find(h, link, SPECIAL_LINK); r; r = special_after(r))
		if (r->flags == flags)
			return r;
	return NULL;
}

/* Base of the block that @p lies in, allocated or not; 0 outside objects. */
static uintptr_t block_of(struct heap *h, uintptr_t p)
{
	const struct span *s = span_of(h, p);
	uint32_t i;

	if (!s)
		return 0;
	i = span_index(h, s, p);
	return i < s->nelems ? span_base(s) + i * s->size : 0;
}

static void holder_drop(struct heap *h, uintptr_t link)
{
	const uintptr_t base = block_of(h, link);
	struct special *r = base ? special_find(h, base, SPECIAL_HOLDER) : NULL;

	if (r && --r->nlinks == 0)
		special_drop(h, r);
}

static bool holder_add(struct heap *h, uintptr_t base)
{
	struct special *r = special_find(h, base, SPECIAL_HOLDER);
	const struct special one = { .object = base,
				     .kind = SPECIAL_HOLDER,
				     .nlinks = 1 };

	if (!r)
		return special_insert(h, &one);
	r->nlinks++;
	return true;
}

/* Forget the link whose record by address is @r. */
static void link_drop(struct heap *h, struct special *r)
{
	const uintptr_t link = r->object;

	special_drop(h, r->other);
	special_drop(h, r);
	holder_drop(h, link);
	h->specials.outlast = true;
}

static int link_add(struct heap *h, uintptr_t p, void **link, uintptr_t holder,
		    unsigned int flags)
{
	struct special *weak, *back;
	struct special r = { .flags = (uint8_t)flags };

	r.object = p;
	r.kind = SPECIAL_WEAK;
	weak = special_insert(h, &r);
	if (!weak)
		return -KGC_ENOMEM;
	r.object = (uintptr_t)link;
	r.kind = SPECIAL_LINK;
	r.other = weak;
	back = special_insert(h, &r);
	if (!back)
		goto drop_weak;
	weak->other = back;
	if (holder && !holder_add(h, holder))
		goto drop_back;
	return 0;
drop_back:
	special_drop(h, back);
drop_weak:
	special_drop(h, weak);
	return -KGC_ENOMEM;
}

int weak_set(struct heap *h, void **link, const void *p, unsigned int flags)
{
	struct object target, holder;
	struct special *old;
	int err = -KGC_EINVAL;

	if (!cache_attach(h))
		return -KGC_ENOMEM;
	kgc_host_pin(); /* what is looked up stays swept */
	flags &= KGC_WEAK_LONG;
	if (!object_find(h, (uintptr_t)link, &holder))
		holder.base = 0;
	if (object_find(h, (uintptr_t)p, &target)) {
		lock_take(&h->specials.lock);
		old = link_find(h, (uintptr_t)link, flags);
		if (old)
			link_drop(h, old);
		err = link_add(h, target.base, link, holder.base, flags);
		lock_drop(&h->specials.lock);
	}
	kgc_host_unpin();
	return err;
}

int kgc_set_weak(void **link, const void *p, unsigned int flags)
{
	return weak_set(&heap, link, p, flags);
}

bool weak_unset(struct heap *h, void **link, unsigned int flags)
{
	struct special *r;

	lock_take(&h->specials.lock);
	r = link_find(h, (uintptr_t)link, flags & KGC_WEAK_LONG);
	if (r)
		link_drop(h, r);
	lock_drop(&h->specials.lock);
	return r;
}

bool kgc_clear_weak(void **link, unsigned int flags)
{
	return weak_unset(&heap, link, flags);
}

static int move_locked(struct heap *h, void **from, void **to, uintptr_t holder,
		       unsigned int flags)
{
	struct special *r = link_find(h, (uintptr_t)from, flags);
	uintptr_t target;

	if (!r)
		return -KGC_EINVAL;
	if (from == to)
		return 0;
	if (link_find(h, (uintptr_t)to, flags))
		return -KGC_EBUSY;
	target = r->other->object;
	link_drop(h, r);
	return link_add(h, target, to, holder, flags);
}

int kgc_move_weak(void **from, void **to, unsigned int flags)
{
	struct heap *h = &heap;
	struct object holder;
	int err;

	if (!cache_attach(h))
		return -KGC_ENOMEM;
	kgc_host_pin();
	if (!object_find(h, (uintptr_t)to, &holder))
		holder.base = 0;
	lock_take(&h->specials.lock);
	err = move_locked(h, from, to, holder.base, flags & KGC_WEAK_LONG);
	lock_drop(&h->specials.lock);
	kgc_host_unpin();
	return err;
}

void *kgc_read_weak(void *const *link, bool hidden)
{
	void *volatile p; /* a copy that the collector sees, before unpin */

	context_check();
	kgc_host_pin();
	p = *(void *const volatile *)link;
	if (hidden && p)
		p = kgc_hide(p);
	kgc_host_unpin();
	return p;
}

/* --- ephemerons --- */

static struct special *ephemeron_find(struct heap *h, uintptr_t key,
				      uintptr_t value)
{
	struct special *r;

	for (r = special_find(h, key, SPECIAL_EPHEMERON); r;
	     r = special_after(r))
		if (r->to == value)
			return r;
	return NULL;
}

int ephemeron_set(struct heap *h, const void *key, const void *value)
{
	struct special r = { .kind = SPECIAL_EPHEMERON };
	struct object k, v;
	int err = -KGC_EINVAL;

	if (!cache_attach(h))
		return -KGC_ENOMEM;
	kgc_host_pin();
	if (object_find(h, (uintptr_t)value, &v) &&
	    object_find(h, (uintptr_t)key, &k)) {
		r.object = k.base;
		r.to = v.base;
		lock_take(&h->specials.lock);
		err = ephemeron_find(h, k.base, v.base) || special_insert(h, &r)
			      ? 0
			      : -KGC_ENOMEM;
		lock_drop(&h->specials.lock);
	}
	kgc_host_unpin();
	return err;
}

int kgc_set_ephemeron(const void *key, const void *value)
{
	return ephemeron_set(&heap, key, value);
}

bool ephemeron_unset(struct heap *h, const void *key, const void *value)
{
	struct special *r = NULL;
	struct object k;

	if (!cache_attach(h))
		return false;
	kgc_host_pin();
	if (object_find(h, (uintptr_t)key, &k)) {
		lock_take(&h->specials.lock);
		r = ephemeron_find(h, k.base, block_of(h, (uintptr_t)value));
		if (r) {
			special_drop(h, r);
			h->specials.outlast = true;
		}
		lock_drop(&h->specials.lock);
	}
	kgc_host_unpin();
	return r;
}

bool kgc_clear_ephemeron(const void *key, const void *value)
{
	return ephemeron_unset(&heap, key, value);
}

/* --- for the collector and for deaths --- */

/* Mark the values of marked keys; false if none was new. */
bool weak_mark_values(struct heap *h)
{
	const struct special *r = h->specials.list[SPECIAL_EPHEMERON].first;
	bool found = false;

	for (; r; r = r->after)
		if (mark_lives(h, r->object))
			found |= mark_object(h, r->to);
	return found;
}

/* The object of record @r is gone: clear its link, and forget both. */
void weak_forget_target(struct heap *h, struct special *r)
{
	*(void **)r->other->object = NULL;
	link_drop(h, r->other);
}

/* Clear the links with @flags to what is not marked; the world is stopped. */
static void clear(struct heap *h, unsigned int flags)
{
	struct special *r, *next;

	for (r = h->specials.list[SPECIAL_WEAK].first; r; r = next) {
		next = r->after;
		if (r->flags == flags && !mark_lives(h, r->object))
			weak_forget_target(h, r);
	}
}

void weak_clear_short(struct heap *h)
{
	clear(h, 0);
}

void weak_clear_long(struct heap *h)
{
	clear(h, KGC_WEAK_LONG);
}

/* The object with base @p and @size bytes dies: forget the links in it. */
void weak_forget_links(struct heap *h, uintptr_t p, size_t size)
{
	const uintptr_t end = p + size;
	struct special *r = special_find(h, p, SPECIAL_HOLDER);
	size_t left = r->nlinks;

	for (; p < end && left; p += WORD_SIZE)
		while ((r = special_find(h, p, SPECIAL_LINK))) {
			link_drop(h, r);
			left--;
		}
}
