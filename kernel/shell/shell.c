// SPDX-License-Identifier: MIT
/*
 * shell.c - commands by the serial line
 *
 * A line is cut into words at blanks; quotes keep blanks, a backslash the next
 * byte.  The first word is looked up in the tables of the groups.  Whatever is
 * wrong with a line gets one line of answer, and the shell goes on.
 *
 * The input is read byte by byte, so that a program that a command runs finds
 * what follows the line.  Who waits for a byte sleeps, and the CPU is halted.
 * With stdin=escaped there is no terminal: no prompt and no echo, and the end
 * of the input is that of the shell.
 *
 * Nothing here takes memory, so all of it works when there is none.  What is
 * kept lies outside the roots: a number that was typed keeps no object.
 *
 * Locking: one task is the shell.
 */
#include <kernel/shell.h>

#include <kernel/console.h>
#include <kernel/libc.h>
#include <kernel/param.h>
#include <kgc/kgc.h>
#include <lib/format.h>
#include <lib/mem.h>
#include <lib/noroot.h>

#include "internal.h"

static const struct shell_group help_group;
const struct shell_group *const shell_groups[] = {
	&help_group,
	&shell_memory_group,
	&shell_collector_group,
	&shell_object_group,
	&shell_profile_group,
	&shell_image_group,
	&shell_parameter_group,
	&shell_machine_group,
};
const unsigned int shell_ngroups =
	sizeof(shell_groups) / sizeof(shell_groups[0]);

static struct line line NOROOT;
static uintptr_t frame NOROOT;
static void (*redirected)(const char *s, size_t n);

/* --- output --- */

struct gather {
	char buf[256];
	size_t n;
};

static void write_out(const char *s, size_t n)
{
	if (redirected)
		redirected(s, n);
	else
		console_write(s, n);
}

/* A format comes in small pieces, which go out as one. */
static void gather(void *arg, const char *s, size_t n)
{
	struct gather *g = arg;
	size_t i;

	for (i = 0; i < n; i++) {
		if (g->n == sizeof(g->buf)) {
			write_out(g->buf, g->n);
			g->n = 0;
		}
		g->buf[g->n++] = s[i];
	}
}

void shell_printf(const char *fmt, ...)
{
	struct gather g = { .n = 0 };
	va_list ap;

	va_start(ap, fmt);
	format(gather, &g, fmt, ap);
	va_end(ap);
	write_out(g.buf, g.n);
}

void shell_write(void *arg, const char *s, size_t n)
{
	write_out(s, n);
}

void shell_redirect(void (*write)(const char *s, size_t n))
{
	redirected = write;
}

/* --- numbers --- */

bool shell_address(const char *s, uintptr_t *address)
{
	const char *digit = text_begins(s, "0x") ? s + 2 : s;
	unsigned int v, n = 0;
	uintptr_t sum = 0;

	for (; *digit; digit++, n++) {
		v = (unsigned int)*digit - '0';
		if (v > 9)
			v = ((unsigned int)*digit | 0x20) - 'a' + 10;
		if (v >= 16 || (v >= 10 && *digit <= '9') ||
		    sum >> (8 * sizeof(sum) - 4))
			break;
		sum = sum << 4 | v;
	}
	if (*digit || !n) {
		shell_printf("shell: '%s' is no address\n", s);
		return false;
	}
	*address = sum;
	return true;
}

bool shell_number(const char *s, unsigned int most, unsigned int *number)
{
	const char *digit;
	uint64_t sum = 0;

	for (digit = s; *digit >= '0' && *digit <= '9' && sum <= most; digit++)
		sum = sum * 10 + (unsigned int)(*digit - '0');
	if (*digit || digit == s || sum > most) {
		shell_printf("shell: '%s' is no number from 0 to %u\n", s,
			     most);
		return false;
	}
	*number = (unsigned int)sum;
	return true;
}

uintptr_t shell_frame(void)
{
	return frame;
}

/* --- help --- */

static void help_line(const char *before, const struct shell_command *c)
{
	char head[64];

	format_buffer(head, sizeof(head), "%s%s%s%s", before, c->name,
		      *c->args ? " " : "", c->args);
	shell_printf("  %-24s %s\n", head, c->help);
}

static void help_command(const struct shell_command *c)
{
	char before[32];
	unsigned int i;

	if (c->run)
		help_line("", c);
	format_buffer(before, sizeof(before), "%s ", c->name);
	for (i = 0; i < c->nsub; i++)
		help_line(before, &c->sub[i]);
}

static void unknown_command(const char *name)
{
	const char *nearest = words_nearest(name);

	shell_printf("shell: no command '%s'; help lists them", name);
	if (nearest)
		shell_printf("; the nearest is %s", nearest);
	shell_printf("\n");
}

