// SPDX-License-Identifier: MIT
/* libc_test.c - malloc's family, numbers, state of tasks: the library here */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <kernel/task.h>
#include <kgc/kgc.h>
#include <tests/ktest.h>

static bool aligned(const void *p, size_t align)
{
	return (uintptr_t)p % align == 0;
}

KTEST(libc, blocks_are_aligned_and_hold_one_past_the_end)
{
	size_t size;
	char *p;

	for (size = 0; size < 300; size++) {
		p = malloc(size);
		ASSERT(p);
		EXPECT(aligned(p, 16));
		EXPECT(malloc_usable_size(p) >= size);
		EXPECT(kgc_lookup(p + size, NULL) == p);
		free(p);
	}
	free(NULL);
}

/* Sizes that the compiler must not know. */
static volatile size_t huge = SIZE_MAX, half = SIZE_MAX / 2 + 1;

KTEST(libc, impossible_sizes_are_refused)
{
	char *p = malloc(10);

	errno = 0;
	EXPECT(!malloc(huge));
	EXPECT_EQ(errno, ENOMEM);
	errno = 0;
	EXPECT(!malloc(PTRDIFF_MAX + (size_t)(half != 0)));
	EXPECT_EQ(errno, ENOMEM);
	errno = 0;
	EXPECT(!calloc(half, 2));
	EXPECT_EQ(errno, ENOMEM);
	errno = 0;
	EXPECT(!reallocarray(p, half, 2));
	EXPECT_EQ(errno, ENOMEM);
	errno = 0;
	EXPECT(!realloc(p, huge));
	EXPECT_EQ(errno, ENOMEM);
	EXPECT(malloc_usable_size(p) >= 10);
	free(p);
}

KTEST(libc, calloc_zeroes_and_realloc_keeps)
{
	char *p = calloc(7, 9);
	int i;

	ASSERT(p);
	for (i = 0; i < 63; i++)
		EXPECT(!p[i]);
	strcpy(p, "kept");
	p = realloc(p, 5000);
	ASSERT(p);
	EXPECT_STR(p, "kept");
	p = realloc(p, 5);
	ASSERT(p);
	EXPECT_STR(p, "kept");
	free(p);
}

KTEST(libc, memalign_aligns)
{
	size_t align;
	void *p;

	for (align = 1; align <= 1 << 16; align *= 2) {
		p = memalign(align, 40);
		EXPECT(p && aligned(p, align));
		free(p);
		p = aligned_alloc(align, align);
		EXPECT(p && aligned(p, align));
		free(p);
	}
	errno = 0;
	EXPECT(!memalign(48, 10));
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(posix_memalign(&p, 2, 10), EINVAL);
	EXPECT_EQ(posix_memalign(&p, 24, 10), EINVAL);
	EXPECT_EQ(posix_memalign(&p, 64, huge), ENOMEM);
	EXPECT_EQ(posix_memalign(&p, 64, 10), 0);
	EXPECT(aligned(p, 64));
	free(p);
}

KTEST(libc, the_librarys_own_blocks_are_ours)
{
	char *text = NULL;

	ASSERT(asprintf(&text, "%s %.3f %lld", "pi", 3.14159, 1LL << 40) > 0);
	EXPECT_STR(text, "pi 3.142 1099511627776");
	EXPECT(kgc_lookup(text, NULL) == text);
	free(text);
	EXPECT(strtod("1e-7", NULL) == 1e-7);
}

KTEST(libc, files_that_are_not_there)
{
	char byte;

	errno = 0;
	EXPECT_EQ(open("/no/such/file", O_RDONLY), -1);
	EXPECT_EQ(errno, ENOENT);
	errno = 0;
	EXPECT_EQ(open("/no/such/file", O_WRONLY | O_CREAT, 0644), -1);
	EXPECT_EQ(errno, ENOENT);
	errno = 0;
	EXPECT_EQ(read(40, &byte, 1), -1);
	EXPECT_EQ(errno, EBADF);
	EXPECT_EQ(close(40), -1);
	EXPECT(isatty(1));
	EXPECT(!isatty(40));
}

KTEST(libc, clocks_advance)
{
	clock_t start = clock();

	task_sleep_ns(30000000);
	EXPECT(clock() > start);
	EXPECT(time(NULL) > 0);
}

