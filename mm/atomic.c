// SPDX-License-Identifier: MIT
/*
 * atomic.c - blocks for interrupt handlers
 *
 * A task has some blocks kept, and a handler takes one: it looks at one word
 * for each and sets the lowest bit of the first that is free.  So the word is
 * the block's address before and an address inside it after, and whenever a
 * collection comes to it, the block lives.  kgc_adopt() puts a fresh block in
 * its place: from then on the program's own pointers keep the old one.
 *
 * The blocks are one reserve for all slots.  A handler then needs no slot of
 * its own, which in a process would mean a lock; that of one slot may use up
 * what another hoped for.
 *
 * Bad at: many blocks.  Taking one looks at each that is taken before it, and
 * so does adopting.
 *
 * Locking: none; a word belongs to whoever sets its bit.  Tasks that fill the
 * reserve at the same time may lose a block or two to the next collection.
 */
#include "internal.h"

#define TAKEN ((uintptr_t)1)

/* A root of the public heap: addresses of blocks, or 0. */
static _Atomic uintptr_t words[KGC_ATOMIC_MAX];
static _Atomic size_t block; /* bytes of each */
static _Atomic unsigned int nwords;
static bool is_root;

/* The most that it takes: see Documentation/limits.md. */
ALLOCATES void *kgc_alloc_atomic(size_t size)
{
	const unsigned int n =
		atomic_load_explicit(&nwords, memory_order_acquire);
	unsigned int i;
	uintptr_t p;

	if (size > atomic_load_explicit(&block, memory_order_relaxed))
		return NULL;
	for (i = 0; i < n; i++) {
		p = atomic_load_explicit(&words[i], memory_order_relaxed);
		if (p && !(p & TAKEN) &&
		    atomic_compare_exchange_strong(&words[i], &p, p | TAKEN))
			return (void *)p;
	}
	return NULL;
}

/* Put a block where there is none; false if there is no memory. */
static bool fill(unsigned int i)
{
	uintptr_t none = 0;
	void *p;

	if (words[i])
		return true;
	p = kgc_alloc(block, 0);
	if (!p)
		return false;
	atomic_compare_exchange_strong(&words[i], &none, (uintptr_t)p);
	return true;
}

static bool fill_all(void)
{
	unsigned int i;

	for (i = 0; i < nwords; i++)
		if (!fill(i))
			return false;
	return true;
}

/* Blocks that no handler took are nobody's. */
static void empty(void)
{
	unsigned int i;
	uintptr_t p;

	for (i = 0; i < KGC_ATOMIC_MAX; i++) {
		p = words[i];
		if (!(p & TAKEN))
			atomic_compare_exchange_strong(&words[i], &p, 0);
	}
}

int kgc_set_atomic(size_t size, unsigned int n)
{
	context_check();
	if (n > KGC_ATOMIC_MAX || size > SMALL_MAX)
		return -KGC_EINVAL;
	if (!is_root && kgc_add_root(words, words + KGC_ATOMIC_MAX))
		return -KGC_ENOMEM;
	is_root = true;
	nwords = 0;
	empty();
	block = MAX(size, 1);
	nwords = n;
	return fill_all() ? 0 : -KGC_ENOMEM;
}

static unsigned int index_of(const void *p)
{
	unsigned int i;

	for (i = 0; i < KGC_ATOMIC_MAX; i++)
		if (words[i] == ((uintptr_t)p | TAKEN))
			return i;
	kgc_host_panic("gc: adopt %p: not from kgc_alloc_atomic, or adopted "
		       "already",
		       p);
}

/* The block is a root until its word has a new one, or none. */
void *kgc_adopt(void *p)
{
	unsigned int i;
	void *fresh = NULL;

	context_check();
	i = index_of(p);
	if (i < nwords)
		fresh = kgc_alloc(block, 0);
	atomic_store(&words[i], (uintptr_t)fresh);
	fill_all();
	return p;
}
