// SPDX-License-Identifier: MIT
/*
 * audit.c - what each range of roots holds on to
 *
 * Marks from one range after the other, those to be trusted first: what
 * uncollectable objects and finalizers hold, data and thread-local storage,
 * and last stacks and registers, where stale words lie among the others.  What
 * a range newly marks is kept by it and by no range before it.  Then the marks
 * are taken back.
 *
 * Words are looked at apart from marking, so that the marker counts nothing.
 *
 * Bad at: false pointers inside objects, which look like any other.
 *
 * Locking: the world is stopped.
 */
#include "internal.h"

enum { NAME_SIZE = 96 };

struct audit {
	struct heap *heap;
	kgc_audit_fn *visit;
	void *arg;
	struct kgc_audit range;
	uint64_t objects, bytes; /* marked so far, with what is never freed */
	int pass, n;
};

/* In which pass a range is marked. */
enum { PASS_HELD, PASS_DATA, PASS_TLS, PASS_AMBIGUOUS, PASSES };

static int pass_of(enum kgc_root kind)
{
	switch (kind) {
	case KGC_ROOT_HEAP:
		return PASS_HELD;
	case KGC_ROOT_DATA:
		return PASS_DATA;
	case KGC_ROOT_TLS:
		return PASS_TLS;
	default:
		return PASS_AMBIGUOUS;
	}
}

static void count_word(struct audit *a, uintptr_t word)
{
	struct heap *h = a->heap;
	const struct span *s;
	struct object o;

	a->range.words++;
	if (word - h->arena.start >= h->arena.used)
		return;
	s = span_of(h, word);
	/* A task's stack is memory of the host's, not an object. */
	if (s && s->kind == KIND_NOGC)
		return;
	a->range.addresses++;
	if (edge_find(h, word, &o)) {
		a->range.hits++;
		a->range.inside += o.base != word;
	} else if (s) {
		a->range.free_objects++;
	} else {
		a->range.free_pages++;
	}
}

static NO_SANITIZE void count_words(struct audit *a, const void *lo,
				    const void *hi)
{
	uintptr_t at = round_up((uintptr_t)lo, WORD_SIZE);

	for (; at + WORD_SIZE <= (uintptr_t)hi; at += WORD_SIZE)
		count_word(a, *(const uintptr_t *)at);
}

/* What was marked since the last range is this one's. */
static void show_range(struct audit *a, const char *name)
{
	uint64_t objects, bytes;

	mark_drain(a->heap);
	stats_live(a->heap, &objects, &bytes);
	a->range.name = name;
	a->range.ambiguous = a->pass == PASS_AMBIGUOUS;
	a->range.objects = objects - a->objects;
	a->range.bytes = bytes - a->bytes;
	a->objects = objects;
	a->bytes = bytes;
	a->visit(&a->range, a->arg);
	a->range = (struct kgc_audit){ 0 };
	a->n++;
}

static void visit_range(const void *lo, const void *hi, enum kgc_root kind,
			const void *owner, void *arg)
{
	struct audit *a = arg;
	char name[NAME_SIZE];

	if (pass_of(kind) != a->pass)
		return;
	count_words(a, lo, hi);
	mark_range(a->heap, lo, hi);
	if (a->pass == PASS_HELD)
		return; /* all of them are one range */
	edge_root_name(a->heap, name, sizeof(name), kind, owner, lo);
	show_range(a, name);
}

static void audit_stopped(void *arg)
{
	struct audit *a = arg;

	cache_flush_all(a->heap);
	stats_live(a->heap, &a->objects, &a->bytes);
	mark_start(a->heap);
	for (a->pass = 0; a->pass < PASSES; a->pass++) {
		edge_roots(a->heap, visit_range, a);
		if (a->pass == PASS_HELD)
			show_range(a, "uncollectable objects and finalizers");
	}
	mark_clear(a->heap);
}

int audit_roots(struct heap *h, kgc_audit_fn *visit, void *arg)
{
	struct audit a = { .heap = h, .visit = visit, .arg = arg };

	if (!cache_attach(h))
		return 0;
	mark_prepare(h);
	heap_stop(h);
	kgc_host_call_saved(audit_stopped, &a);
	kgc_host_start_world();
	return a.n;
}

int kgc_audit(kgc_audit_fn *visit, void *arg)
{
	return audit_roots(&heap, visit, arg);
}
