/* SPDX-License-Identifier: MIT */
/*
 * tests/ktest.h - a test is a function in a section
 *
 *	KTEST(mm_central, refill_takes_whole_batch)
 *	{
 *		EXPECT_EQ(central_refill(&c), 32);
 *	}
 *
 * The suite is the file under test, the name the function and the case.  The
 * same object runs in the kernel image and in the process.  A failing EXPECT
 * prints both values and goes on, a failing ASSERT ends the case.
 */
#ifndef TESTS_KTEST_H
#define TESTS_KTEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

struct ktest {
	const char *suite;
	const char *name;
	void (*run)(void);
};

#define KTEST(suite_, name_)                                         \
	static void ktest_##suite_##_##name_(void);                  \
	static const struct ktest ktest_entry_##suite_##_##name_ = { \
		#suite_, #name_, ktest_##suite_##_##name_            \
	};                                                           \
	static const struct ktest *const                             \
		__attribute__((used, section("ktests")))             \
		ktest_pointer_##suite_##_##name_ =                   \
			&ktest_entry_##suite_##_##name_;             \
	static void ktest_##suite_##_##name_(void)

#define EXPECT(cond) ((cond) ? true : ktest_fail(__FILE__, __LINE__, #cond))
#define EXPECT_EQ(a, b)                                                  \
	ktest_expect_eq(__FILE__, __LINE__, #a " == " #b, (uint64_t)(a), \
			(uint64_t)(b))
#define EXPECT_STR(a, b) ktest_expect_str(__FILE__, __LINE__, #a, (a), (b))
#define ASSERT(cond)               \
	do {                       \
		if (!EXPECT(cond)) \
			return;    \
	} while (0)
#define ASSERT_EQ(a, b)               \
	do {                          \
		if (!EXPECT_EQ(a, b)) \
			return;       \
	} while (0)

bool ktest_fail(const char *file, int line, const char *what);
bool ktest_expect_eq(const char *file, int line, const char *what, uint64_t a,
		     uint64_t b);
bool ktest_expect_str(const char *file, int line, const char *what,
		      const char *a, const char *b);
/* End the case as not applicable here; return after it. */
void ktest_skip(const char *why);

/*
 * Run every test whose "suite:name" contains @filter (NULL: all), printing
 * KTAP 1 with the seed on a comment line.  Returns the number of failures.
 */
int ktest_run(const char *filter, uint32_t seed);

/*
 * Where results are printed: tests/output.c hands them to the C library.  A
 * host without one leaves that file out, and may hand them to its
 * kgc_host_vprintf().
 */
void ktest_vprintf(const char *fmt, va_list ap);

/* A random number; the stream is restarted from the seed for each case. */
uint32_t ktest_random(void);

#endif /* TESTS_KTEST_H */
