// SPDX-License-Identifier: MIT
/*
 * shell_test.c - what the shell's commands say, against what is known
 *
 * The lines that a person would type are executed here, and what is printed is
 * kept.  Addresses of objects are kept hidden, so that no variable of a test
 * refers to them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kernel/frame.h>
#include <kernel/host.h>
#include <kernel/param.h>
#include <kernel/shell.h>
#include <kernel/task.h>
#include <kgc/kgc.h>
#include <lib/noroot.h>
#include <tests/ktest.h>

static char NOROOT out[32 << 10];
static size_t nout;

static void keep(const char *s, size_t n)
{
	if (n > sizeof(out) - 1 - nout)
		n = sizeof(out) - 1 - nout;
	memcpy(out + nout, s, n);
	nout += n;
	out[nout] = '\0';
}

static __attribute__((format(printf, 1, 2))) const char *ask(const char *fmt,
							     ...)
{
	static char line[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	nout = 0;
	out[0] = '\0';
	shell_redirect(keep);
	shell_execute(line);
	shell_redirect(NULL);
	return out;
}

/* Is this one of the lines? */
static bool has_line(const char *line)
{
	const size_t n = strlen(line);
	const char *s = out;

	for (; s; s = strchr(s, '\n'), s += s != NULL)
		if (!strncmp(s, line, n) && s[n] == '\n')
			return true;
	return false;
}

static unsigned int lines(void)
{
	unsigned int n = 0;
	const char *s;

	for (s = out; (s = strchr(s, '\n')); s++)
		n++;
	return n;
}

/* --- lines that are wrong --- */

KTEST(kernel_shell, mistakes_get_one_line)
{
	static const struct {
		const char *line, *answer;
	} mistake[] = {
		{ "xyzzyx", "shell: no command 'xyzzyx'; help lists them\n" },
		{ "hlep", "shell: no command 'hlep'; help lists them; the "
			  "nearest is help\n" },
		{ "help hlep", "shell: no command 'hlep'; help lists them; the "
			       "nearest is help\n" },
		{ "gc foo", "shell: gc has no 'foo'; help gc lists\n" },
		{ "obj", "shell: it is: obj ADDRESS\n" },
		{ "obj 1 2", "shell: it is: obj ADDRESS\n" },
		{ "mem 1", "shell: it is: mem\n" },
		{ "gc check 1", "shell: it is: gc check\n" },
		{ "obj 12g", "shell: '12g' is no address\n" },
		{ "obj 0x", "shell: '0x' is no address\n" },
		{ "obj -1", "shell: '-1' is no address\n" },
		{ "obj 123456789abcdef01",
		  "shell: '123456789abcdef01' is no address\n" },
		{ "why :", "shell: ':' is no address\n" },
		{ "obj 10", "obj: 0x10 is not in the heap\n" },
		{ "why 10", "why: 0x10 is not in the heap\n" },
		{ "who 10", "who: 0x10 is not in the heap\n" },
		{ "gc percent -5", "gc percent: cannot be '-5'\n" },
		{ "gc percent many", "gc percent: cannot be 'many'\n" },
		{ "gc trace 3", "gc trace: cannot be '3'\n" },
		{ "gc spans x",
		  "shell: 'x' is no number from 0 to 4294967295\n" },
		{ "param nonsense", "param: no parameter 'nonsense'\n" },
		{ "param hz 5", "param: hz is read at the boot alone\n" },
		{ "param gctrace x", "param: gctrace cannot be 'x'\n" },
		{ "param mode a-text-that-is-longer-than-there-is-room",
		  "param: mode cannot be "
		  "'a-text-that-is-longer-than-there-is-room'\n" },
		{ "poweroff 256", "shell: '256' is no number from 0 to 255\n" },
		{ "poweroff x", "shell: 'x' is no number from 0 to 255\n" },
		{ "prof 21", "shell: '21' is no number from 0 to 20\n" },
		{ "dump x", "dump: to the channel, or text\n" },
		{ "gc \"percent", "shell: a quote is not closed\n" },
		{ "run shell", "run: this is the shell\n" },
		{ "", "" },
		{ "   ", "" },
		{ "\"\"", "shell: no command ''; help lists them\n" },
	};
	size_t i;

	for (i = 0; i < sizeof(mistake) / sizeof(mistake[0]); i++)
		EXPECT_STR(ask("%s", mistake[i].line), mistake[i].answer);
}

