// SPDX-License-Identifier: MIT
/* system.c - heaps, batches of objects and output, for the tests beside it */
#include <stdio.h>
#include <string.h>

#include "system.h"

#define STACK_BELOW 8192

__attribute__((noinline)) void sys_clear_stack(void)
{
	volatile char room[STACK_BELOW];
	size_t i;

	for (i = 0; i < sizeof room; i++)
		room[i] = 0;
}

/* --- heaps --------------------------------------------------------------- */

static size_t room_size(void)
{
	return round_up(sizeof(struct heap), PAGE_SIZE);
}

struct heap *sys_heap_room(void)
{
	void *room = kgc_host_reserve(room_size(), NULL, NULL);

	if (!room)
		return NULL;
	if (!kgc_host_commit(room, room_size()))
		return room;
	kgc_host_release(room, room_size());
	return NULL;
}

void sys_heap_room_drop(struct heap *h)
{
	kgc_host_release(h, room_size());
}

/*
 * A place where no heap was for long: addresses that other cases left behind
 * in static memory and registers would be roots of this one.  Not where text
 * is found for pointers.
 */
static void *fresh_base(void)
{
	static unsigned int count;
	/* The sanitizers of 64-bit processes own most places. */
	const bool process = WORD_SIZE == 8 && *hostctl_name() == 'h';
	const uint64_t base = process ? 0x7e9181350000 : 0x81350000;

	return (void *)(uintptr_t)(base + count++ % 8 * 0x1810000ul);
}

struct heap *sys_heap_new(const struct kgc_config *config)
{
	struct kgc_config c = *config;
	struct heap *h = sys_heap_room();

	if (!h)
		return NULL;
	if (!c.heap_reserve)
		c.heap_reserve = 16 * MIB;
	if (!c.profile_rate)
		c.profile_rate = KGC_PROFILE_OFF;
	if (!c.heap_base)
		c.heap_base = fresh_base();
	c.nslots = heap.nslots;
	if (!heap_init(h, &c))
		return h;
	sys_heap_room_drop(h);
	return NULL;
}

void sys_heap_drop(struct heap *h)
{
	heap_destroy(h);
	sys_heap_room_drop(h);
}

int sys_faults(struct heap *h)
{
	struct faults faults = { 0 };

	if (!cache_attach(h))
		return 0;
	heap_stop(h);
	check_heap(h, &faults);
	kgc_host_start_world();
	if (faults.n)
		printf("# %s at %lx: %lu, not %lu\n", faults.fault[0].what,
		       (unsigned long)faults.fault[0].at,
		       (unsigned long)faults.fault[0].is,
		       (unsigned long)faults.fault[0].should);
	return faults.n;
}

void sys_collect(struct heap *h)
{
	sys_clear_stack();
	collect(h, true);
}

static size_t nqueued(void)
{
	size_t n;

	lock_take(&heap.specials.lock);
	n = heap.specials.nqueued;
	lock_drop(&heap.specials.lock);
	return n;
}

void sys_settle(void)
{
	uint32_t cycles;
	int i, k;

	for (i = 0; i < 20; i++) {
		sys_collect(&heap);
		cycles = heap.numgc;
		for (k = 0; k < 200; k++)
			hostctl_yield();
		if (heap.numgc == cycles && !nqueued())
			break;
	}
}

/* --- batches ------------------------------------------------------------- */

static __attribute__((noinline)) uintptr_t make_one(struct heap *h, size_t size,
						    unsigned int flags)
{
	return ~(uintptr_t)heap_alloc(h, size, flags);
}

enum { SPARE = 8 };

__attribute__((noinline)) void sys_batch_make(struct sys_batch *b,
					      struct heap *h, size_t size,
					      unsigned int flags)
{
	const int percent = h->pacer.percent;
	int i;

	/* Nobody holds them yet: no collection may come. */
	h->pacer.percent = -1;
	/* The first of a run are what the allocator leaves on the stack. */
	for (i = 0; i < SPARE; i++)
		make_one(h, size, flags);
	for (i = 0; i < SYS_BATCH; i++)
		b->inverse[i] = make_one(h, size, flags);
	h->pacer.percent = percent;
	sys_clear_stack();
}

