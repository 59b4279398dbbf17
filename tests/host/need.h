/* SPDX-License-Identifier: MIT */
/* need.h - what the tests of a host share; no C library behind it */
#ifndef TESTS_HOST_NEED_H
#define TESTS_HOST_NEED_H

#include <stddef.h>

#include <tests/hostctl.h>
#include <tests/ktest.h>

/* Skip the case if the embedder gives no such hook. */
#define NEED(hook)                                        \
	do {                                              \
		if (!(hook)) {                            \
			ktest_skip("there is no " #hook); \
			return;                           \
		}                                         \
	} while (0)

/* In a loop that waits for another thread. */
static inline void yield_if_needed(void)
{
	if (!hostctl_preempts || !hostctl_preempts())
		hostctl_yield();
}

static inline size_t text_length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

#endif /* TESTS_HOST_NEED_H */
