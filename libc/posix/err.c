// SPDX-License-Identifier: MIT
/*
 * err.c - messages of a program to its standard error
 *
 * Two families: BSD's err() and warn(), GNU's error().
 */
#include <err.h>
#include <errno.h>
#include <error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kernel/param.h>

unsigned int error_message_count;
int error_one_per_line;
void (*error_print_progname)(void);

static void say(int number, const char *format, va_list args)
{
	fprintf(stderr, "%s: ", params.name);
	if (format)
		vfprintf(stderr, format, args);
	if (number)
		fprintf(stderr, "%s%s", format ? ": " : "", strerror(number));
	putc('\n', stderr);
}

void vwarn(const char *format, va_list args)
{
	say(errno, format, args);
}

void vwarnx(const char *format, va_list args)
{
	say(0, format, args);
}

void verr(int status, const char *format, va_list args)
{
	say(errno, format, args);
	exit(status);
}

void verrx(int status, const char *format, va_list args)
{
	say(0, format, args);
	exit(status);
}

void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarn(format, args);
	va_end(args);
}

void warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarnx(format, args);
	va_end(args);
}

void err(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	verr(status, format, args);
}

void errx(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	verrx(status, format, args);
}

/* --- GNU's --- */

static void say_where(int number, const char *file, unsigned int line,
		      const char *format, va_list args)
{
	fflush(stdout);
	if (error_print_progname)
		error_print_progname();
	else
		fprintf(stderr, "%s:", params.name);
	if (file)
		fprintf(stderr, "%s:%u:", file, line);
	putc(' ', stderr);
	vfprintf(stderr, format, args);
	if (number)
		fprintf(stderr, ": %s", strerror(number));
	putc('\n', stderr);
	error_message_count++;
}

void error(int status, int number, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_where(number, NULL, 0, format, args);
	va_end(args);
	if (status)
		exit(status);
}

void error_at_line(int status, int number, const char *file, unsigned int line,
		   const char *format, ...)
{
	static const char *last_file;
	static unsigned int last_line;
	va_list args;

	if (error_one_per_line && last_file && last_line == line &&
	    !strcmp(last_file, file))
		return;
	last_file = file;
	last_line = line;
	va_start(args, format);
	say_where(number, file, line, format, args);
	va_end(args);
	if (status)
		exit(status);
}
