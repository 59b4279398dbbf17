// SPDX-License-Identifier: MIT
/*
 * shell.c - fuzz target: the shell's line, from a key to a command's arguments
 *
 * Whatever is typed, the terminal shows what the editor thinks it shows and the
 * cursor stands where it thinks; a line stays in its bounds; and a command is
 * called with words of the line, as many as it takes.
 */
#include <setjmp.h>
#include <string.h>

#include <kernel/console.h>
#include <kernel/libc.h>
#include <kernel/param.h>
#include <kernel/shell.h>

#include "fuzz.h"
#include "internal.h"

struct kernel_params params;

static struct {
	const char *next, *end; /* keys to come */
	jmp_buf over;
	char row[LINE_COLUMNS + 1];
	size_t column;
	int escape; /* bytes of a sequence that have come */

} tty;

const char *param_name(unsigned int i)
{
	static const char *const names[] = { "gcpercent", "gctrace" };

	return i < 2 ? names[i] : NULL;
}

/* --- a terminal of one row --- */

static void control(char c)
{
	if (c == '\b') {
		must(tty.column);
		tty.column--;
	} else if (c == '\n') {
		memset(tty.row, ' ', LINE_COLUMNS);
		tty.column = 0;
	} else if (c == '\033') {
		tty.escape = 1;
	} else {
		must(c == '\a');
	}
}

static void escaped(char c)
{
	tty.escape++;
	if (c == '[' || c == '2')
		return;
	tty.escape = 0;
	must(c == 'K' || c == 'H' || c == 'J');
	if (c == 'H')
		tty.column = 0;
	else
		memset(tty.row + tty.column, ' ', LINE_COLUMNS - tty.column);
}

/* What commands print may be longer than a row; the editor's may not. */
static void show(char c)
{
	if (tty.escape)
		escaped(c);
	else if ((unsigned char)c < ' ')
		control(c);
	else if (tty.column < LINE_COLUMNS - 1)
		tty.row[tty.column++] = c;
}

void console_write(const char *s, size_t n)
{
	while (n--)
		show(*s++);
}

size_t console_read(char *buf, size_t n)
{
	if (tty.next == tty.end)
		return 0;
	*buf = *tty.next++;
	return 1;
}

void libc_exit(int status)
{
	longjmp(tty.over, 1);
}

/* --- commands --- */

static void check_words(int argc, char **argv)
{
	must(argc >= 1 && argc <= SHELL_WORDS && !argv[argc]);
	for (int i = 0; i < argc; i++)
		must(strlen(argv[i]) < LINE_MAX);
	for (int i = 1; i < argc; i++)
		must(argv[i] > argv[i - 1]);
}

static void run_any(int argc, char **argv)
{
	check_words(argc, argv);
}

static void run_one(int argc, char **argv)
{
	unsigned int number = 0;

	check_words(argc, argv);
	must(argc == 2);
	if (shell_number(argv[1], 1000, &number))
		must(number <= 1000);
}

static void run_address(int argc, char **argv)
{
	uintptr_t address;

	check_words(argc, argv);
	must(argc <= 3);
	if (argc > 1)
		shell_address(argv[1], &address);
}

static const struct shell_command subs[] = {
	{ .name = "one",
	  .args = "N",
	  .help = "",
	  .run = run_one,
	  .least = 1,
	  .most = 1 },
	{ .name = "other",
	  .args = "",
	  .help = "",
	  .run = run_any,
	  .most = SHELL_WORDS },
};
static const struct shell_command commands[] = {
	{ .name = "mem", .args = "", .help = "", .run = run_any },
	{ .name = "obj",
	  .args = "ADDRESS",
	  .help = "",
	  .run = run_address,
	  .most = 2 },
	{ .name = "gc",
	  .args = "",
	  .help = "",
	  .run = run_any,
	  .sub = subs,
	  .nsub = 2 },
	{ .name = "param",
	  .args = "[NAME[=VALUE]]",
	  .help = "",
	  .run = run_any,
	  .most = 1 },
	{ .name = "prof", .args = "", .help = "", .sub = subs, .nsub = 2 },
};
#define GROUP(name) \
	const struct shell_group name = SHELL_GROUP("A group", commands)
GROUP(shell_memory_group);
GROUP(shell_collector_group);
GROUP(shell_object_group);
GROUP(shell_profile_group);
GROUP(shell_image_group);
GROUP(shell_parameter_group);
GROUP(shell_machine_group);

/* --- the editor alone, then all of it --- */

static void check_line(const struct line *l, enum line_event event)
{
	const size_t prompt = strlen(l->prompt);

	must(l->n < LINE_MAX && l->nhistory <= LINE_HISTORY);
	if (event == LINE_DONE)
		must(l->text[l->n] == '\0');
	if (event != LINE_MORE)
		return;
	must(l->at <= l->n && l->first <= l->at);
	must(tty.column == prompt + l->column);
	must(!memcmp(tty.row, l->prompt, prompt));
	must(!memcmp(tty.row + prompt, l->shown, l->nshown));
	for (size_t i = prompt + l->nshown; i < LINE_COLUMNS; i++)
		must(tty.row[i] == ' ');
	must(l->at - l->first == l->column);
	must(!memcmp(l->shown, l->text + l->first, l->nshown));
}

static void edit(const uint8_t *data, size_t size)
{
	static struct line l;
	enum line_event event = LINE_BREAK;
	size_t taken, n;

	memset(&l, 0, sizeof(l));
	l.prompt = "kgc> ";
	l.echo = console_write;
	l.word = words_behind;
	while (size) {
		if (event != LINE_MORE)
			line_begin(&l);
		n = 1 + *data % 7; /* keys come in pieces */
		n = n < size ? n : size;
		taken = line_feed(&l, (const char *)data, n, &event);
		must(taken <= n && (taken || event != LINE_MORE));
		check_line(&l, event);
		if (event == LINE_END)
			console_write("\n", 1); /* as the shell does */
		data += taken;
		size -= taken;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memset(tty.row, ' ', LINE_COLUMNS);
	tty.column = 0;
	tty.escape = 0;
	edit(data, size);
	tty.next = (const char *)data;
	tty.end = tty.next + size;
	params.stdin_escaped = size && data[0] & 1;
	if (!setjmp(tty.over))
		shell_run();
	return 0;
}
