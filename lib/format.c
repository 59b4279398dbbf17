// SPDX-License-Identifier: MIT
/*
 * format.c - printf's formats for where libc may not be entered
 *
 * libc's printf allocates, uses vector registers and the interrupted task's
 * state; this one has a buffer for one number on its stack and nothing else.
 * Text between conversions goes out in one piece.
 */
#include <lib/format.h>

#include <stdbool.h>
#include <stdint.h>

#include <lib/mem.h>

struct out {
	format_write_fn *write;
	void *arg;
};

struct spec {
	bool left, zero;
	int width;
	int precision; /* -1: none */
	int length;    /* 0 int, 1 long, 2 long long, 3 size_t */
};

static void put(const struct out *out, const char *s, size_t n)
{
	if (n)
		out->write(out->arg, s, n);
}

static void fill(const struct out *out, char c, int n)
{
	while (n-- > 0)
		out->write(out->arg, &c, 1);
}

/* @sign and the digits go between the blanks, zeros between those two. */
static void put_padded(const struct out *out, const struct spec *spec,
		       const char *sign, const char *s, size_t n, int zeros)
{
	const size_t nsign = text_length(sign);
	int pad;

	if (spec->zero && !spec->left && spec->precision < 0 &&
	    zeros < spec->width - (int)(n + nsign))
		zeros = spec->width - (int)(n + nsign);
	if (zeros < 0)
		zeros = 0;
	pad = spec->width - (int)(n + nsign) - zeros;
	if (!spec->left)
		fill(out, ' ', pad);
	put(out, sign, nsign);
	fill(out, '0', zeros);
	put(out, s, n);
	if (spec->left)
		fill(out, ' ', pad);
}

/*
 * Digits of @v, ending at @end.  On i386 a 64-bit division is a call of
 * libgcc: once the rest fits in a word it is no longer needed.
 */
static char *digits(char *end, unsigned long long v, unsigned int base,
		    const char *letters)
{
	unsigned long small;

	while (v > ~0ul) {
		*--end = letters[v % base];
		v /= base;
	}
	for (small = (unsigned long)v; small; small /= base)
		*--end = letters[small % base];
	return end;
}

static void put_number(const struct out *out, const struct spec *spec,
		       unsigned long long v, unsigned int base,
		       const char *sign, bool upper)
{
	char buf[24];
	char *const end = buf + sizeof(buf);
	const char *s = digits(end, v, base,
			       upper ? "0123456789ABCDEF" : "0123456789abcdef");
	const int least = spec->precision < 0 ? 1 : spec->precision;

	put_padded(out, spec, sign, s, end - s, least - (int)(end - s));
}

static void put_string(const struct out *out, struct spec *spec, const char *s)
{
	size_t n = 0;

	if (!s)
		s = "(null)";
	while ((spec->precision < 0 || n < (size_t)spec->precision) && s[n])
		n++;
	spec->zero = false;
	put_padded(out, spec, "", s, n, 0);
}

/*
 * va_list may be an array, which as a parameter is a pointer: inside a
 * structure it can be handed on by address.
 */
struct args {
	va_list ap;
};

static unsigned long long take_unsigned(struct args *args, int length)
{
	switch (length) {
	case 0:
		return va_arg(args->ap, unsigned int);
	case 2:
		return va_arg(args->ap, unsigned long long);
	default:
		return va_arg(args->ap, unsigned long);
	}
}

static long long take_signed(struct args *args, int length)
{
	switch (length) {
	case 0:
		return va_arg(args->ap, int);
	case 2:
		return va_arg(args->ap, long long);
	default:
		return va_arg(args->ap, long);
	}
}

static int take_digits(const char **fmt, struct args *args)
{
	int n = 0;

	if (**fmt == '*') {
		++*fmt;
		return va_arg(args->ap, int);
	}
	while (**fmt >= '0' && **fmt <= '9')
		n = n * 10 + *(*fmt)++ - '0';
	return n;
}

static const char *take_spec(const char *fmt, struct spec *spec,
			     struct args *args)
{
	*spec = (struct spec){ .precision = -1 };
	for (;; fmt++) {
		if (*fmt == '-')
			spec->left = true;
		else if (*fmt == '0')
			spec->zero = true;
		else
			break;
	}
	spec->width = take_digits(&fmt, args);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = -spec->width;
	}
	if (*fmt == '.') {
		fmt++;
		spec->precision = take_digits(&fmt, args);
	}
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		spec->length = *fmt == 'z' ? 3 : spec->length + 1;
	return fmt;
}

static void put_conversion(const struct out *out, struct spec *spec,
			   char conversion, struct args *args)
{
	long long v;
	char c;

	switch (conversion) {
	case 'd':
	case 'i':
		v = take_signed(args, spec->length);
		put_number(out, spec, v < 0 ? 0ull - v : (unsigned long long)v,
			   10, v < 0 ? "-" : "", false);
		break;
	case 'u':
		put_number(out, spec, take_unsigned(args, spec->length), 10, "",
			   false);
		break;
	case 'x':
	case 'X':
		put_number(out, spec, take_unsigned(args, spec->length), 16, "",
			   conversion == 'X');
		break;
	case 'p':
		put_number(out, spec, (uintptr_t)va_arg(args->ap, void *), 16,
			   "0x", false);
		break;
	case 's':
		put_string(out, spec, va_arg(args->ap, const char *));
		break;
	case 'c':
		c = (char)va_arg(args->ap, int);
		put_padded(out, spec, "", &c, 1, 0);
		break;
	default: /* %% and what is not known stands for itself */
		put(out, &conversion, 1);
	}
}

void format(format_write_fn *write, void *arg, const char *fmt, va_list ap)
{
	const struct out out = { write, arg };
	struct args args;
	struct spec spec;
	const char *text;

	va_copy(args.ap, ap);
	while (*fmt) {
		for (text = fmt; *fmt && *fmt != '%';)
			fmt++;
		put(&out, text, fmt - text);
		if (!*fmt)
			break;
		fmt = take_spec(fmt + 1, &spec, &args);
		if (*fmt)
			put_conversion(&out, &spec, *fmt++, &args);
	}
	va_end(args.ap);
}

struct buffer {
	char *at;
	size_t left; /* without the terminator */
};

static void buffer_write(void *arg, const char *s, size_t n)
{
	struct buffer *b = arg;

	if (n > b->left)
		n = b->left;
	memcpy(b->at, s, n);
	b->at += n;
	b->left -= n;
}

int vformat_buffer(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct buffer b = { buf, size - 1 };

	format(buffer_write, &b, fmt, ap);
	*b.at = '\0';
	return (int)(b.at - buf);
}

int format_buffer(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vformat_buffer(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