KTEST(kernel_shell, words_are_cut_and_quoted)
{
	char line[2 * SHELL_WORDS + 8] = "help";
	int i;

	EXPECT_STR(ask("  'gc'  \"percent\"  \\-\\5 "),
		   "gc percent: cannot be '-5'\n");
	EXPECT_STR(ask("gc percent 'a \"b'"),
		   "gc percent: cannot be 'a \"b'\n");
	for (i = 0; i < SHELL_WORDS; i++)
		strcat(line, " x");
	EXPECT_STR(ask("%s", line), "shell: more than 128 words\n");
}

KTEST(kernel_shell, help_has_every_command)
{
	static const char *const commands[] = {
		"help",	    "mem",	  "map",	"gc",
		"gc trace", "gc percent", "gc stats",	"gc classes",
		"gc spans", "gc audit",	  "gc check",	"obj",
		"why",	    "who",	  "finalizers", "prof",
		"dump",	    "run",	  "param",	"tasks",
		"panic",    "poweroff",	  "exit",
	};
	char text[32];
	size_t i;

	ask("help");
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		snprintf(text, sizeof(text), "\n  %s ", commands[i]);
		EXPECT(strstr(out, text));
	}
	ask("help gc");
	EXPECT_EQ(lines(), 8);
	EXPECT_STR(
		ask("help mem"),
		"  mem                      every byte of RAM, by its use\n");
}

/* Words that end the machine, or run for long, are not among them. */
KTEST(kernel_shell, any_line_gets_an_answer)
{
	static const char *const words[] = {
		"gc",	 "obj",
		"why",	 "who",
		"param", "help",
		"prof",	 "map",
		"tasks", "0x",
		"ffff",	 "stats",
		"trace", "percent",
		"\"",	 "'",
		"\\",	 " ",
		"9",	 "-",
		"\\\"",	 "7fffffffffffffff",
		"hz",	 "seed",
		"spans", "classes",
	};
	const int percent = kgc_set_percent(100);
	const unsigned int trace = params.gctrace;
	char line[128];
	int i, n;

	for (i = 0; i < 500; i++) {
		line[0] = '\0';
		for (n = ktest_random() / 7 % 6; n >= 0; n--) {
			strcat(line, words[ktest_random() / 7 %
					   (sizeof(words) / sizeof(words[0]))]);
			if (ktest_random() & 64)
				strcat(line, " ");
		}
		ask("%s", line);
		EXPECT(!nout || out[nout - 1] == '\n' ||
		       nout == sizeof(out) - 1);
	}
	ask("gc trace %u", trace);
	ask("gc percent 100");
	kgc_set_percent(percent);
}

/* --- memory --- */

/* The sum of all lines but the last; that line's two numbers. */
static uint64_t mem_sum(uint64_t *sum, uint64_t *ram)
{
	uint64_t total = 0;
	const char *s = out;
	char *rest;

	for (;;) {
		*sum = strtoull(s, &rest, 10);
		if (strstr(rest, "sum, of ") == rest + 2)
			break;
		total += *sum;
		s = strchr(rest, '\n');
		if (!s++)
			return 0;
	}
	*ram = strtoull(rest + 10, NULL, 10);
	return total;
}

static void expect_equation(void)
{
	uint64_t sum = 0, ram = 0, total;

	ask("mem");
	total = mem_sum(&sum, &ram);
	EXPECT_EQ(total, sum);
	EXPECT_EQ(sum, ram);
	EXPECT_EQ(ram, frame_ram_bytes());
	EXPECT(strstr(out, "RAM: every byte\n"));
}

