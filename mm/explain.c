// SPDX-License-Identifier: MIT
/*
 * explain.c - what the heap knows of an address, for a fault handler
 *
 * Takes no lock, calls nothing, and looks at each fact before it uses it: it
 * may run while the heap is being changed, or is damaged.
 */
#include "internal.h"

struct out {
	kgc_write_fn *write;
	void *arg;
	int n;
};

static void text(struct out *o, const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	o->write(o->arg, s, n);
	o->n += n;
}

static void number(struct out *o, uintptr_t v, unsigned int base)
{
	char digits[24], *p = digits + sizeof(digits) - 1;

	*p = 0;
	do
		*--p = "0123456789abcdef"[v % base];
	while (v /= base);
	text(o, base == 16 ? "0x" : "");
	text(o, p);
}

static void object(struct heap *h, struct out *o, const struct span *s,
		   uintptr_t addr)
{
	static const char *const kind[] = {
		[KIND_SCAN] = "scan",
		[KIND_NOSCAN] = "noscan",
		[KIND_UNCOLLECTABLE] = "uncollectable",
		[KIND_UNCOLLECTABLE_NOSCAN] = "uncollectable noscan",
		[KIND_TYPED] = "typed",
		[KIND_NOGC] = "nogc",
	};
	const char *name = s->kind <= KIND_NOGC ? kind[s->kind] : NULL;
	const uint32_t i = span_index(h, s, addr);
	const uintptr_t base = s->start + i * s->size;
	bool live;

	if (i >= s->nelems) {
		text(o, "in the tail of a span of objects of ");
		number(o, s->size, 10);
		text(o, " bytes");
		return;
	}
	live = bitmap_get(h, base) &
	       (s->kind == KIND_NOGC ? BIT_NOSCAN : BIT_ALLOC);
	text(o, live && !cache_holds(h, s, base) ? "in object "
						 : "in free object ");
	number(o, base, 16);
	text(o, " of ");
	number(o, s->size, 10);
	text(o, " bytes (class ");
	number(o, s->sizeclass, 10);
	text(o, ", ");
	text(o, name ? name : "?");
	text(o, "), +");
	number(o, addr - base, 16);
}

int kgc_explain(uintptr_t addr, kgc_write_fn *write, void *arg)
{
	struct heap *h = &heap;
	struct out o = { write, arg, 0 };
	const struct span *s;

	if (!h->ready)
		text(&o, "no heap yet");
	else if (addr - h->arena.start < h->arena.used) {
		s = span_of(h, addr);
		if (s && s->size && s->sizeclass < KGC_NCLASSES)
			object(h, &o, s, addr);
		else
			text(&o, "in free pages of the heap");
	} else if (addr - h->arena.start < h->arena.reach)
		text(&o, "in the heap's reservation, not in use");
	else if (addr < h->arena.start && addr >= h->arena.base)
		text(&o, "in the heap's bitmap");
	else
		text(&o, "not in the heap");
	return o.n;
}
