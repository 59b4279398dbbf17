// SPDX-License-Identifier: MIT
/*
 * run.c - what the main task of a program's image does: main()
 *
 * Takes the place of kernel/run.c, which the image of the tests has.
 */
#include <kernel/run.h>

#include <stddef.h>

#include <arch/console.h>
#include <kernel/final.h>
#include <kernel/libc.h>
#include <kernel/param.h>

int main(int argc, char **argv, char **env);
extern char **environ;

void run_main(void *arg)
{
	static char *argv[PARAM_ARGS_MAX + 2];
	unsigned int i;
	int status;

	argv[0] = (char *)params.name;
	for (i = 0; i < params.argc; i++)
		argv[i + 1] = (char *)params.argv[i];
	final_start();
	libc_init();
	/* What the host sent earlier might not have arrived. */
	arch_channel_write("ready 0\n", 8);
	status = main((int)params.argc + 1, argv, environ);
	libc_main_ended();
	libc_exit(status);
}
