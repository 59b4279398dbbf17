/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - bytes that say what to do, and a host that does just that
 *
 * A target is LLVMFuzzerTestOneInput(): libFuzzer calls it, or main.c with
 * files.  The host (host.c) has one thread, roots that are the words of
 * fuzz_host.root and nothing else, and memory that is gone when the input
 * says so; so what a collection must keep is known exactly.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Say it, and end as what a fuzzer counts as found. */
static inline _Noreturn void fuzz_found(const char *what)
{
	fprintf(stderr, "fuzz: not so: %s\n", what);
	abort();
}

#define must(cond)                         \
	do {                               \
		if (!(cond))               \
			fuzz_found(#cond); \
	} while (0)

/* --- input: what is behind the end reads as 0 ----------------------------- */

struct input {
	const uint8_t *next, *end;
};

static inline uint8_t input_byte(struct input *in)
{
	return in->next < in->end ? *in->next++ : 0;
}

static inline uint32_t input_word(struct input *in)
{
	const uint32_t low = input_byte(in);

	return low | (uint32_t)input_byte(in) << 8;
}

/* --- host ----------------------------------------------------------------- */

enum { FUZZ_ROOTS = 32, FUZZ_SLOTS = 3 };

struct fuzz_host {
	uintptr_t root[FUZZ_ROOTS];
	unsigned int slot;    /* that pin returns */
	unsigned int depth;   /* of pinned sections */
	unsigned int fail_in; /* commits until one fails; 0: none does */
	jmp_buf *expected;    /* where a panic leads; NULL: to abort() */
	bool woken;	      /* finalizers are due */
};
extern struct fuzz_host fuzz_host;

#endif /* TESTS_FUZZ_H */