/* No %.17g of a fraction: the libraries differ in the digits beyond 15. */
KTEST(libc, numbers_are_printed_and_read)
{
	char text[128];
	double back;
	size_t i;
	static const double values[] = { 0.1, 1.0 / 3, 1e300, 4.9e-324,
					 123456 };

	snprintf(text, sizeof(text), "%.3f %e %g %g %5d|%-5d|%05d %lld %#x",
		 2.0 / 3, 12345.678, 1e-5, 1e20, 42, 42, 42, 1LL << 40, 255);
	EXPECT_STR(text, "0.667 1.234568e+04 1e-05 1e+20    42|42   |00042 "
			 "1099511627776 0xff");
	snprintf(text, sizeof(text), "%f %F %zu %hhd %c%s%%", INFINITY,
		 -INFINITY, (size_t)7, 300, 'a', "b");
	EXPECT_STR(text, "inf -INF 7 44 ab%");
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(text, sizeof(text), "%.17g", values[i]);
		back = strtod(text, NULL);
		EXPECT(back == values[i]);
	}
	EXPECT(strtod("-1.5e3x", NULL) == -1500.0);
	errno = 0;
	EXPECT(strtod("1e999", NULL) == HUGE_VAL);
	EXPECT_EQ(errno, ERANGE);
	EXPECT_EQ(strtoull("18446744073709551615", NULL, 10), UINT64_MAX);
	EXPECT(sscanf("12 0x1f 2.5 word", "%d %x %lf %9s", (int *)text,
		      (unsigned int *)text + 1, &back, text + 64) == 4);
	EXPECT(back == 2.5);
	EXPECT_STR(text + 64, "word");
}

static int by_pointed(const void *a, const void *b)
{
	const int *const *x = a, *const *y = b;

	if (rand() % 64 == 0)
		kgc_collect();
	return (**x > **y) - (**x < **y);
}

/* The array moves its only pointers through the library's temporaries. */
KTEST(libc, qsort_holds_what_it_moves)
{
	enum { N = 300 };
	int **array = calloc(N, sizeof(*array)), i;

	ASSERT(array);
	for (i = 0; i < N; i++) {
		array[i] = malloc(sizeof(int));
		ASSERT(array[i]);
		*array[i] = (i * 7919) % N;
	}
	qsort(array, N, sizeof(*array), by_pointed);
	for (i = 0; i < N; i++)
		EXPECT_EQ(*array[i], i);
}

static jmp_buf jump;

static __attribute__((noinline)) int deeper(int depth)
{
	if (depth == 0)
		longjmp(jump, 5);
	return depth + (depth < 20 ? deeper(depth - 1) : 0);
}

KTEST(libc, longjmp_returns_again)
{
	volatile double kept = 1.25;
	volatile int times = 0;
	int value = setjmp(jump);

	times++;
	if (value == 0)
		deeper(10);
	EXPECT_EQ(value, 5);
	EXPECT_EQ(times, 2);
	EXPECT(kept == 1.25);
}

/* A picolibc without thread-local storage. */
#if defined(__PICOLIBC__) && !defined(PICOLIBC_TLS) && \
	!defined(__THREAD_LOCAL_STORAGE)
enum { SHARED_STATE = true };
#else
enum { SHARED_STATE = false };
#endif

static void tokenise(void *arg)
{
	char text[] = "x-y-z";
	int *count = arg;
	char *token;

	for (token = strtok(text, "-"); token; token = strtok(NULL, "-")) {
		errno = 100 + ++*count;
		task_yield();
		if (errno != 100 + *count)
			*count = -100;
	}
}

KTEST(libc, state_is_each_tasks_own)
{
	char text[] = "a,b,c,d";
	struct task *task;
	int theirs = 0, ours = 0;
	char *token;

	if (SHARED_STATE) {
		ktest_skip("the library has one strtok() for all");
		return;
	}
	task = task_create("test", tokenise, &theirs, 0);
	ASSERT(task);
	for (token = strtok(text, ","); token; token = strtok(NULL, ",")) {
		EXPECT_EQ(token[0], 'a' + ours);
		errno = ++ours;
		task_yield();
		EXPECT_EQ(errno, ours);
	}
	task_join(task);
	EXPECT_EQ(ours, 4);
	EXPECT_EQ(theirs, 3);
}
