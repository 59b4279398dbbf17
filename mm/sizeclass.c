// SPDX-License-Identifier: MIT
/*
 * sizeclass.c - choose the size classes
 *
 * The rule is Go's of 2011 (msize.c): walk the sizes from 8 to 32768 in steps
 * of at most an eighth of the size; give each size the fewest pages whose tail
 * is at most an eighth of the span; when the class before has as many pages
 * and as many objects in them, the new size replaces it.  There must be 60.
 *
 * Rounding up wastes at most 18.7 % above 128 bytes (833 takes 1024: the
 * merging of classes does not look at it), the tail at most 11.5 % (4352).
 * All classes from 16 on are multiples of 16.
 */
#include "internal.h"

static size_t step_at(size_t size, size_t step)
{
	if (size & (size - 1))
		return step;
	if (size >= 2048)
		return 256;
	if (size >= 128)
		return size / 8;
	return size >= 16 ? 16 : 8;
}

static size_t pages_for(size_t size)
{
	size_t npages = 1;

	while ((npages * PAGE_SIZE) % size > npages * PAGE_SIZE / 8)
		npages++;
	return npages;
}

static void fill_tables(struct sizeclasses *t)
{
	unsigned int c = 1;
	size_t size;

	for (size = 0; size <= 1016; size += 8) {
		while (t->of[c].size < size)
			c++;
		t->small[size / 8] = c;
	}
	for (size = 1024; size <= SMALL_MAX; size += 128) {
		while (t->of[c].size < size)
			c++;
		t->big[(size - 1024) / 128] = c;
	}
}

/* Returns the number of classes, with "not small": 61, or the rule is broken.
 */
int sizeclass_init(struct sizeclasses *t)
{
	size_t size, step = 8, npages, nelems;
	unsigned int n = 1;

	for (size = 8; size <= SMALL_MAX; size += step) {
		step = step_at(size, step);
		npages = pages_for(size);
		nelems = npages * PAGE_SIZE / size;
		if (n > 1 && npages == t->of[n - 1].npages &&
		    nelems == t->of[n - 1].nelems)
			n--;
		if (n >= KGC_NCLASSES)
			return -1;
		t->of[n++] = (struct sizeclass){
			.size = size,
			.magic = 0xffffffffu / size + 1,
			.nelems = nelems,
			.npages = npages,
		};
	}
	fill_tables(t);
	return n;
}
