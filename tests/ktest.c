// SPDX-License-Identifier: MIT
/*
 * ktest.c - run the tests of the section "ktests", printing KTAP 1
 *
 * The linker gathers the tests in any order, perhaps in read-only memory; they
 * run sorted by their full names, each found by looking for the least name
 * above the last one.  That is quadratic, and no matter for hundreds.
 *
 * Before a case its name is printed as a comment, so that a log that ends there
 * says what crashed.  A case that fails in several threads at once counts each
 * failure, though their lines may mix.
 *
 * No C library is called: an embedder's kernel may have none.
 */
#include <stdatomic.h>
#include <stddef.h>

#include <kgc/host.h>
#include <tests/ktest.h>

/* A case that takes longer says so: the budget is for all of them. */
#define SLOW_MS 1000

extern const struct ktest *const __start_ktests[];
extern const struct ktest *const __stop_ktests[];

static atomic_uint nfailures;	 /* of the case that runs */
static const char *skip_reason;	 /* of the case that runs, or NULL */
static atomic_uint random_state; /* never 0 */

/* --- text ---------------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ktest_vprintf(fmt, ap);
	va_end(ap);
}

static int compare_text(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

/* --- names --------------------------------------------------------------- */

static int compare(const struct ktest *a, const struct ktest *b)
{
	int order = compare_text(a->suite, b->suite);

	return order ? order : compare_text(a->name, b->name);
}

/* The character of "suite:name" at @i; 0 behind its end. */
static char full_name_at(const struct ktest *t, size_t i)
{
	const char *s;

	for (s = t->suite; *s; s++)
		if (!i--)
			return *s;
	if (!i--)
		return ':';
	for (s = t->name; *s; s++)
		if (!i--)
			return *s;
	return 0;
}

static bool contains(const struct ktest *t, const char *word, size_t n)
{
	size_t i, k;

	for (i = 0; full_name_at(t, i); i++) {
		for (k = 0; k < n && full_name_at(t, i + k) == word[k]; k++)
			;
		if (k == n)
			return true;
	}
	return false;
}

/* @filter is a list of words with commas between them; any of them will do. */
static bool is_selected(const struct ktest *t, const char *filter)
{
	size_t n;

	if (!filter || !*filter)
		return true;
	for (;; filter += n + 1) {
		for (n = 0; filter[n] && filter[n] != ',';)
			n++;
		if (n && contains(t, filter, n))
			return true;
		if (!filter[n])
			return false;
	}
}

/* The selected test with the least name above @last's; NULL if none. */
static const struct ktest *next_after(const struct ktest *last,
				      const char *filter)
{
	const struct ktest *const *p, *best = NULL;

	for (p = __start_ktests; p < __stop_ktests; p++) {
		if (last && compare(*p, last) <= 0)
			continue;
		if (best && compare(*p, best) >= 0)
			continue;
		if (is_selected(*p, filter))
			best = *p;
	}
	return best;
}

/* --- what a case calls --------------------------------------------------- */

bool ktest_fail(const char *file, int line, const char *what)
{
	atomic_fetch_add(&nfailures, 1);
	say("# %s:%d: %s\n", file, line, what);
	return false;
}

/* C libraries without %llu are many. */
static void say_value(const char *which, uint64_t value)
{
	unsigned long high = (unsigned long)(value >> 32);
	unsigned long low = (unsigned long)(value & 0xffffffff);

	if (high)
		say("#   %s 0x%lx%08lx\n", which, high, low);
	else
		say("#   %s %lu (0x%lx)\n", which, low, low);
}

bool ktest_expect_eq(const char *file, int line, const char *what, uint64_t a,
		     uint64_t b)
{
	if (a == b)
		return true;
	ktest_fail(file, line, what);
	say_value("left: ", a);
	say_value("right:", b);
	return false;
}

bool ktest_expect_str(const char *file, int line, const char *what,
		      const char *a, const char *b)
{
	if (a && b && !compare_text(a, b))
		return true;
	ktest_fail(file, line, what);
	say("#   is:        %s\n", a ? a : "(null)");
	say("#   should be: %s\n", b ? b : "(null)");
	return false;
}

void ktest_skip(const char *why)
{
	skip_reason = why;
}

/* Marsaglia's xorshift, 13, 17, 5. */
uint32_t ktest_random(void)
{
	unsigned int x = atomic_load(&random_state), y;

	do {
		y = x;
		y ^= y << 13;
		y ^= y >> 17;
		y ^= y << 5;
	} while (!atomic_compare_exchange_weak(&random_state, &x, y));
	return y;
}

/* --- running ------------------------------------------------------------- */

static bool run_one(const struct ktest *t, int number, uint32_t seed)
{
	uint64_t start = kgc_host_nanotime();
	uint32_t ms;
	bool failed;

	say("# %s:%s ...\n", t->suite, t->name);
	atomic_store(&nfailures, 0);
	atomic_store(&random_state, seed ? seed : 1);
	skip_reason = NULL;
	t->run();
	failed = atomic_load(&nfailures) != 0;
	say("%s %d %s:%s", failed ? "not ok" : "ok", number, t->suite, t->name);
	if (skip_reason && !failed)
		say(" # SKIP %s", skip_reason);
	say("\n");
	/* 2^20 ns for a ms: near enough, and no 64-bit division. */
	ms = (uint32_t)((kgc_host_nanotime() - start) >> 20);
	if (ms >= SLOW_MS)
		say("# %s:%s took %lu ms\n", t->suite, t->name,
		    (unsigned long)ms);
	return failed;
}

int ktest_run(const char *filter, uint32_t seed)
{
	const struct ktest *t;
	int n = 0, number = 0, nfailed = 0;

	for (t = NULL; (t = next_after(t, filter));)
		n++;
	say("KTAP version 1\n");
	say("# seed %lu\n", (unsigned long)seed);
	say("1..%d%s\n", n, n ? "" : " # SKIP no test of that name");
	for (t = NULL; (t = next_after(t, filter));)
		nfailed += run_one(t, ++number, seed);
	say("# %d of %d failed\n", nfailed, n);
	return nfailed;
}
