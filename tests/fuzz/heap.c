// SPDX-License-Identifier: MIT
/*
 * heap.c - fuzz target: any sequence of operations, compared with the model
 *
 * Each operation is a byte and the bytes that it asks for.  After each
 * collection, whoever began it, the heap must hold exactly what the model
 * says, and at the end too.
 */
#include <string.h>

#include <kgc/host.h>
#include <kgc/kgc.h>

#include "fuzz.h"
#include "internal.h"
#include "model.h"

enum { OPERATIONS_MAX = 4096, LARGE = 48 };

/* The object that root @i points to, or NULL. */
static struct model_object *rooted(uint8_t i)
{
	const uintptr_t p = fuzz_host.root[i % FUZZ_ROOTS];

	return p ? model_find(p) : NULL;
}

/* If an operation collected, so does the model; then they are comparable. */
static bool collected(void)
{
	if (model.cycles == kgc_cycles())
		return false;
	model_collect();
	return true;
}

static void follow(void)
{
	if (collected())
		model_compare();
}

static size_t pick_size(struct input *in)
{
	const uint8_t kind = input_byte(in);

	if (kind < 128)
		return 1 + kind;
	if (kind < 255 - LARGE)
		return 1 + input_word(in) % 4096;
	return 1 + input_word(in) * 2;
}

/* --- allocate and free ---------------------------------------------------- */

/* New memory is zero unless nobody asked for that; then it is made so. */
static void settle_new(struct model_object *o, unsigned int flags)
{
	static const uint8_t zero[4096];
	uint8_t *p = (uint8_t *)o->addr;
	size_t n, left = o->asked;

	if (flags & KGC_NOZERO)
		memset(p, 0, o->asked);
	for (; left; left -= n, p += n) {
		n = left < sizeof(zero) ? left : sizeof(zero);
		must(!memcmp(p, zero, n));
	}
	model_fill(o);
}

static void add(uint8_t i, void *p, size_t asked, unsigned int flags, int type,
		uint8_t tag)
{
	struct model_object *o;

	must(!model_find((uintptr_t)p));
	o = model_add((uintptr_t)p, asked, flags & ~KGC_NOZERO, type, tag);
	if (!o) {
		kgc_free(p);
		return;
	}
	settle_new(o, flags);
	fuzz_host.root[i % FUZZ_ROOTS] = (uintptr_t)p;
}

/* @p, which came back just now, goes into root @i. */
static void place(uint8_t i, void *p, size_t asked, unsigned int flags,
		  int type, uint8_t tag)
{
	const bool compare = collected();

	if (p)
		add(i, p, asked, flags, type, tag);
	if (compare)
		model_compare();
}

static void op_alloc(struct input *in)
{
	static const unsigned int kinds[] = {
		0,
		0,
		KGC_NOSCAN,
		KGC_NOZERO,
		KGC_NOSCAN | KGC_NOZERO,
		KGC_UNCOLLECTABLE,
		KGC_UNCOLLECTABLE | KGC_NOSCAN,
		0,
	};
	const uint8_t i = input_byte(in), tag = input_byte(in);
	const unsigned int flags = kinds[tag % 8];
	const size_t size = pick_size(in);

	place(i, kgc_alloc(size, flags), size, flags, 0, tag);
}

static void op_alloc_typed(struct input *in)
{
	const size_t type_size = MODEL_TYPE_WORDS * sizeof(uintptr_t);
	const uint8_t i = input_byte(in), tag = input_byte(in);
	const size_t n = 1 + tag % 7;
	const int type = 1 + tag % 2;
	void *p = type == 1 ? kgc_alloc_typed(n * type_size, model.type[0], 0)
			    : kgc_alloc_typed_array(n, model.type[1], 0);

	place(i, p, n * type_size, 0, type, tag);
}

static void op_alloc_aligned(struct input *in)
{
	const uint8_t i = input_byte(in), tag = input_byte(in);
	const size_t align = (size_t)1 << tag % 15, size = pick_size(in);
	void *p = kgc_alloc_aligned(size, align, 0);

	must((uintptr_t)p % align == 0);
	place(i, p, size, 0, 0, tag);
}

static void op_free(struct input *in)
{
	struct model_object *o = rooted(input_byte(in));

	if (!o || o->final == FINAL_QUEUED)
		return;
	model_check_contents(o, o->asked);
	kgc_free((void *)o->addr);
	model_remove(o);
}

/* @o is at @p now. */
static struct model_object *resized(struct model_object *o, void *p,
				    size_t size)
{
	struct model_object old = *o;

	old.addr = (uintptr_t)p;
	model_check_contents(&old, size < old.asked ? size : old.asked);
	if (old.addr == o->addr) {
		o->asked = size;
		o->size = kgc_usable_size(p);
		return o;
	}
	model_remove(o);
	return model_add(old.addr, size, old.flags, 0, old.tag);
}