/* The number before @what, of whatever command was asked. */
static uint64_t number_of(const char *what)
{
	const char *s = strstr(out, what);

	if (!s)
		return 0;
	while (s > out && s[-1] != '\n')
		s--;
	return strtoull(s, NULL, 10);
}

static void nothing(void *arg)
{
}

KTEST(kernel_shell, mem_accounts_for_every_byte)
{
	static const uintptr_t pointers = 1;
	struct task *task;
	uint64_t stacks;
	void *p, *q;

	expect_equation();
	stacks = number_of("heap: stacks of tasks");
	EXPECT(stacks > 0 && number_of("image: text") > 0);
	p = kgc_alloc(5 << 20, KGC_NOSCAN);
	q = kgc_alloc(3 << 20, KGC_NOGC);
	task = task_create_stopped("counted", nothing, NULL, 64 << 10);
	kgc_type(&pointers, sizeof(void *) * 7);
	ASSERT(p && q && task);
	expect_equation();
	EXPECT(number_of(" large object") >= 5 << 20);
	EXPECT(number_of("heap: other nogc") >= 3 << 20);
	EXPECT(number_of("heap: stacks of tasks") >= stacks + (64 << 10));
	EXPECT(number_of("layouts of typed objects") > 0);
	kgc_free(p);
	kgc_free(q);
	kgc_trim(SIZE_MAX);
	expect_equation();
	task_start(task);
	task_join(task);
	expect_equation();
}

/* What the map shows for the page of @p. */
static char cell_of(const void *p)
{
	unsigned long row;
	const char *s = out;
	char *cells;
	size_t page;

	for (; s && *s; s = strchr(s, '\n'), s += s != NULL) {
		if (*s != '0')
			continue; /* free rows, which are only counted */
		row = strtoul(s, &cells, 16);
		page = ((unsigned long)p - row) >> 12;
		if ((unsigned long)p >= row && page < 64)
			return cells[2 + page];
	}
	return '?';
}

KTEST(kernel_shell, map_has_a_cell_for_each_page)
{
	void *p = kgc_alloc(5 * 4096, KGC_NOGC);
	void *q = kgc_alloc(100000, 0);

	ASSERT(p && q);
	ask("map");
	EXPECT_EQ(cell_of(p), 'N');
	EXPECT_EQ(cell_of((char *)p + 5 * 4096 - 1), 'N');
	EXPECT_EQ(cell_of(q), 'L');
	EXPECT(strstr(out, "\na page each: "));
	kgc_free(p);
	ask("map");
	EXPECT(cell_of(p) != 'N');
	kgc_free(q);
}

/* --- objects --- */

struct thing {
	struct thing *other;
	uintptr_t number;
	struct thing *last;
};
static struct thing *shell_root;
static uintptr_t hidden[2]; /* complements of the first and the second */

/* A root, a thing that it leads to, and one behind that. */
static __attribute__((noinline)) void make_things(void)
{
	struct thing *a = kgc_alloc(sizeof(*a), 0);
	struct thing *b = kgc_alloc(300, KGC_NOSCAN);

	a->number = 0x1234;
	a->last = b;
	shell_root = a;
	hidden[0] = ~(uintptr_t)a;
	hidden[1] = ~(uintptr_t)b;
}

