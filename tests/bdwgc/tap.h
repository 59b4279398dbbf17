/* SPDX-License-Identifier: MIT */
/*
 * tap.h - what the programs in this folder share
 *
 * Each is a client of gc.h, compiled alone, in a process and for the image.
 * It prints TAP and ends with 0 if all was well.
 *
 * A conservative collector may keep an object or two that a stale word of the
 * stack points to.  So a test makes many of a kind, from a function of their
 * own, and is content if nearly all of them behave; none may misbehave.
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MANY   50
#define NEARLY (MANY - 5)

static int tap_n, tap_failed;

static void ok(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_n, what);
	tap_failed += !good;
}

static int done(void)
{
	printf("1..%d\n", tap_n);
	fflush(stdout);
	return tap_failed != 0;
}

/* Overwrite what earlier calls left below this frame. */
__attribute__((noinline, unused)) static void clear_stack(void)
{
	char junk[4096];

	memset(junk, 0, sizeof(junk));
	__asm__ volatile("" : : "r"(junk) : "memory");
}

#define TAP_COLLECT(times)                             \
	do {                                           \
		for (int i_ = 0; i_ < (times); i_++) { \
			clear_stack();                 \
			GC_gcollect();                 \
		}                                      \
	} while (0)

#endif /* TAP_H */
