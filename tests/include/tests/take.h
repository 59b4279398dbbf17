/* SPDX-License-Identifier: MIT */
/* take.h - a run of free objects, found and set allocated at once */
#ifndef TESTS_TAKE_H
#define TESTS_TAKE_H

#include "internal.h"

static inline uint32_t bitmap_take(struct heap *h, struct span *s,
				   uint32_t from, uint32_t max, uint32_t *first)
{
	const uint32_t n = bitmap_find(h, s, from, max, first);

	if (n)
		bitmap_set(h, s, *first, n);
	return n;
}

#endif /* TESTS_TAKE_H */
