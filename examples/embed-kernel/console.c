// SPDX-License-Identifier: MIT
/*
 * console.c - the serial line, and the four functions of memory
 *
 * Prints what mm/ prints: %s %d %u %x %p, l and ll, a width of zeros.
 */
#include <kgc/host.h>

#include "kernel.h"

static void put(char c)
{
	__asm__ volatile("outb %0, %w1" : : "a"(c), "d"(0x3f8));
}

/* Bit by bit: a 64-bit division would be a call into libgcc on i386. */
static void put_number(uint64_t v, unsigned int base, int width)
{
	uint64_t quotient = 0;
	unsigned int rest = 0;
	int bit;

	for (bit = 63; bit >= 0; bit--) {
		rest = rest << 1 | (v >> bit & 1);
		quotient = quotient << 1 | (rest >= base);
		rest -= rest >= base ? base : 0;
	}
	if (quotient || width > 1)
		put_number(quotient, base, width - 1);
	put("0123456789abcdef"[rest]);
}

void kgc_host_vprintf(const char *fmt, va_list ap)
{
	int width, longs;
	const char *s;
	uint64_t v;

	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(*fmt);
			continue;
		}
		for (width = longs = 0; *++fmt == 'l' || *fmt <= '9';)
			*fmt == 'l' ? longs++ : (width = *fmt - '0');
		if (*fmt == 's') {
			for (s = va_arg(ap, const char *); *s; s++)
				put(*s);
			continue;
		}
		v = longs == 2		   ? va_arg(ap, uint64_t)
		    : longs || *fmt == 'p' ? va_arg(ap, unsigned long)
					   : va_arg(ap, unsigned int);
		if (*fmt == 'd' && (int)v < 0) {
			put('-');
			v = -(unsigned int)v;
		}
		put_number(v, *fmt == 'u' || *fmt == 'd' ? 10 : 16, width);
	}
}

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kgc_host_vprintf(fmt, ap);
	va_end(ap);
}

/* QEMU's isa-debug-exit ends with status 2 * @code + 1. */
_Noreturn void console_exit(int code)
{
	__asm__ volatile("outl %0, %w1" : : "a"(code), "d"(0xf4));
	for (;;)
		__asm__ volatile("hlt");
}

_Noreturn void kgc_host_panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kgc_host_vprintf(fmt, ap);
	put('\n');
	console_exit(0x11);
}

void *memset(void *to, int byte, size_t n)
{
	void *t = to;

	__asm__ volatile("rep stosb" : "+D"(t), "+c"(n) : "a"(byte) : "memory");
	return to;
}

/* Downwards if upwards would overwrite what is still to be read. */
void *memmove(void *to, const void *from, size_t n)
{
	const char *f = from;
	char *t = to;

	while (to > from && n--)
		t[n] = f[n];
	while (to < from && n--)
		*t++ = *f++;
	return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
	return memmove(to, from, n);
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n && *x == *y; n--)
		x++, y++;
	return n ? *x - *y : 0;
}