static void op_realloc(struct input *in)
{
	const uint8_t i = input_byte(in);
	struct model_object *o = rooted(i);
	const size_t size = pick_size(in);
	bool compare;
	void *p;

	if (!o || o->type || o->final == FINAL_QUEUED)
		return;
	p = kgc_realloc((void *)o->addr, size);
	compare = collected();
	if (p) {
		o = resized(o, p, size);
		must(o && o->size >= size);
		model_fill(o);
		fuzz_host.root[i % FUZZ_ROOTS] = (uintptr_t)p;
	}
	if (compare)
		model_compare();
}

/* A pointer that is not a block's must be refused, and harm nothing. */
static void op_bad_free(struct input *in)
{
	const uint8_t i = input_byte(in);
	const uintptr_t root = fuzz_host.root[i % FUZZ_ROOTS];
	const uintptr_t p = root + input_byte(in);
	jmp_buf panic;

	if (KGC_CHECK < 1 || !root || model_find_base(p))
		return;
	fuzz_host.expected = &panic;
	if (!setjmp(panic)) {
		kgc_free((void *)p);
		fuzz_found("a bad free was taken");
	}
	fuzz_host.expected = NULL;
	fuzz_host.depth = 0;
}

/* --- link, unlink, move roots --------------------------------------------- */

static uintptr_t *link_of(const struct model_object *o, uint8_t i)
{
	const size_t words = o->asked / sizeof(uintptr_t);
	const size_t n = words < MODEL_LINKS ? words : MODEL_LINKS;

	return n ? (uintptr_t *)o->addr + i % n : NULL;
}

static void op_link(struct input *in)
{
	const struct model_object *o = rooted(input_byte(in));
	const struct model_object *to = rooted(input_byte(in));
	const uint8_t where = input_byte(in);
	uintptr_t *word = o ? link_of(o, where) : NULL;

	if (word)
		*word = to ? to->addr + (where >> 4) % to->size : 0;
}

static void op_move_root(struct input *in)
{
	const uint8_t to = input_byte(in), from = input_byte(in);
	const struct model_object *o = rooted(from);

	fuzz_host.root[to % FUZZ_ROOTS] = o ? o->addr + (to >> 5) % o->size : 0;
}

/* Into the object that a root points to: so what it links to is found. */
static void op_follow_link(struct input *in)
{
	const uint8_t i = input_byte(in);
	const struct model_object *o = rooted(i);
	const uintptr_t *word = o ? link_of(o, input_byte(in)) : NULL;

	if (word)
		fuzz_host.root[i % FUZZ_ROOTS] = model_find(*word) ? *word : 0;
}

static void op_drop_root(struct input *in)
{
	fuzz_host.root[input_byte(in) % FUZZ_ROOTS] = 0;
}

/* --- finalizers, weak links, ephemerons ----------------------------------- */

static void finalizer(void *p, void *arg)
{
	struct model_object *o = model_find_base((uintptr_t)p);

	must(o && o->final == FINAL_QUEUED);
	model_check_contents(o, o->asked);
	o->final = FINAL_NONE;
	if (o->tag & 1)
		fuzz_host.root[o->tag % FUZZ_ROOTS] = o->addr;
	model.nruns++;
}

static void op_set_finalizer(struct input *in)
{
	struct model_object *o = rooted(input_byte(in));
	const enum kgc_order order = input_byte(in) % 4;
	struct kgc_finalizer f = { finalizer, NULL, order };

	if (!o || o->final == FINAL_QUEUED || o->flags & KGC_UNCOLLECTABLE)
		return;
	if (kgc_swap_finalizer((void *)o->addr, &f) == 0) {
		must(!f.fn == (o->final == FINAL_NONE));
		o->final = FINAL_SET;
		o->order = order;
	}
}

static void op_run_finalizers(struct input *in)
{
	unsigned int queued = 0;

	for (unsigned int i = 0; i < MODEL_OBJECTS; i++)
		queued += model.object[i].addr &&
			  model.object[i].final == FINAL_QUEUED;
	model.nruns = 0;
	must(kgc_run_finalizers() == (int)queued);
	must(model.nruns == queued);
	follow();
}

static void op_set_weak(struct input *in)
{
	const uint8_t i = input_byte(in) % MODEL_WEAK;
	const struct model_object *o = rooted(input_byte(in));
	const unsigned int flags = input_byte(in) & KGC_WEAK_LONG;

	if (!o)
		return;
	must(kgc_clear_weak(&model_link[i], model.weak[i].flags) ==
	     (model.weak[i].target != 0));
	model.weak[i].target = 0;
	model_link[i] = (void *)o->addr;
	if (kgc_set_weak(&model_link[i], (void *)o->addr, flags) == 0) {
		model.weak[i].target = o->addr;
		model.weak[i].flags = flags;
	} else {
		model_link[i] = NULL;
	}
}

