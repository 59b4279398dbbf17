// SPDX-License-Identifier: MIT
/* libc_test.c - malloc's family, streams, locks: the library on this kernel */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
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

KTEST(libc, streams_have_state_that_collections_leave)
{
	FILE *f;
	char *text;
	size_t size;
	int i;

	f = open_memstream(&text, &size);
	ASSERT(f);
	for (i = 0; i < 500; i++) {
		fprintf(f, "%d\n", i);
		if (i % 100 == 0)
			kgc_collect();
	}
	fclose(f);
	EXPECT_EQ(size, 10 * 2 + 90 * 3 + 400 * 4);
	EXPECT(!memcmp(text + size - 4, "499\n", 4));
	free(text);
}

KTEST(libc, files_that_are_not_there)
{
	char byte;

	errno = 0;
	EXPECT_EQ(open("/no/such/file", O_RDONLY), -1);
	EXPECT_EQ(errno, ENOENT);
	errno = 0;
	EXPECT_EQ(open("/no/such/file", O_WRONLY | O_CREAT, 0644), -1);
	EXPECT_EQ(errno, EROFS);
	errno = 0;
	EXPECT_EQ(read(40, &byte, 1), -1);
	EXPECT_EQ(errno, EBADF);
	EXPECT_EQ(close(40), -1);
	EXPECT(isatty(1));
	EXPECT(!isatty(40));
}

struct writer {
	FILE *f;
	char letter;
};

static void write_lines(void *arg)
{
	struct writer *w = arg;
	int i;

	for (i = 0; i < 50; i++) {
		fprintf(w->f, "%c%c%c%c\n", w->letter, w->letter, w->letter,
			w->letter);
		task_yield();
	}
}

KTEST(libc, lines_of_two_tasks_do_not_mix)
{
	struct writer a = { NULL, 'a' }, b = { NULL, 'b' };
	struct task *task[2];
	char *text;
	size_t size, i;

	a.f = b.f = open_memstream(&text, &size);
	ASSERT(a.f);
	task[0] = task_create("test", write_lines, &a, 0);
	task[1] = task_create("test", write_lines, &b, 0);
	ASSERT(task[0] && task[1]);
	task_join(task[0]);
	task_join(task[1]);
	fclose(a.f);
	ASSERT_EQ(size, 500);
	for (i = 0; i < size; i += 5)
		EXPECT(!memcmp(text + i, "aaaa\n", 5) ||
		       !memcmp(text + i, "bbbb\n", 5));
	free(text);
}

KTEST(libc, clocks_advance)
{
	clock_t start = clock();

	task_sleep_ns(30000000);
	EXPECT(clock() > start);
	EXPECT(time(NULL) > 0);
}
