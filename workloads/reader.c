// SPDX-License-Identifier: MIT
/*
 * reader.c - bytes and numbers of a file that may be damaged
 *
 * Nothing is believed: a reader stays within its bounds, and the first thing
 * found wrong is kept with its offset, after which every number read is 0.
 * So a caller may decode a whole record and ask once whether it was good.
 */
#include "internal.h"

/* The finalizer of MurmurHash3, by which the files cut and sum. */
uint32_t fmix32(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x85ebca6b;
	h ^= h >> 13;
	h *= 0xc2b2ae35;
	return h ^ h >> 16;
}

uint32_t get32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

uint64_t get64(const unsigned char *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

/* Of zlib, gzip and PNG.  The table is made anew: 2 us for files of MB. */
uint32_t crc32_of(const unsigned char *p, size_t n)
{
	uint32_t table[256];
	uint32_t crc = 0xffffffff;

	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
		table[i] = c;
	}
	while (n--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return ~crc;
}

void fault_set(struct fault *f, const char *what, size_t at)
{
	if (!f->what)
		*f = (struct fault){ what, at };
}

/* At most five bytes, and the fifth has room for four bits. */
uint32_t reader_leb(struct reader *r)
{
	uint32_t v = 0;

	for (unsigned int shift = 0; !r->fault.what; shift += 7) {
		unsigned char b;

		if (r->at >= r->end) {
			fault_set(&r->fault, "number past its section", r->at);
			break;
		}
		b = r->data[r->at];
		if (shift == 28 && b > 0x0f) {
			fault_set(&r->fault, "number over 32 bits", r->at);
			break;
		}
		r->at++;
		v |= (uint32_t)(b & 0x7f) << shift;
		if (b < 0x80)
			return v;
	}
	return 0;
}

void header_compare(const unsigned char *data, const struct header_field *field,
		    size_t n, struct fault *fault)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char *p = data + field[i].at;
		uint64_t v = field[i].size == 8 ? get64(p) : get32(p);

		if (v != field[i].value)
			fault_set(fault, field[i].what, field[i].at);
	}
}

void zeros_check(const unsigned char *data, size_t lo, size_t hi,
		 struct fault *fault)
{
	for (; lo < hi; lo++) {
		if (data[lo])
			fault_set(fault, "reserved byte not zero", lo);
	}
}