static void op_set_ephemeron(struct input *in)
{
	const uint8_t i = input_byte(in) % MODEL_EPHEMERONS;
	const struct model_object *key = rooted(input_byte(in));
	const struct model_object *value = rooted(input_byte(in));

	if (!key || !value || model.ephemeron[i].key)
		return;
	for (unsigned int j = 0; j < MODEL_EPHEMERONS; j++)
		if (model.ephemeron[j].key == key->addr &&
		    model.ephemeron[j].value == value->addr)
			return;
	if (kgc_set_ephemeron((void *)key->addr, (void *)value->addr) == 0) {
		model.ephemeron[i].key = key->addr;
		model.ephemeron[i].value = value->addr;
	}
}

/* --- the rest ------------------------------------------------------------- */

static void op_collect(struct input *in)
{
	kgc_collect();
	follow();
}

static void op_lookup(struct input *in)
{
	const uintptr_t root = fuzz_host.root[input_byte(in) % FUZZ_ROOTS];
	const uintptr_t p = root + input_word(in) - (1 << 15);
	const struct model_object *o = model_find(p);
	uintptr_t base;
	size_t size;

	base = (uintptr_t)kgc_lookup((void *)p, &size);
	must(o ? base == o->addr && size == o->size : !base);
}

/* A critical section: until @bytes are used, all come, and nothing collects. */
static void section(struct input *in, size_t bytes)
{
	const uint32_t cycles = kgc_cycles();
	unsigned int flags;
	size_t size;
	uint8_t i;
	void *p;

	while (in->next < in->end) {
		i = input_byte(in);
		size = pick_size(in) % SMALL_MAX;
		flags = i & 1 ? KGC_NOSCAN : 0;
		if (heap.classes.of[sizeclass_of(&heap.classes, size)].size >
		    bytes)
			break;
		p = kgc_alloc(size, flags);
		must(p);
		bytes -= kgc_usable_size(p);
		add(i >> 1, p, size, flags, 0, i);
	}
	must(kgc_cycles() == cycles);
	kgc_release();
}

static void op_section(struct input *in, size_t bytes)
{
	const bool begun = kgc_reserve(bytes) == 0;

	follow();
	if (begun)
		section(in, bytes);
}

static void op_tune(struct input *in)
{
	const uint8_t how = input_byte(in), value = input_byte(in);

	if (how >= 192) {
		op_section(in, (size_t)value << (how & 7));
		return;
	}
	switch (how % 4) {
	case 0:
		kgc_set_percent(value == 255 ? -1 : value);
		break;
	case 1:
		kgc_trim((size_t)value << 12);
		break;
	case 2:
		fuzz_host.fail_in = value;
		break;
	default:
		kgc_retire(value % FUZZ_SLOTS);
	}
}

static void op_slot(struct input *in)
{
	fuzz_host.slot = input_byte(in) % FUZZ_SLOTS;
}

static void (*const operation[])(struct input *in) = {
	op_alloc,	  op_alloc,	     op_alloc,	   op_alloc_typed,
	op_alloc_aligned, op_free,	     op_free,	   op_realloc,
	op_bad_free,	  op_link,	     op_link,	   op_link,
	op_move_root,	  op_follow_link,    op_drop_root, op_drop_root,
	op_set_finalizer, op_run_finalizers, op_set_weak,  op_set_ephemeron,
	op_collect,	  op_lookup,	     op_tune,	   op_slot,
};

static bool begin(void)
{
	static const struct kgc_config config = {
		.heap_reserve = 32 << 20,
		.heap_max = 8 << 20,
		.heap_min = 64 << 10,
		.nslots = FUZZ_SLOTS,
	};
	static const uintptr_t pointers[] = { MODEL_TYPE_POINTERS };

	memset(&fuzz_host, 0, sizeof(fuzz_host));
	/* heap_destroy() is for other heaps: slots think of the last one. */
	for (int i = 0; i < FUZZ_SLOTS; i++)
		kgc_locals[i] = kgc_nobody;
	memset(&model, 0, sizeof(model));
	memset(model_link, 0, sizeof(model_link));
	if (kgc_init(&config))
		return false;
	for (int i = 0; i < MODEL_TYPES; i++)
		model.type[i] = kgc_type(pointers,
					 MODEL_TYPE_WORDS * sizeof(uintptr_t));
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };
	const size_t n = sizeof(operation) / sizeof(operation[0]);

	if (!begin())
		return 0;
	for (int i = 0; i < OPERATIONS_MAX && in.next < in.end; i++)
		operation[input_byte(&in) % n](&in);
	fuzz_host.fail_in = 0;
	memset(fuzz_host.root, 0, sizeof(fuzz_host.root));
	kgc_collect();
	follow();
	heap_destroy(&heap);
	return 0;
}
