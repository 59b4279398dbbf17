/* SPDX-License-Identifier: MIT */
/*
 * prove.h - claims that are proved by trying every case
 *
 * CLAIM(name) { ... } is a claim: its comment states it, its body goes through
 * the whole space that the comment names and calls HOLDS() for each case.  The
 * first case that does not hold ends it, and is printed.  What is run is mm/'s
 * own code, as compiled for the process; a file that includes one of mm/'s .c
 * files does so to reach what is static there.
 */
#ifndef TESTS_PROVE_PROVE_H
#define TESTS_PROVE_PROVE_H

#include <string.h>

#include "internal.h"

#define GIB ((size_t)1 << 30)

struct claim {
	const char *name;
	void (*fn)(void);
	struct claim *next;
};
void claim_add(struct claim *c);

#define CLAIM(name_)                                                     \
	static void claim_##name_(void);                                 \
	static __attribute__((constructor)) void add_##name_(void)       \
	{                                                                \
		static struct claim c = { #name_, claim_##name_, NULL }; \
                                                                         \
		claim_add(&c);                                           \
	}                                                                \
	static void claim_##name_(void)

/* Cases that held so far. */
extern unsigned long long ncases;

/* The claim is refuted; does not return. */
_Noreturn void refute(const char *what, const char *file, int line,
		      unsigned long a, unsigned long b, unsigned long c);

/* One case, which up to three numbers name. */
#define HOLDS(cond, a, b, c)                                                  \
	do {                                                                  \
		if (unlikely(!(cond)))                                        \
			refute(#cond, __FILE__, __LINE__, (unsigned long)(a), \
			       (unsigned long)(b), (unsigned long)(c));       \
		ncases++;                                                     \
	} while (0)

/*
 * The heap of the public functions: 64 MiB, no samples, no cycle of itself.  It
 * is closed when the claim ends.
 */
struct heap *prove_heap(void);

/*
 * A heap without a host: @bitmap is the end of an array, and where its arena
 * would start.  Only its sizes and bits are there.
 */
struct heap *prove_bits(void *bitmap_end);

#endif /* TESTS_PROVE_PROVE_H */