static void help_run(int argc, char **argv)
{
	const struct shell_command *c;
	unsigned int g, i;

	if (argc > 1) {
		c = shell_find(argv[1], text_length(argv[1]));
		if (c)
			help_command(c);
		else
			unknown_command(argv[1]);
		return;
	}
	for (g = 0; g < shell_ngroups; g++) {
		shell_printf("%s\n", shell_groups[g]->title);
		for (i = 0; i < shell_groups[g]->n; i++)
			help_command(&shell_groups[g]->commands[i]);
	}
}

static const struct shell_command help_commands[] = {
	{ .name = "help",
	  .args = "[COMMAND]",
	  .help = "this list, or what it says of one",
	  .run = help_run,
	  .most = 1 },
};
static const struct shell_group help_group =
	SHELL_GROUP("The shell", help_commands);

/* --- commands --- */

const struct shell_command *shell_find(const char *name, size_t n)
{
	const struct shell_command *c;
	unsigned int g;

	for (g = 0; g < shell_ngroups; g++)
		for (c = shell_groups[g]->commands;
		     c < shell_groups[g]->commands + shell_groups[g]->n; c++)
			if (text_length(c->name) == n &&
			    !memcmp(c->name, name, n))
				return c;
	return NULL;
}

static const struct shell_command *find_sub(const struct shell_command *c,
					    const char *name)
{
	unsigned int i;

	for (i = 0; i < c->nsub; i++)
		if (text_equal(c->sub[i].name, name))
			return &c->sub[i];
	return NULL;
}

static void run_command(const struct shell_command *c, int argc, char **argv)
{
	const struct shell_command *sub;
	const char *before = "";

	if (c->sub && argc > 1) {
		sub = find_sub(c, argv[1]);
		if (!sub) {
			shell_printf("shell: %s has no '%s'; help %s lists\n",
				     c->name, argv[1], c->name);
			return;
		}
		before = c->name;
		c = sub;
		argc--;
		argv++;
	}
	if (!c->run || argc - 1 < c->least || argc - 1 > c->most)
		shell_printf("shell: it is: %s%s%s%s%s\n", before,
			     *before ? " " : "", c->name, *c->args ? " " : "",
			     c->args);
	else
		c->run(argc, argv);
}

/* Cut one word off *@from, in place; NULL: none is left, or it does not end. */
static char *word_cut(char **from, bool *bad)
{
	char *in = *from, *out, *word, quote = 0;

	while (*in == ' ')
		in++;
	if (!*in)
		return NULL;
	for (word = out = in; *in && (quote || *in != ' '); in++) {
		if (*in == quote) {
			quote = 0;
		} else if (!quote && (*in == '"' || *in == '\'')) {
			quote = *in;
		} else {
			if (*in == '\\' && quote != '\'' && in[1])
				in++;
			*out++ = *in;
		}
	}
	*bad = quote;
	*from = *in ? in + 1 : in;
	*out = '\0';
	return word;
}

void shell_execute(char *text)
{
	char *argv[SHELL_WORDS + 1], *word;
	const struct shell_command *c;
	bool bad = false;
	int argc = 0;

	frame = (uintptr_t)__builtin_frame_address(0);
	while (!bad && (word = word_cut(&text, &bad)) && argc < SHELL_WORDS)
		argv[argc++] = word;
	if (bad) {
		shell_printf("shell: a quote is not closed\n");
		return;
	}
	if (word) {
		shell_printf("shell: more than %d words\n", SHELL_WORDS);
		return;
	}
	if (!argc)
		return;
	argv[argc] = NULL;
	c = shell_find(argv[0], text_length(argv[0]));
	if (c)
		run_command(c, argc, argv);
	else
		unknown_command(argv[0]);
}

/* --- lines --- */

static void line_ended(enum line_event event)
{
	if (event == LINE_DONE)
		shell_execute(line.text);
	else if (event == LINE_LONG)
		shell_printf("shell: the line is longer than %d bytes\n",
			     LINE_MAX - 1);
}

void shell_run(void)
{
	enum line_event event = LINE_BREAK;
	char c;

	line.prompt = "kgc> ";
	line.plain = params.stdin_escaped;
	line.echo = write_out;
	line.word = words_behind;
	if (!line.plain)
		shell_printf("Type help for the commands.\n");
	do {
		if (event != LINE_MORE)
			line_begin(&line);
		if (!console_read(&c, 1)) {
			c = '\n';
			line_feed(&line, &c, 1, &event);
			line_ended(event);
			break;
		}
		line_feed(&line, &c, 1, &event);
		line_ended(event);
	} while (event != LINE_END);
	if (event == LINE_END)
		shell_printf("\n");
	libc_exit(0);
}
