/* SPDX-License-Identifier: MIT */
/*
 * lib/format.h - printf's formats for where libc may not be entered
 *
 * %s %c %d %i %u %x %X %p %%, with l, ll, z, a width, a precision (digits of
 * a number, bytes of a string; both may be *), flags 0 and -.  No floating
 * point.
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Called with each piece of the text, in order. */
typedef void format_write_fn(void *arg, const char *s, size_t n);

void format(format_write_fn *write, void *arg, const char *fmt, va_list ap);

/*
 * Into @buf, terminated and cut to @size (at least 1).  Returns the length of
 * what stands in @buf.
 */
int format_buffer(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int vformat_buffer(char *buf, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

#endif /* LIB_FORMAT_H */
