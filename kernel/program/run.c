// SPDX-License-Identifier: MIT
/*
 * run.c - what the main task of a program's image does: main()
 *
 * Takes the place of kernel/run.c, which the image of the tests has.  With
 * run=shell it is the shell that calls main(), when and as often as a person
 * says; what main() left in static memory is there the next time.
 */
#include <kernel/run.h>

#include <stdbool.h>
#include <stddef.h>

#include <arch/console.h>
#include <kernel/final.h>
#include <kernel/libc.h>
#include <kernel/line.h>
#include <kernel/param.h>
#include <kernel/shell.h>
#include <lib/mem.h>
#include <lib/noroot.h>

int main(int argc, char **argv, char **env);
extern char **environ;

static char *words[PARAM_ARGS_MAX + 2];

/* The command line's arguments, and how many words that makes. */
static int words_of_boot(void)
{
	unsigned int i;

	for (i = 0; i < params.argc; i++)
		words[i + 1] = (char *)params.argv[i];
	return (int)params.argc + 1;
}

/* A function, so that the linker has one complaint if there is no main(). */
static __attribute__((noinline)) int call_main(int argc)
{
	int status;

	words[0] = (char *)params.name;
	words[argc] = NULL;
	status = main(argc, words, environ);
	libc_main_ended();
	return status;
}

/* --- in the shell --- */

/* Its own arguments last until main() is called again. */
static void main_command(int argc, char **argv)
{
	static char text[LINE_MAX] NOROOT;
	size_t at = 0, n;
	int i, status;

	for (i = 1; i < argc; i++, at += n) {
		n = text_length(argv[i]) + 1;
		words[i] = memcpy(text + at, argv[i], n);
	}
	status = call_main(argc > 1 ? argc : words_of_boot());
	libc_flush();
	shell_printf("main: returned %d\n", status);
}

static const struct shell_command commands[] = {
	{ .name = "main",
	  .args = "[ARGUMENT...]",
	  .help = "call main(); without them with those behind --",
	  .run = main_command,
	  .most = SHELL_WORDS },
};
const struct shell_group shell_image_group =
	SHELL_GROUP("The program", commands);

static bool shell_is_wanted(void)
{
	unsigned int i;

	for (i = 0; i < params.nrun; i++)
		if (text_equal(params.run[i], "shell"))
			return true;
	return false;
}

void run_main(void *arg)
{
	final_start();
	libc_init();
	/* What the host sent earlier might not have arrived. */
	arch_channel_write("ready 0\n", 8);
	if (shell_is_wanted())
		shell_run();
	libc_exit(call_main(words_of_boot()));
}
