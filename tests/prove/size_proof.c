// SPDX-License-Identifier: MIT
/*
 * size_proof.c - sizes, classes, indices of objects, and rounding
 */
#include "prove.h"

/* The classes: 60 sizes, rising, from 8 to 32768; offsets fit the formula. */
CLAIM(sizeclass_table)
{
	struct heap *h = prove_bits(NULL);
	const struct sizeclass *c = h->classes.of;
	unsigned int i;

	for (i = 1; i < KGC_NCLASSES; i++) {
		HOLDS(c[i].size > c[i - 1].size && c[i].size % 8 == 0, i,
		      c[i].size, 0);
		HOLDS(c[i].nelems == c[i].npages * PAGE_SIZE / c[i].size &&
			      c[i].nelems,
		      i, c[i].nelems, c[i].npages);
		HOLDS(c[i].npages * PAGE_SIZE <= SPAN_SMALL_MAX, i, c[i].npages,
		      0);
	}
	HOLDS(c[1].size == 8 && c[i - 1].size == SMALL_MAX, i, 0, 0);
}

/* For each size up to 32768: sizeclass_of() is the least class that holds it.
 */
CLAIM(sizeclass_of_every_size)
{
	struct heap *h = prove_bits(NULL);
	unsigned int c, want = 1;
	size_t size;

	for (size = 0; size <= SMALL_MAX; size++) {
		if (size > h->classes.of[want].size)
			want++;
		c = sizeclass_of(&h->classes, size);
		HOLDS(c == want, size, c, want);
	}
}

/*
 * For each class and each byte of its span: span_index(), a multiplication, is
 * the division; in the tail it is nelems or more.
 */
CLAIM(span_index_every_offset)
{
	struct heap *h = prove_bits(NULL);
	const struct sizeclass *class;
	struct span s = { .start = 16 * MIB };
	unsigned int c;
	uintptr_t off;
	uint32_t i;

	for (c = 1; c < KGC_NCLASSES; c++) {
		class = &h->classes.of[c];
		s.sizeclass = c;
		for (off = 0; off < class->npages * PAGE_SIZE; off++) {
			i = span_index(h, &s, s.start + off);
			HOLDS(i == off / class->size, c, off, i);
			HOLDS((i >= class->nelems) ==
				      (off >= class->nelems * class->size),
			      c, off, i);
		}
	}
}

/* --- rounding --- */

/* Every value of low bits that a rounding to at most 2 MiB looks at. */
static void try_round(size_t to, size_t high)
{
	const size_t last = ~(size_t)0 & ~(to - 1); /* greatest multiple */
	size_t low, n, up;

	for (low = 0; low < to; low++) {
		n = high + low;
		up = round_up(n, to);
		if (n <= last)
			HOLDS(up >= n && up - n < to && up % to == 0, to, n,
			      up);
		else
			HOLDS(up == 0, to, n, up);
	}
}

/*
 * round_up() to each power of two up to 2 MiB, which is more than any that mm/
 * rounds to: the least multiple that is not less; 0 if that would be 2^bits.
 * The sum changes the low part, all of whose values are tried, and carries at
 * most 1 into the high part: 0, 1, all ones but one, all ones are tried.
 */
CLAIM(round_up_every_remainder)
{
	size_t to;

	for (to = 1; to <= 2 * MIB; to *= 2) {
		try_round(to, 0);
		try_round(to, to);
		try_round(to, 0 - 2 * to);
		try_round(to, 0 - to);
	}
}

/*
 * For each number of pages that 32 bits can name, and at 64 bits for those
 * around each power of two: a block of a byte less, of just as many and of one
 * more is long enough, or there is none.  No size is rounded down to one that
 * there is.
 */
CLAIM(alloc_never_too_small)
{
	struct heap *h = prove_heap();
	const size_t all = (SIZE_MAX >> PAGE_SHIFT) + 1;
	size_t n, size, i;
	void *p;

	for (n = 0; n < MIN(all, (size_t)1 << 20); n++)
		for (i = 0; i < 3; i++) {
			size = (n << PAGE_SHIFT) - 1 + i;
			p = heap_alloc(h, size, KGC_NOSCAN | KGC_NOZERO);
			if (!p)
				continue;
			HOLDS(span_usable(span_of(h, (uintptr_t)p)) >= size, n,
			      i, p);
			heap_free(h, p);
		}
}