static const char *line_of(const char *fmt, ...)
{
	static char line[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return line;
}

KTEST(kernel_shell, obj_tells_what_is_there)
{
	const int digits = (int)sizeof(void *) * 2;

	make_things();
	ask("obj %lx", (unsigned long)~hidden[0]);
	EXPECT(has_line(
		line_of("  +0x%02zx 0x%0*x", sizeof(void *), digits, 0x1234)));
	EXPECT(has_line(line_of(
		"  +0x%02zx 0x%0*lx  object 0x%lx of %zu", 2 * sizeof(void *),
		digits, (unsigned long)~hidden[1], (unsigned long)~hidden[1],
		kgc_usable_size((void *)~hidden[1]))));
	ask("obj 0x%lx", (unsigned long)~hidden[1] + 100);
	EXPECT(strstr(out, line_of("object 0x%lx of %zu bytes, noscan, class ",
				   (unsigned long)~hidden[1],
				   kgc_usable_size((void *)~hidden[1]))) ==
	       out);
	EXPECT(strstr(out, "\n  the address is at +0x64\n"));
	shell_root = NULL;
}

KTEST(kernel_shell, why_and_who_tell_the_chain)
{
	make_things();
	ask("why %lx", (unsigned long)~hidden[1]);
	EXPECT_STR(out, line_of("  data shell_root+0x0 -> object 0x%lx\n"
				"  +0x%lx -> object 0x%lx\n",
				(unsigned long)~hidden[0],
				(unsigned long)(2 * sizeof(void *)),
				(unsigned long)~hidden[1]));
	ask("who %lx", (unsigned long)~hidden[1]);
	EXPECT(has_line(line_of("  object 0x%lx, +0x%lx",
				(unsigned long)~hidden[0],
				(unsigned long)(2 * sizeof(void *)))));
	ask("who %lx", (unsigned long)~hidden[0]);
	EXPECT(has_line("  data shell_root+0x0"));
	shell_root = NULL;
}

KTEST(kernel_shell, why_without_memory_says_so)
{
	make_things();
	host_fail_commit(1, false);
	ask("why %lx", (unsigned long)~hidden[1]);
	host_fail_commit(0, false);
	EXPECT_STR(out, "why: no memory for the search\n");
	EXPECT(strstr(ask("why %lx", (unsigned long)~hidden[1]), "shell_root"));
	shell_root = NULL;
}

KTEST(kernel_shell, what_is_free_is_told)
{
	void *p = kgc_alloc(300, KGC_NOSCAN);
	unsigned long address = (unsigned long)p;

	ASSERT(p);
	kgc_free(p);
	ask("obj %lx", address);
	EXPECT_EQ(lines(), 1);
	EXPECT(strstr(out, "obj: 0x") == out && strstr(out, " is in free "));
	ask("why %lx", address);
	EXPECT_EQ(lines(), 1);
}

KTEST(kernel_shell, a_stack_is_told_and_not_read)
{
	const struct task *task = task_current();

	ask("obj %lx", (unsigned long)task->block);
	EXPECT(strstr(out, " bytes, nogc, "));
	EXPECT(strstr(out, " pages of its own\n"));
	EXPECT(!strstr(out, "+0x00"));
	ask("why %lx", (unsigned long)task->block);
	EXPECT_EQ(lines(), 1);
}

static void shell_finalizer(void *p, void *arg)
{
}

KTEST(kernel_shell, finalizers_are_listed)
{
	unsigned long address;

	make_things();
	address = (unsigned long)~hidden[0];
	ASSERT_EQ(kgc_set_finalizer(shell_root, shell_finalizer, NULL), 0);
	ask("finalizers");
	EXPECT(strstr(
		out, line_of("  object 0x%lx  shell_finalizer+0x0(", address)));
	ask("obj %lx", address);
	EXPECT(has_line("  has a finalizer"));
	kgc_set_finalizer(shell_root, NULL, NULL);
	shell_root = NULL;
}

/* --- the collector --- */

KTEST(kernel_shell, gc_collects)
{
	const uint32_t before = kgc_cycles();

	EXPECT_STR(ask("gc"), "");
	EXPECT(kgc_cycles() > before);
	EXPECT_STR(ask("gc check"), "gc check: sound\n");
	kgc_disable();
	EXPECT_STR(ask("gc"), "gc: not while collections are disabled\n");
	kgc_enable();
}

KTEST(kernel_shell, percent_and_trace_are_set)
{
	const int old = kgc_set_percent(100);
	char trace[8];

	EXPECT_STR(ask("gc percent 77"), "");
	EXPECT_EQ(kgc_set_percent(77), 77);
	EXPECT_STR(ask("gc percent"), "gcpercent is 77\n");
	EXPECT_STR(ask("gc percent off"), "");
	EXPECT(kgc_set_percent(0) < 0);
	EXPECT_STR(ask("param gcpercent"), "  * gcpercent        off\n");
	snprintf(trace, sizeof(trace), "%u", params.gctrace);
	EXPECT_STR(ask("gc trace 2"), "");
	EXPECT_EQ(kgc_set_trace(2), 2);
	EXPECT_STR(ask("gc trace %s", trace), "");
	ask("gc percent %d", old);
	if (old < 0)
		ask("gc percent off");
	kgc_set_percent(old);
}

KTEST(kernel_shell, parameters_are_set)
{
	const char *old = param_string("mode");
	char mode[32];

	snprintf(mode, sizeof(mode), "%s", old ? old : "");
	EXPECT_STR(ask("param mode free"), "");
	EXPECT_STR(param_string("mode"), "free");
	EXPECT_STR(params.mode, "free");
	EXPECT_STR(ask("param mode"), "  * mode             free\n");
	EXPECT_STR(ask("param mode '%s'", mode), "");
	ask("param");
	EXPECT(strstr(out, "\n    hz "));
	EXPECT(has_line("* can change: param NAME VALUE"));
}

/* The line of a class: its third number is that of objects. */
static uint64_t objects_of(const char *size)
{
	char head[32], *rest;
	const char *s;

	snprintf(head, sizeof(head), "\n%8s ", size);
	ask("gc classes");
	s = strstr(out, head);
	if (!s)
		return 0;
	strtoull(s + strlen(head), &rest, 10);
	return strtoull(rest, NULL, 10);
}

KTEST(kernel_shell, classes_count_objects)
{
	static void *kept[100];
	uint64_t before = objects_of("1280"), all = objects_of("all");
	int i;

	for (i = 0; i < 100; i++)
		kept[i] = kgc_alloc(1200, KGC_NOSCAN | KGC_NOCOLLECT);
	EXPECT_EQ(objects_of("1280"), before + 100);
	EXPECT_EQ(objects_of("all"), all + 100);
	ask("gc spans 1280");
	EXPECT(strstr(out, " 1280 ") && strstr(out, "  noscan\n"));
	for (i = 0; i < 100; i++) {
		kgc_free(kept[i]);
		kept[i] = NULL;
	}
}

KTEST(kernel_shell, stats_are_those_of_memstats)
{
	static struct kgc_memstats NOROOT stats;

	kgc_collect();
	ask("gc stats");
	kgc_read_memstats(&stats);
	EXPECT(has_line(line_of("  %-16s %14llu", "heap_objects",
				(unsigned long long)stats.heap_objects)));
	EXPECT(has_line(line_of("  %-16s %14llu", "numgc",
				(unsigned long long)stats.numgc)));
	EXPECT(strstr(out, "\npauses of the last "));
	EXPECT(strchr(out, '#'));
	ask("gc audit");
	EXPECT(strstr(out, "uncollectable objects and finalizers\n"));
	EXPECT(strstr(out, "? stack of task "));
}

KTEST(kernel_shell, tasks_are_listed)
{
	struct task *task =
		task_create_stopped("listed", nothing, NULL, 64 << 10);

	ASSERT(task);
	ask("tasks");
	EXPECT(strstr(out, "  running  main\n"));
	EXPECT(strstr(out, "  waiting  listed\n"));
	EXPECT(strstr(out, "  idle     idle\n"));
	task_start(task);
	task_join(task);
	EXPECT(!strstr(ask("tasks"), "listed"));
}

/* "KGCDUMP\n" in base64; what does not fit here is dropped. */
KTEST(kernel_shell, dump_is_sent)
{
	ask("dump text");
	EXPECT(strstr(out, "dump: S0dDRFVNUAo") == out);
	ask("dump");
	EXPECT(strstr(out, " bytes to the second channel, "));
	EXPECT_EQ(lines(), 1);
}
