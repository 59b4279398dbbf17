/* SPDX-License-Identifier: MIT */
/*
 * kernel/shell.h - commands by the serial line
 *
 * A command is an entry of a table; `help` and the completion of names read
 * the same tables.
 */
#ifndef KERNEL_SHELL_H
#define KERNEL_SHELL_H

#include <stddef.h>

struct shell_command {
	const char *name;
	const char *args; /* as help shows them; "" for none */
	const char *help; /* one line */
	/* @argv[0] is the name; NULL: it needs one of the commands below it */
	void (*run)(int argc, char **argv);
	int least, most; /* arguments */
	/* Those that may stand behind its name, or NULL. */
	const struct shell_command *sub;
	unsigned int nsub;
};

struct shell_group {
	const char *title;
	const struct shell_command *commands;
	unsigned int n;
};
#define SHELL_GROUP(title_, table)                      \
	{                                               \
		.title = (title_), .commands = (table), \
		.n = sizeof(table) / sizeof((table)[0]) \
	}

/* What this image has besides: kernel/run.c or kernel/program/run.c. */
extern const struct shell_group shell_image_group;

enum { SHELL_WORDS = 128 }; /* in a line, at most */

/* Read lines and do them; the end of the input ends the machine, well. */
_Noreturn void shell_run(void);

/* Do one line, which is cut into words in place. */
void shell_execute(char *line);

/* From now on output goes there; NULL: to the console. */
void shell_redirect(void (*write)(const char *s, size_t n));

/* Print, as a command. */
void shell_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* KERNEL_SHELL_H */
