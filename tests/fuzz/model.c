// SPDX-License-Identifier: MIT
/*
 * model.c - a naive collector, to compare the heap with; see model.h
 *
 * What a collection keeps and clears is computed from what kgc.h promises, in
 * rounds over all objects until nothing changes.
 */
#include <string.h>

#include "fuzz.h"
#include "model.h"

enum { HEAD = 512, TAIL = 64 };

struct model model;
void *model_link[MODEL_WEAK];

#define for_each_object(o)                          \
	for (struct model_object *o = model.object; \
	     o < model.object + MODEL_OBJECTS; o++) \
		if (!o->addr) {                     \
		} else

struct model_object *model_find(uintptr_t p)
{
	for_each_object(o) if (p - o->addr < o->block) return o;
	return NULL;
}

struct model_object *model_find_base(uintptr_t p)
{
	struct model_object *o = model_find(p);

	return o && o->addr == p ? o : NULL;
}

/* NULL if the model is full. */
struct model_object *model_add(uintptr_t addr, size_t asked, unsigned int flags,
			       int type, uint8_t tag)
{
	struct model_object *o = model.object;
	struct kgc_object view;

	while (o->addr)
		if (++o == model.object + MODEL_OBJECTS)
			return NULL;
	*o = (struct model_object){ .addr = addr,
				    .asked = asked,
				    .size = kgc_usable_size((void *)addr),
				    .flags = flags,
				    .type = type,
				    .tag = tag };
	must(o->size >= asked);
	o->block = o->size + (type ? sizeof(uintptr_t) : 0);
	if (KGC_CHECK >= 2) { /* canaries are part of it, as of the type */
		must(kgc_describe((void *)addr, &view) == 0);
		o->block = view.block;
	}
	model.n++;
	return o;
}

/* The object is gone, and what was registered of it. */
void model_remove(struct model_object *o)
{
	for (unsigned int i = 0; i < MODEL_WEAK; i++)
		if (model.weak[i].target == o->addr) {
			must(!model_link[i]);
			model.weak[i].target = 0;
		}
	for (unsigned int i = 0; i < MODEL_EPHEMERONS; i++)
		if (model.ephemeron[i].key == o->addr)
			model.ephemeron[i].key = 0;
	o->addr = 0;
	model.n--;
}

/* --- contents: links first, then bytes that no address has ---------------- */

static size_t links_size(const struct model_object *o)
{
	const size_t all = MODEL_LINKS * sizeof(uintptr_t);

	return o->asked < all ? o->asked / sizeof(uintptr_t) * sizeof(uintptr_t)
			      : all;
}

static uint8_t byte_at(const struct model_object *o, size_t i)
{
	return 0x80 | (uint8_t)(o->tag + i);
}

/* Of large objects only the first and last bytes: for speed. */
static size_t next_byte(const struct model_object *o, size_t i)
{
	return i == HEAD && o->asked > HEAD + TAIL ? o->asked - TAIL : i + 1;
}

void model_fill(struct model_object *o)
{
	uint8_t *bytes = (uint8_t *)o->addr;

	for (size_t i = links_size(o); i < o->asked; i = next_byte(o, i))
		bytes[i] = byte_at(o, i);
}

/* The first @size bytes are as they were written. */
void model_check_contents(const struct model_object *o, size_t size)
{
	const uint8_t *bytes = (const uint8_t *)o->addr;

	for (size_t i = links_size(o); i < size; i = next_byte(o, i))
		must(bytes[i] == byte_at(o, i));
}

/* --- marking -------------------------------------------------------------- */

/* Marked objects whose contents were not looked at yet. */
static struct {
	struct model_object *object[MODEL_OBJECTS];
	unsigned int n;
} todo;

/* No object lies outside: most words are refused by that. */
static uintptr_t lowest, highest;

static void set_bounds(void)
{
	lowest = UINTPTR_MAX;
	highest = 0;
	for_each_object(o)
	{
		lowest = o->addr < lowest ? o->addr : lowest;
		highest = o->addr + o->block > highest ? o->addr + o->block
						       : highest;
	}
}

static bool mark_object(struct model_object *o)
{
	if (o->marked)
		return false;
	o->marked = true;
	todo.object[todo.n++] = o;
	return true;
}

static bool mark(uintptr_t p)
{
	struct model_object *o;

	if (p < lowest || p >= highest)
		return false;
	o = model_find(p);
	return o && mark_object(o);
}

