// SPDX-License-Identifier: MIT
/* fault.c - see fault.h */
#include <string.h>

#include "fault.h"

unsigned long fault_nulls;

static void nothing(void *p, void *arg)
{
}

static __attribute__((noinline)) void add_finalizer(struct heap *h, int i)
{
	struct special r = { .kind = SPECIAL_FINALIZER };
	int err;

	r.object = (uintptr_t)heap_alloc(h, 40, 0);
	if (!r.object)
		return;
	r.final.fn = nothing;
	err = special_add(h, &r);
	EXPECT(!err || err == -KGC_ENOMEM);
	if (i % 2 && !err)
		heap_free(h, (void *)r.object);
}

static void check_contents(const char *p, size_t size)
{
	size_t i;

	fault_nulls += !p;
	for (i = 0; p && i < size; i += 512)
		if (p[i])
			EXPECT(!p[i]);
}

/* A bit of everything, in a heap in which any of it may fail. */
static void use(struct heap *h)
{
	static void *held[256];
	size_t size = 1;
	int i;

	for (i = 0; i < 256; i++) {
		held[i] = heap_alloc(h, size, i % 4);
		check_contents(held[i], size);
		size = size * 7 % 5003 + 1;
		if (i % 3 == 0 && held[i]) {
			heap_free(h, held[i]);
			held[i] = NULL;
		}
	}
	for (i = 0; i < 16; i++) {
		held[i] = heap_alloc(h, (i + 1) * 20 * KIB, KGC_NOSCAN);
		check_contents(held[i], (i + 1) * 20 * KIB);
		add_finalizer(h, i);
	}
	collect(h, true);
	for (i = 0; i < 600; i++) /* more than a table holds at first */
		add_finalizer(h, 0);
	memset(held, 0, sizeof held);
	/* So large that the mark list has to grow. */
	held[0] = heap_alloc(h, 5 * MIB, KGC_NOSCAN | KGC_NOZERO);
	collect(h, true);
	if (held[0])
		heap_free(h, held[0]);
	pageheap_release(h, SIZE_MAX, 0);
	for (i = 0; i < 8; i++)
		check_contents(heap_alloc(h, 300 * KIB, 0), 300 * KIB);
}

/* It has not been spoilt. */
static void check_after(struct heap *h)
{
	EXPECT_EQ(sys_faults(h), 0);
	EXPECT(heap_alloc(h, 100, 0));
	EXPECT(heap_alloc(h, 100 * KIB, 0));
	sys_collect(h);
	EXPECT_EQ(sys_faults(h), 0);
}

bool fault_run(const struct kgc_config *config,
	       const struct fault_source *source, unsigned long nth, bool all,
	       fault_judge_fn *judge)
{
	static const struct heap none;
	const size_t reserved = hostctl_reserved();
	struct heap *h = sys_heap_room();
	unsigned long n;
	int err;

	if (!EXPECT(h))
		return false;
	source->arm(nth, all);
	err = heap_init(h, config);
	if (!err)
		use(h);
	n = source->count();
	if (n >= nth)
		judge(err ? NULL : h);
	source->arm(0, false);
	if (err) {
		EXPECT_EQ(err, -KGC_ENOMEM);
		EXPECT(!memcmp(h, &none, sizeof none));
	} else {
		check_after(h);
		heap_destroy(h);
	}
	sys_heap_room_drop(h);
	EXPECT_EQ(hostctl_reserved(), reserved);
	return n >= nth;
}
