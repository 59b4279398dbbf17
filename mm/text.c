// SPDX-License-Identifier: MIT
/*
 * text.c - text in pieces, handed to a caller's function
 *
 * What mm/ tells of itself goes out as it is made, so it takes no memory.
 *
 * Bad at: speed on 32-bit machines, where each decimal digit is a division
 * of 64 bits by hand.
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

void out_number(struct out *o, uint64_t v)
{
	char digits[24], *p = digits + sizeof(digits) - 1;
	uint64_t rest;

	*p = 0;
	do {
		rest = div_u64(v, 10);
		*--p = '0' + (char)(v - rest * 10);
		v = rest;
	} while (v);
	out_text(o, p);
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
