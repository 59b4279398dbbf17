// SPDX-License-Identifier: MIT
/*
 * text.c - text in pieces, handed to a caller's function
 *
 * What mm/ tells of itself goes out as it is made, so it takes no memory.
 *
 * Bad at: speed on 32-bit machines, where six decimal digits take a division of
 * 64 bits by hand.
 */
#include "internal.h"

void out_text(struct out *o, const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	o->write(o->arg, s, n);
	o->n += n;
}

/* @v in decimal, at least @width digits, to the end of @p; where it begins. */
static char *decimal(char *p, uint64_t v, int width)
{
	const uint32_t million = 1000000;
	uint64_t rest;
	uint32_t six;
	int i;

	*p = 0;
	do {
		rest = div_u64(v, million);
		six = (uint32_t)(v - rest * million);
		for (i = 0; i < 6 && (rest || six || width > 0); i++, width--) {
			*--p = '0' + (char)(six % 10);
			six /= 10;
		}
		v = rest;
	} while (v);
	return p;
}

void out_number(struct out *o, uint64_t v)
{
	char digits[24];

	out_text(o, decimal(digits + sizeof(digits) - 1, v, 1));
}

/* @v / 1000, with three decimals. */
void out_thousandths(struct out *o, uint64_t v)
{
	const uint64_t whole = div_u64(v, 1000);
	char digits[8];

	out_number(o, whole);
	out_text(o, ".");
	out_text(o, decimal(digits + sizeof(digits) - 1, v - whole * 1000, 3));
}

void out_address(struct out *o, uintptr_t v)
{
	char digits[24], *p = digits + sizeof(digits) - 1;

	*p = 0;
	do
		*--p = "0123456789abcdef"[v % 16];
	while (v /= 16);
	*--p = 'x';
	*--p = '0';
	out_text(o, p);
}

/* A kgc_write_fn: into a struct line, as much as it has room for. */
void line_write(void *arg, const char *s, size_t n)
{
	struct line *l = arg;
	size_t i;

	for (i = 0; i < n && l->n + 1 < l->size; i++)
		l->buf[l->n++] = s[i];
	l->buf[l->n] = 0;
}