/* May word @i hold a pointer? */
static bool is_scanned(const struct model_object *o, size_t i)
{
	const size_t at = i % MODEL_TYPE_WORDS;

	if (!o->type)
		return !(o->flags & KGC_NOSCAN);
	if (o->type == 1 && i >= MODEL_TYPE_WORDS)
		return false;
	return MODEL_TYPE_POINTERS >> at & 1;
}

/* @self: the object's own address counts too. */
static void mark_contents(const struct model_object *o, bool self)
{
	const uintptr_t *w = (const uintptr_t *)o->addr;

	for (size_t i = 0; i < o->size / sizeof(*w); i++)
		if (is_scanned(o, i) && (self || w[i] - o->addr >= o->size))
			mark(w[i]);
}

static bool mark_values(void)
{
	const struct model_object *key;
	bool found = false;

	for (unsigned int i = 0; i < MODEL_EPHEMERONS; i++) {
		if (!model.ephemeron[i].key)
			continue;
		key = model_find(model.ephemeron[i].key);
		if (key->marked)
			found |= mark(model.ephemeron[i].value);
	}
	return found;
}

static void mark_all(void)
{
	do
		while (todo.n)
			mark_contents(todo.object[--todo.n], true);
	while (mark_values());
}

static void mark_roots(void)
{
	set_bounds();
	for_each_object(o) o->marked = false;
	for_each_object(o) if (o->flags & KGC_UNCOLLECTABLE ||
			       o->final == FINAL_QUEUED) mark_object(o);
	for (unsigned int i = 0; i < FUZZ_ROOTS; i++)
		mark(fuzz_host.root[i]);
	mark_all();
}

/* --- deaths --------------------------------------------------------------- */

static void clear_weak(unsigned int flags)
{
	for (unsigned int i = 0; i < MODEL_WEAK; i++) {
		const uintptr_t target = model.weak[i].target;

		if (!target || model.weak[i].flags != flags ||
		    model_find(target)->marked)
			continue;
		must(!model_link[i]);
		model.weak[i].target = 0;
	}
}

/* Finalizers of this order's group are due if their objects are unmarked. */
static void queue(bool dying[], bool last)
{
	for_each_object(o) if (dying[o - model.object] && !o->marked &&
			       (o->order == KGC_UNREACHABLE) == last) o->final =
		FINAL_QUEUED;
	for_each_object(o) if (o->final == FINAL_QUEUED) mark_object(o);
	mark_all();
}

static void mark_finalizable(void)
{
	static bool dying[MODEL_OBJECTS];

	for_each_object(o) dying[o - model.object] =
		o->final == FINAL_SET && !o->marked;
	for_each_object(o) if (dying[o - model.object] &&
			       o->order != KGC_NO_ORDER)
		mark_contents(o, o->order != KGC_IGNORE_SELF || o->flags ||
					 o->type);
	mark_all();
	queue(dying, false);
	queue(dying, true);
}

/* Follow a collection of the heap that has just ended. */
void model_collect(void)
{
	mark_roots();
	clear_weak(0);
	mark_finalizable();
	clear_weak(KGC_WEAK_LONG);
	for_each_object(o) if (!o->marked) model_remove(o);
	model.cycles = kgc_cycles();
}

/* --- comparing ------------------------------------------------------------ */

static void compare_one(void *p, size_t size, unsigned int flags, void *arg)
{
	struct model_object *o = model_find_base((uintptr_t)p);

	must(o);
	must(o->size == size);
	must((o->flags & (KGC_NOSCAN | KGC_UNCOLLECTABLE)) == flags);
	must(!o->marked);
	o->marked = true;
	++*(unsigned int *)arg;
}

/* The heap has the model's objects and no others, with their contents. */
void model_compare(void)
{
	static struct kgc_memstats stats;
	unsigned int n = 0;

	for_each_object(o)
	{
		o->marked = false;
		model_check_contents(o, o->asked);
	}
	must(kgc_check() == 0);
	kgc_walk(compare_one, &n);
	must(n == model.n);
	kgc_read_memstats(&stats);
	must(stats.heap_objects == n);
	for (unsigned int i = 0; i < MODEL_WEAK; i++)
		must(!model.weak[i].target ||
		     (uintptr_t)model_link[i] == model.weak[i].target);
}
