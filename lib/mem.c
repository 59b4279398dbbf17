// SPDX-License-Identifier: MIT
/*
 * mem.c - memory and text without a vector register
 *
 * Word by word where both ends allow it.  Under TCG `rep movsb` and `rep
 * stosb` take 10 us for 4 KiB, these loops 0.7.  On x86 an unaligned word is
 * as good as another, so only the length decides.
 *
 * Bad at: real machines, where long copies by vector are twice as fast.
 */
#include <lib/mem.h>

#include <stdint.h>

/* May lie anywhere and alias anything. */
typedef unsigned long __attribute__((may_alias, aligned(1))) word;

/* gcc would turn the loops below into calls of the functions they are in. */
#define NOT_A_CALL __attribute__((optimize("no-tree-loop-distribute-patterns")))

NOT_A_CALL void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	char *t = to;
	const char *f = from;

	for (; n >= 4 * sizeof(word); n -= 4 * sizeof(word)) {
		const word a = ((const word *)f)[0], b = ((const word *)f)[1];
		const word c = ((const word *)f)[2], d = ((const word *)f)[3];

		((word *)t)[0] = a;
		((word *)t)[1] = b;
		((word *)t)[2] = c;
		((word *)t)[3] = d;
		t += 4 * sizeof(word);
		f += 4 * sizeof(word);
	}
	for (; n >= sizeof(word); n -= sizeof(word)) {
		*(word *)t = *(const word *)f;
		t += sizeof(word);
		f += sizeof(word);
	}
	while (n--)
		*t++ = *f++;
	return to;
}

NOT_A_CALL void *memmove(void *to, const void *from, size_t n)
{
	char *t = (char *)to + n;
	const char *f = (const char *)from + n;

	if ((uintptr_t)to - (uintptr_t)from >= n)
		return memcpy(to, from, n);
	for (; n >= sizeof(word); n -= sizeof(word)) {
		t -= sizeof(word);
		f -= sizeof(word);
		*(word *)t = *(const word *)f;
	}
	while (n--)
		*--t = *--f;
	return to;
}

NOT_A_CALL void *memset(void *to, int byte, size_t n)
{
	const word fill = ~0ul / 255 * (unsigned char)byte;
	char *t = to;

	for (; n >= 4 * sizeof(word); n -= 4 * sizeof(word)) {
		((word *)t)[0] = fill;
		((word *)t)[1] = fill;
		((word *)t)[2] = fill;
		((word *)t)[3] = fill;
		t += 4 * sizeof(word);
	}
	while (n--)
		*t++ = (char)byte;
	return to;
}

NOT_A_CALL int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n >= sizeof(word); n -= sizeof(word)) {
		if (*(const word *)x != *(const word *)y)
			break;
		x += sizeof(word);
		y += sizeof(word);
	}
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

NOT_A_CALL size_t text_length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

bool text_equal(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

bool text_begins(const char *s, const char *prefix)
{
	while (*prefix)
		if (*s++ != *prefix++)
			return false;
	return true;
}