__attribute__((noinline)) bool sys_is_live(struct heap *h, uintptr_t inverse)
{
	struct object o;
	bool found;

	kgc_host_pin();
	found = object_find(h, ~inverse, &o) && o.base == ~inverse;
	kgc_host_unpin();
	return found;
}

unsigned int sys_batch_live(struct heap *h, const struct sys_batch *b)
{
	unsigned int n = 0;
	int i;

	for (i = 0; i < SYS_BATCH; i++)
		n += sys_is_live(h, b->inverse[i]);
	return n;
}

/* --- output -------------------------------------------------------------- */

static unsigned int nmarks;

void sys_output_mark(void)
{
	kgc_printf("# output %u\n", ++nmarks);
}

unsigned int sys_lines(const char *prefix)
{
	static char buf[1024];
	char mark[32];
	const size_t length = strlen(prefix);
	unsigned int n = 0;
	const char *s;

	hostctl_last_output(buf, sizeof buf);
	snprintf(mark, sizeof mark, "# output %u\n", nmarks);
	s = strstr(buf, mark);
	for (s = s ? s + strlen(mark) : buf; *s;) {
		n += !strncmp(s, prefix, length);
		s = strchr(s, '\n');
		if (!s)
			break;
		s++;
	}
	return n;
}

/* --- registers ----------------------------------------------------------- */

enum { HELD = SYS_BATCH / 2 };

static void check_batch(const struct sys_batch *b, bool held)
{
	const bool live = sys_is_live(&heap, b->inverse[HELD]);

	EXPECT_EQ(live, held);
	EXPECT(SYS_BATCH - sys_batch_live(&heap, b) >= SYS_MOST);
}

static __attribute__((noinline)) void check_hold(sys_hold_fn *hold, bool held)
{
	struct sys_batch b;

	sys_batch_make(&b, &heap, 48, 0);
	hold(b.inverse[HELD], kgc_collect);
	check_batch(&b, held);
}

void sys_check_held(sys_hold_fn *hold)
{
	check_hold(hold, true);
}

void sys_check_not_held(sys_hold_fn *hold)
{
	check_hold(hold, false);
}

struct spinner {
	sys_spin_fn *fn;
	uintptr_t inverse;
	struct sys_spin spin;
};

static void spin_task(void *arg)
{
	struct spinner *s = arg;

	s->fn(s->inverse, &s->spin);
}

static __attribute__((noinline)) void check_spin(sys_spin_fn *fn, bool held)
{
	struct hostctl_thread *thread;
	struct spinner s = { .fn = fn };
	struct sys_batch b;

	sys_batch_make(&b, &heap, 48, 0);
	s.inverse = b.inverse[HELD];
	thread = hostctl_spawn(spin_task, &s);
	ASSERT(thread);
	while (!s.spin.held)
		hostctl_yield();
	sys_clear_stack();
	kgc_collect();
	s.spin.stop = 1;
	hostctl_join(thread);
	check_batch(&b, held);
}

/* ThreadSanitizer stops a thread only where that calls something. */
#ifdef __SANITIZE_THREAD__
#define STOPS_ANYWHERE false
#else
#define STOPS_ANYWHERE true
#endif

void sys_check_preempted(sys_spin_fn *fn)
{
	if (STOPS_ANYWHERE)
		check_spin(fn, true);
	else
		ktest_skip("a sanitizer stops threads at calls alone");
}

void sys_check_not_preempted(sys_spin_fn *fn)
{
	if (STOPS_ANYWHERE)
		check_spin(fn, false);
	else
		ktest_skip("a sanitizer stops threads at calls alone");
}
