// SPDX-License-Identifier: MIT
/*
 * alloc.c - GC_malloc and its family
 *
 * When memory is short the client's oom_fn is asked, and what it returns is
 * returned.  The _ignore_off_page forms are the plain ones: a pointer to any
 * byte of an object keeps it, however large it is.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"

#define PAGE ((size_t)4096)

void *bdw_allocated(void *p, size_t size)
{
	if (!p) {
		bdw_warn(
			"GC Warning: out of memory, with a heap of %lu bytes\n",
			GC_get_heap_size());
		p = GC_oom_fn(size);
	}
	bdw_after();
	return p;
}

void *bdw_alloc(size_t size, unsigned int flags)
{
	void *p = NULL;

	bdw_ready();
	if (GC_find_leak)
		bdw_leak_count(size);
	if (size < BDW_MAX_SIZE)
		p = kgc_alloc(bdw_block_size(size), flags);
	return bdw_allocated(p, size);
}

void *GC_malloc(size_t size)
{
	return bdw_alloc(size, 0);
}

void *GC_malloc_atomic(size_t size)
{
	return bdw_alloc(size, KGC_NOSCAN | KGC_NOZERO);
}

void *GC_malloc_uncollectable(size_t size)
{
	return bdw_alloc(size, KGC_UNCOLLECTABLE);
}

void *GC_malloc_atomic_uncollectable(size_t size)
{
	return bdw_alloc(size, KGC_UNCOLLECTABLE | KGC_NOSCAN | KGC_NOZERO);
}

void *GC_malloc_ignore_off_page(size_t size)
{
	return GC_malloc(size);
}

void *GC_malloc_atomic_ignore_off_page(size_t size)
{
	return GC_malloc_atomic(size);
}

void *GC_malloc_stubborn(size_t size)
{
	return GC_malloc(size);
}

/* --- with an alignment --------------------------------------------------- */

void *GC_memalign(size_t align, size_t size)
{
	void *p = NULL;

	if (align & (align - 1))
		return NULL;
	if (align <= 16)
		return GC_malloc(size);
	bdw_ready();
	if (size < BDW_MAX_SIZE)
		p = kgc_alloc_aligned(bdw_block_size(size), align, 0);
	return bdw_allocated(p, size);
}

void *GC_valloc(size_t size)
{
	return GC_memalign(PAGE, size);
}

void *GC_pvalloc(size_t size)
{
	if (size > BDW_MAX_SIZE - PAGE)
		return GC_oom_fn(size);
	return GC_memalign(PAGE, (size + PAGE - 1) & ~(PAGE - 1));
}

int GC_posix_memalign(void **p, size_t align, size_t size)
{
	void *q;

	if (align < sizeof(void *) || align & (align - 1))
		return EINVAL;
	q = GC_memalign(align, size);
	if (!q)
		return ENOMEM;
	*p = q;
	return 0;
}

/* --- resize, free -------------------------------------------------------- */

/* An object with a tail is copied: the tail must stand at its end. */
static void *realloc_tail(void *p, const struct tail *t, size_t size)
{
	void *q = bdw_alloc_tail(size, t->kind, t->file, t->line);

	if (!q)
		return NULL;
	memcpy(q, p, size < t->size ? size : t->size);
	kgc_free(p);
	return q;
}

void *GC_realloc(void *p, size_t size)
{
	struct tail *t;
	void *q = NULL;

	if (!p)
		return GC_malloc(size);
	if (!size) {
		GC_free(p);
		return NULL;
	}
	t = bdw_tail_of(p);
	if (t)
		return realloc_tail(p, t, size);
	if (size < BDW_MAX_SIZE)
		q = kgc_realloc(p, bdw_block_size(size));
	return bdw_allocated(q, size);
}

void *GC_reallocf(void *p, size_t size)
{
	void *q = GC_realloc(p, size);

	if (!q && size)
		GC_free(p);
	return q;
}

void GC_free(void *p)
{
	if (p)
		kgc_free(p);
}

void GC_freezero(void *p, size_t size)
{
	size_t room;

	if (!p)
		return;
	room = GC_size(p);
	memset(p, 0, size < room ? size : room);
	GC_reachable_here(p);
	GC_free(p);
}

/* --- strings ------------------------------------------------------------- */

static void *copy(const void *s, size_t n, size_t size)
{
	char *p = GC_malloc_atomic(size);

	if (!p) {
		errno = ENOMEM;
		return NULL;
	}
	memcpy(p, s, n);
	memset(p + n, 0, size - n);
	return p;
}

char *GC_strdup(const char *s)
{
	return s ? copy(s, strlen(s), strlen(s) + 1) : NULL;
}

char *GC_strndup(const char *s, size_t max)
{
	const char *end = memchr(s, 0, max);
	size_t n = end ? (size_t)(end - s) : max;

	return copy(s, n, n + 1);
}

wchar_t *GC_wcsdup(const wchar_t *s)
{
	size_t n = wcslen(s) * sizeof(*s);

	return copy(s, n, n + sizeof(*s));
}

/* --- several at once ----------------------------------------------------- */

/*
 * A list of objects whose sum is about a page, at least one.  The list hangs
 * from this function's stack while it is built.
 */
void GC_generic_malloc_many(size_t size, int kind, void **result)
{
	size_t n = size < PAGE ? PAGE / bdw_block_size(size) : 1;
	void *volatile list = NULL;

	do {
		void *p = GC_malloc_kind(size, kind);

		if (!p)
			break;
		GC_NEXT(p) = list;
		list = p;
	} while (--n);
	*result = list;
}

void *GC_malloc_many(size_t size)
{
	void *list;

	GC_generic_malloc_many(size, KIND_NORMAL, &list);
	return list;
}

/* --- what an address is -------------------------------------------------- */

/* The stacks of an image's tasks are blocks of the heap, but no objects. */
static void *lookup(const void *p, size_t *size)
{
	const int flags = bdw_is_up ? kgc_flags(p) : -KGC_EINVAL;

	return flags < 0 || flags & KGC_NOGC ? NULL : kgc_lookup(p, size);
}

void *GC_base(void *p)
{
	return lookup(p, NULL);
}

size_t GC_size(const void *p)
{
	size_t size;

	return p && lookup(p, &size) == p ? size : 0;
}

int GC_is_heap_ptr(const void *p)
{
	return lookup(p, NULL) != NULL;
}

/* --- stores that a collector with a write barrier would see -------------- */

void GC_change_stubborn(const void *p)
{
}

void GC_end_stubborn_change(const void *p)
{
	GC_reachable_here(p);
}

void GC_ptr_store_and_dirty(void *p, const void *q)
{
	*(const void **)p = q;
	GC_reachable_here(q);
}
