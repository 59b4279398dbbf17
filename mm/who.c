// SPDX-License-Identifier: MIT
/*
 * who.c - which roots refer to an object
 *
 * Looks through the roots as a collection would, and names the words that
 * have the address of a byte of the object.  The stack is that of the call,
 * so a stale slot that a collection saw may be gone, and others new.
 *
 * Locking: the world is stopped.
 */
#include "internal.h"

enum { WHO_NAMES = 4, WHO_NAME_SIZE = 96 };

struct who {
	struct heap *heap;
	uintptr_t lo; /* complement of the object's address: this record */
	size_t size;  /* lies on a stack, and is no reference */
	int n;	      /* words found; the first WHO_NAMES are named */
	char name[WHO_NAMES][WHO_NAME_SIZE];
};

static NO_SANITIZE void visit(const void *lo, const void *hi,
			      enum kgc_root kind, const void *owner, void *arg)
{
	struct who *who = arg;
	const uintptr_t *word =
		(const uintptr_t *)round_up((uintptr_t)lo, WORD_SIZE);

	for (; (uintptr_t)(word + 1) <= (uintptr_t)hi; word++) {
		if (*word - ~who->lo >= who->size)
			continue;
		if (who->n < WHO_NAMES)
			kgc_host_root_name(who->name[who->n], WHO_NAME_SIZE,
					   kind, owner, word);
		who->n++;
	}
}

static void search(void *arg)
{
	struct who *who = arg;

	root_visit(who->heap, visit, who);
}

int kgc_who(const void *p, kgc_write_fn *write, void *arg)
{
	struct who who = { .heap = &heap };
	size_t n;
	int i;

	who.lo = ~(uintptr_t)kgc_lookup(p, &who.size);
	if (!~who.lo)
		return 0;
	heap_stop(&heap);
	kgc_host_call_saved(search, &who);
	kgc_host_start_world();
	for (i = 0; i < MIN(who.n, WHO_NAMES); i++) {
		for (n = 0; who.name[i][n]; n++)
			;
		if (i)
			write(arg, ", ", 2);
		write(arg, who.name[i], n);
	}
	return who.n;
}