/*
 * The sizes below the greatest, its half and its quarter, upward, each aligned
 * to 1, 32, 1 KiB, ...: none of them has a block.
 */
CLAIM(alloc_never_wraps)
{
	const size_t top[] = { SIZE_MAX / 4, SIZE_MAX / 2, SIZE_MAX };
	size_t i, n, align;

	prove_heap();
	for (i = 0; i < 3; i++)
		for (n = 4 * PAGE_SIZE; n-- > 0;)
			for (align = 1; align <= MIB; align *= 32)
				HOLDS(!kgc_alloc_aligned(top[i] - n, align, 0),
				      top[i], n, align);
}

/* --- products --- */

/*
 * kgc_alloc_array(): for each count of elements (up to 2^26 at 64 bits), the
 * least size of an element whose product with it does not fit has no block.
 * That product modulo 2^bits is less than the count, so a product that was not
 * checked would have one.  Up to 2^26 with the two changed for each other, too.
 */
CLAIM(alloc_array_never_wraps)
{
	const size_t limit = WORD_SIZE == 8 ? (size_t)1 << 26 : SIZE_MAX;
	size_t n, size;

	prove_heap();
	for (n = 2; n < limit; n++) {
		size = SIZE_MAX / n + 1;
		HOLDS(!kgc_alloc_array(n, size, 0), n, size, 0);
		HOLDS(n >> 26 || !kgc_alloc_array(size, n, 0), n, size, 1);
	}
}

/* For each count and size up to 512: what fits is as long as the product. */
CLAIM(alloc_array_long_enough)
{
	size_t n, size;
	void *p;

	prove_heap();
	for (n = 0; n <= 512; n++)
		for (size = 0; size <= 512; size++) {
			p = kgc_alloc_array(n, size, KGC_NOSCAN | KGC_NOZERO);
			HOLDS(p && kgc_usable_size(p) >= n * size, n, size, 0);
			kgc_free(p);
		}
}

/*
 * kgc_alloc_typed_array() adds a word: for layouts of 1 to 64 words, the counts
 * around the first whose product, or product and word, does not fit.
 */
CLAIM(alloc_typed_array_never_wraps)
{
	static const uintptr_t pointers[64];
	size_t words, n, i, size;
	int type;

	prove_heap();
	for (words = 1; words <= 64; words++) {
		size = words * WORD_SIZE;
		type = kgc_type(pointers, size);
		n = SIZE_MAX / size;
		for (i = 0; i < 64; i++) {
			HOLDS(!kgc_alloc_typed_array(n - 32 + i, type, 0),
			      words, i, 0);
			HOLDS(!kgc_alloc_typed_array(
				      n + 1 + (SIZE_MAX / words - i), type, 0),
			      words, i, 1);
		}
	}
}

/* --- 64-bit division on 32-bit machines --- */

/*
 * div_u64() is n / d: all n whose quotient digits come from every remainder of
 * every divisor below 2^10, and for the divisors that mm/ uses and the greatest
 * below 2^24, n around each multiple of a power of two.
 */
CLAIM(div_u64_every_digit)
{
	static const uint32_t of[] = { 10, 100, 1000, 1000000, 0xffffff };
	uint64_t n;
	uint32_t d, r, i;
	int shift;

	for (d = 1; d < 1 << 10; d++)
		for (r = 0; r < d; r++)
			for (shift = 0; shift <= 48; shift += 8)
				for (i = 0; i < 256; i += 5) {
					n = ((uint64_t)(r << 8 | i) << shift) |
					    i;
					HOLDS(div_u64(n, d) == n / d, n, d, i);
				}
	for (i = 0; i < sizeof(of) / sizeof(*of); i++)
		for (shift = 0; shift < 64; shift++)
			for (r = 0; r < 1 << 16; r++) {
				n = ((uint64_t)1 << shift) * (r | 1) - r;
				HOLDS(div_u64(n, of[i]) == n / of[i], n, of[i],
				      r);
			}
}
