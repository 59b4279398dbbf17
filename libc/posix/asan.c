// SPDX-License-Identifier: MIT
/*
 * asan.c - what a compiler's callbacks for loads and stores say of a bad one
 *
 * gcc -fsanitize=kernel-address calls __asan_load8_noabort(p) and the like
 * before each access; with -fno-sanitize-recover the names end before
 * "_noabort".  The heap's bitmap answers (mm/fence.c).  Some functions of
 * string.h have checked forms, which programs call by <kgc_asan.h>.
 *
 * Stack and data are not checked, nor what the C library itself does.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <kernel/printk.h>
#include <kernel/symbols.h>
#include <kgc/access.h>
#include <kgc/host.h>
#include <kgc/kgc.h>
#include <libc/asan.h>

static void print_stack(const struct kgc_object *o)
{
	char name[128];
	unsigned int i;

	printk("asan: object %p was allocated by\n", o->base);
	for (i = 0; i < o->npc; i++) {
		symbol_format(name, sizeof(name), o->pc[i]);
		printk("\t%s\n", name);
	}
}

static __attribute__((cold, noinline)) void report(
	const void *p, size_t size, bool store,
	const struct kgc_bad_access *bad)
{
	static struct kgc_object object; /* there is one report */
	const char *what = store ? "store" : "load";
	const char *where = bad->offset < 0 ? "before" : "in";

	if (!bad->object)
		kgc_host_panic("asan: %s: %s of %lu bytes at %p, in no object",
			       bad->kind, what, (unsigned long)size, p);
	if (!kgc_describe(bad->object, &object) && object.npc)
		print_stack(&object);
	kgc_host_panic("asan: %s: %s of %lu bytes at %p, %s object %p of %lu "
		       "bytes, offset %ld",
		       bad->kind, what, (unsigned long)size, p, where,
		       bad->object, (unsigned long)bad->size,
		       (long)bad->offset);
}

static inline void check(const void *p, size_t size, bool store)
{
	struct kgc_bad_access bad;

	if (__builtin_expect(kgc_access_is_bad(p, size, &bad), 0))
		report(p, size, store, &bad);
}

#define CALLBACKS(n)                                  \
	void __asan_load##n##_noabort(const void *p)  \
	{                                             \
		check(p, n, false);                   \
	}                                             \
	void __asan_load##n(const void *p)            \
	{                                             \
		check(p, n, false);                   \
	}                                             \
	void __asan_store##n##_noabort(const void *p) \
	{                                             \
		check(p, n, true);                    \
	}                                             \
	void __asan_store##n(const void *p)           \
	{                                             \
		check(p, n, true);                    \
	}

CALLBACKS(1)
CALLBACKS(2)
CALLBACKS(4)
CALLBACKS(8)
CALLBACKS(16)

void __asan_loadN_noabort(const void *p, size_t n)
{
	check(p, n, false);
}

void __asan_loadN(const void *p, size_t n)
{
	check(p, n, false);
}

void __asan_storeN_noabort(const void *p, size_t n)
{
	check(p, n, true);
}

void __asan_storeN(const void *p, size_t n)
{
	check(p, n, true);
}

/* Stacks are not checked, so nothing has to be forgotten of one. */
void __asan_handle_no_return(void)
{
}

void *kgc_asan_memcpy(void *restrict to, const void *restrict from, size_t n)
{
	check(from, n, false);
	check(to, n, true);
	return memcpy(to, from, n);
}

void *kgc_asan_memmove(void *to, const void *from, size_t n)
{
	check(from, n, false);
	check(to, n, true);
	return memmove(to, from, n);
}

void *kgc_asan_memset(void *p, int c, size_t n)
{
	check(p, n, true);
	return memset(p, c, n);
}

int kgc_asan_memcmp(const void *a, const void *b, size_t n)
{
	check(a, n, false);
	check(b, n, false);
	return memcmp(a, b, n);
}

/* The byte that ends it is read, too. */
size_t kgc_asan_strlen(const char *s)
{
	const size_t n = strlen(s);

	check(s, n + 1, false);
	return n;
}

char *kgc_asan_strcpy(char *restrict to, const char *restrict from)
{
	return kgc_asan_memcpy(to, from, strlen(from) + 1);
}

char *kgc_asan_strncpy(char *restrict to, const char *restrict from, size_t n)
{
	const size_t length = strnlen(from, n);

	check(from, length < n ? length + 1 : n, false);
	check(to, n, true);
	return strncpy(to, from, n);
}

char *kgc_asan_strcat(char *restrict to, const char *restrict from)
{
	kgc_asan_strcpy(to + kgc_asan_strlen(to), from);
	return to;
}
