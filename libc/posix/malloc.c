// SPDX-License-Identifier: MIT
/*
 * malloc.c - malloc's family over the collected heap
 *
 * A block has one byte more than was asked for, and 16 at least, so that a
 * pointer one past the end still lies in it and keeps it, and so that every
 * block is aligned to 16.  Blocks are scanned.  They are zeroed as well, but
 * for malloc=manual, which never scans: one that held stale pointers would
 * keep what they point to.  With malloc=leak a block ends in a note of its
 * own (leak.c).
 *
 * free() is honoured at once, and with malloc=gc not needed.
 *
 * All that a C library would bring of its own allocator is defined here, and in
 * the folder of that library, so nothing of it gets linked; what is not
 * (valloc, mallinfo, ...) it builds on these.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <kernel/param.h>
#include <kernel/printk.h>
#include <kgc/kgc.h>
#include <libc/malloc.h>

enum {
	LEAST = 16,
	/* With fences the heap adds a word, and sees to the alignment. */
	SPARE = KGC_FENCES ? 0 : 1,
};

/* Its address is the number of a mode: what kgc-cc -mmalloc= links. */
extern const char kgc_malloc_default[] __attribute__((weak));

enum malloc_mode malloc_mode;

void malloc_set_mode(enum malloc_mode mode)
{
	if (mode != MALLOC_GC && malloc_mode == MALLOC_GC)
		kgc_disable();
	else if (mode == MALLOC_GC && malloc_mode != MALLOC_GC)
		kgc_enable();
	malloc_mode = mode;
}

void malloc_init(void)
{
	static const char *const name[] = { "gc", "manual", "leak" };
	const char *given = params.malloc;
	unsigned int mode;

	for (mode = 0; mode < 3 && given && strcmp(given, name[mode]); mode++)
		;
	if (given && mode < 3) {
		malloc_set_mode(mode);
		return;
	}
	if (given)
		printk("param: malloc=%s is ignored: gc, manual or leak\n",
		       given);
	malloc_set_mode((enum malloc_mode)(uintptr_t)kgc_malloc_default);
}

/* What to ask the heap for; 0 if no object may be that large. */
static size_t padded(size_t size)
{
	if (size >= PTRDIFF_MAX - 4096)
		return 0;
	if (malloc_mode == MALLOC_LEAK)
		return size + SPARE + leak_note_size();
	if (KGC_FENCES)
		return size ? size : 1;
	return size < LEAST ? LEAST : size + SPARE;
}

/* @align: a power of two. */
static ALLOCATES void *block(size_t size, size_t align, bool zero)
{
	const unsigned int flags =
		zero || malloc_mode != MALLOC_MANUAL ? 0 : KGC_NOZERO;
	const size_t have = padded(size);
	void *p;

	if (!have)
		return NULL;
	p = align <= LEAST ? kgc_alloc(have, flags)
			   : kgc_alloc_aligned(have, align, flags);
	if (p && malloc_mode == MALLOC_LEAK)
		leak_note_write(p, kgc_usable_size(p), size);
	else if (params.guard && align <= LEAST)
		p = kgc_fit(p, size);
	return p;
}

ALLOCATES void *heap_malloc(size_t size)
{
	return block(size, 1, false);
}

ALLOCATES void *heap_calloc(size_t n, size_t size)
{
	if (__builtin_mul_overflow(n, size, &size))
		return NULL;
	return block(size, 1, true);
}

ALLOCATES void *heap_memalign(size_t align, size_t size)
{
	return block(size, align, false);
}

/*
 * As kgc_realloc(), which knows of no notes and zeroes what is new.  The old
 * contents may be followed by an old note, which is no part of them.
 */
static ALLOCATES void *resize(void *p, size_t have, size_t size)
{
	const size_t need = padded(size);
	void *to;

	if (!need)
		return NULL;
	if (!KGC_FENCES && need <= have && (need > have / 2 || have <= 128)) {
		if (malloc_mode == MALLOC_LEAK)
			leak_note_write(p, have, size);
		return p;
	}
	to = block(size, 1, false);
	if (!to)
		return NULL;
	memcpy(to, p, size < have ? size : have);
	heap_release(p);
	return to;
}

ALLOCATES void *heap_realloc(void *p, size_t size)
{
	const size_t need = padded(size);
	size_t have;

	if (!p)
		return block(size, 1, false);
	if (malloc_mode == MALLOC_GC || kgc_lookup(p, &have) != p)
		return need ? kgc_realloc(p, need) : NULL;
	leak_note_clear(p, have);
	return resize(p, have, size);
}

void heap_release(void *p)
{
	size_t have;

	if (malloc_mode == MALLOC_LEAK && p && kgc_lookup(p, &have) == p)
		leak_note_clear(p, have);
	kgc_free(p);
}

size_t heap_size(const void *p)
{
	const size_t note = malloc_mode == MALLOC_LEAK ? leak_note_size() : 0;
	/* Between guard pages a block needs no byte more. */
	const size_t spare = params.guard && kgc_is_guarded(p) ? 0 : SPARE;

	return p ? kgc_usable_size(p) - note - spare : 0;
}

static void *checked(void *p)
{
	if (!p)
		errno = ENOMEM;
	return p;
}

ALLOCATES void *malloc(size_t size)
{
	return checked(heap_malloc(size));
}

ALLOCATES void *calloc(size_t n, size_t size)
{
	return checked(heap_calloc(n, size));
}

ALLOCATES void *realloc(void *p, size_t size)
{
	return checked(heap_realloc(p, size));
}

ALLOCATES void *reallocarray(void *p, size_t n, size_t size)
{
	if (__builtin_mul_overflow(n, size, &size))
		size = SIZE_MAX;
	return realloc(p, size);
}

void free(void *p)
{
	heap_release(p);
}

static bool is_power_of_2(size_t n)
{
	return n && !(n & (n - 1));
}

ALLOCATES void *memalign(size_t align, size_t size)
{
	if (!is_power_of_2(align)) {
		errno = EINVAL;
		return NULL;
	}
	return checked(heap_memalign(align, size));
}

ALLOCATES void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

ALLOCATES int posix_memalign(void **result, size_t align, size_t size)
{
	void *p;

	if (align % sizeof(void *) || !is_power_of_2(align))
		return EINVAL;
	p = heap_memalign(align, size);
	if (!p)
		return ENOMEM;
	*result = p;
	return 0;
}

size_t malloc_usable_size(void *p)
{
	return heap_size(p);
}
