// SPDX-License-Identifier: MIT
/*
 * explain.c - what the heap knows of an address, for a fault handler
 *
 * Takes no lock, calls nothing, and looks at each fact before it uses it: it
 * may run while the heap is being changed, or is damaged.
 */
#include "internal.h"

static void object(struct heap *h, struct out *o, const struct span *s,
		   uintptr_t addr)
{
	const uint32_t i = span_index(h, s, addr);
	const uintptr_t base = span_base(s) + i * s->size;
	bool live;

	if (i >= s->nelems) {
		out_text(o, "in the tail of a span of objects of ");
		out_number(o, s->size);
		out_text(o, " bytes");
		return;
	}
	live = bitmap_get(h, base) &
	       (s->kind == KIND_NOGC ? BIT_NOSCAN : BIT_ALLOC);
	live = live ? !cache_holds(h, s, base) : cache_handed_out(h, s, base);
	out_text(o, live ? "in object " : "in free object ");
	out_address(o, base);
	out_text(o, " of ");
	out_number(o, s->size);
	out_text(o, " bytes (class ");
	out_number(o, s->sizeclass);
	out_text(o, ", ");
	out_text(o, kind_name(s->kind));
	out_text(o, "), +");
	out_address(o, addr - base);
}

void explain_write(struct heap *h, struct out *o, uintptr_t addr)
{
	const struct span *s;

	if (!h->ready)
		out_text(o, "no heap yet");
	else if (addr - h->arena.start < h->arena.used) {
		s = span_of(h, addr);
		if (s && span_is_lone(s) && lone_explain(o, s, addr))
			return;
		if (s && s->size && s->sizeclass < KGC_NCLASSES)
			object(h, o, s, addr);
		else
			out_text(o, "in free pages of the heap");
	} else if (addr - h->arena.start < h->arena.reach)
		out_text(o, "in the heap's reservation, not in use");
	else if (addr < h->arena.start && addr >= h->arena.base)
		out_text(o, "in the heap's bitmap");
	else
		out_text(o, "not in the heap");
}

int kgc_explain(uintptr_t addr, kgc_write_fn *write, void *arg)
{
	struct out o = { write, arg, 0 };

	explain_write(&heap, &o, addr);
	return o.n;
}
