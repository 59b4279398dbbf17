// SPDX-License-Identifier: MIT
/*
 * stdio_test.c - streams, by several tasks at once; beginning and end
 *
 * What is printed to the console is looked at by tests/run/libc.t.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kernel/task.h>
#include <kgc/kgc.h>
#include <tests/ktest.h>

KTEST(stdio, streams_have_state_that_collections_leave)
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

/* A record is one call's: letters and the end of a line. */
enum { LETTERS = 120, RECORD = LETTERS + 1 };

struct writer {
	FILE *f;
	char letter;
	int records;
	bool yields;
};

static void write_records(void *arg)
{
	const struct writer *w = arg;
	char record[RECORD + 1];
	int i;

	memset(record, w->letter, LETTERS);
	strcpy(record + LETTERS, "\n");
	for (i = 0; i < w->records; i++) {
		if (i % 3 == 0)
			fprintf(w->f, "%.*s%c%s", LETTERS - 1, record,
				w->letter, "\n");
		else if (i % 3 == 1)
			fwrite(record, 1, RECORD, w->f);
		else
			fputs(record, w->f);
		if (w->yields)
			task_yield();
	}
}

static bool is_whole(const char *record)
{
	size_t i;

	for (i = 1; i < LETTERS; i++)
		if (record[i] != record[0])
			return false;
	return (record[0] == 'a' || record[0] == 'b') &&
	       record[LETTERS] == '\n';
}

static void check_two_writers(int records, bool yields)
{
	struct writer a = { NULL, 'a', records, yields };
	struct writer b = { NULL, 'b', records, yields };
	struct task *task[2];
	char *text;
	size_t size, i, broken = 0;

	a.f = b.f = open_memstream(&text, &size);
	ASSERT(a.f);
	task[0] = task_create("test", write_records, &a, 0);
	task[1] = task_create("test", write_records, &b, 0);
	ASSERT(task[0] && task[1]);
	task_join(task[0]);
	task_join(task[1]);
	fclose(a.f);
	ASSERT_EQ(size, 2 * (size_t)records * RECORD);
	for (i = 0; i < size; i += RECORD)
		broken += !is_whole(text + i);
	EXPECT_EQ(broken, 0);
	free(text);
}

KTEST(stdio, calls_of_two_tasks_do_not_mix)
{
	check_two_writers(50, true);
}

/* Neither gives way: the tick takes the processor from them in a call. */
KTEST(stdio, calls_are_whole_under_preemption)
{
	check_two_writers(3000, false);
}

/* tests/run/libc.t counts the lines. */
KTEST(stdio, two_tasks_print)
{
	struct writer a = { stdout, 'a', 20, true };
	struct writer b = { stdout, 'b', 20, true };
	FILE *volatile all = NULL;
	struct task *task[2];

	task[0] = task_create("test", write_records, &a, 0);
	task[1] = task_create("test", write_records, &b, 0);
	ASSERT(task[0] && task[1]);
	task_join(task[0]);
	task_join(task[1]);
	EXPECT_EQ(ferror(stdout), 0);
	EXPECT_EQ(fflush(all), 0);
}

KTEST(stdio, lines_are_read_whole)
{
	char text[] = "one\ntwo\nlast", *line = NULL, piece[16];
	FILE *f = fmemopen(text, strlen(text), "r");
	size_t size = 0;

	ASSERT(f);
	EXPECT_EQ(getline(&line, &size, f), 4);
	EXPECT_STR(line, "one\n");
	EXPECT(kgc_lookup(line, NULL) == line);
	EXPECT(fgets(piece, 3, f) == piece);
	EXPECT_STR(piece, "tw");
	EXPECT(fgets(piece, sizeof(piece), f) == piece);
	EXPECT_STR(piece, "o\n");
	EXPECT_EQ(ungetc('L', f), 'L');
	EXPECT(fgets(piece, sizeof(piece), f) == piece);
	EXPECT_STR(piece, "Llast");
	EXPECT(!fgets(piece, sizeof(piece), f));
	EXPECT_EQ(getline(&line, &size, f), -1);
	fclose(f);
	free(line);
}

KTEST(stdio, descriptors_take_formats)
{
	EXPECT_EQ(dprintf(STDOUT_FILENO, "# %s %d\n", "descriptor", 1), 15);
	EXPECT_EQ(fileno(stdin), 0);
	EXPECT_EQ(fileno(stdout), 1);
	EXPECT_EQ(fileno(stderr), 2);
}

static int constructed;

static __attribute__((constructor)) void construct(void)
{
	constructed = 1;
}

/* Says something only after the case below. */
static bool registered;

static __attribute__((destructor)) void destruct(void)
{
	if (registered)
		printf("# exit: destructor\n# exit: unfinished");
}

static void first(void)
{
	printf("# exit: first\n");
}

static void second(void)
{
	printf("# exit: second\n");
}

KTEST(libc_exit, runs_what_is_registered)
{
	EXPECT_EQ(constructed, 1);
	registered = true;
	EXPECT_EQ(atexit(first), 0);
	EXPECT_EQ(atexit(second), 0);
}
