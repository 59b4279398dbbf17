// SPDX-License-Identifier: MIT
/*
 * start.c - a program's beginning and end, with either library
 *
 * What the library keeps for each task, and its streams, are in the library's
 * own folder.
 */
#include <kgc_leak.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <kernel/libc.h>
#include <kernel/panic.h>
#include <kernel/param.h>
#include <libc/fd.h>
#include <libc/lock.h>
#include <libc/malloc.h>
#include <libc/start.h>
#include <libc/thread.h>

extern char **environ;
void __libc_init_array(void);
/* What old compilers put calls of constructors into; nothing does here. */
void _init(void);
void _fini(void);

void _init(void)
{
}

void _fini(void)
{
}

void libc_init(void)
{
	static char *env[PARAM_ENVS_MAX + 1];
	unsigned int i;

	malloc_init();
	thread_init();
	fd_init();
	for (i = 0; i < params.nenv; i++)
		env[i] = (char *)params.env[i];
	environ = env;
	/* The first is called last, just before streams are closed. */
	atexit(lock_ending);
	library_init();
	__libc_init_array();
}

void libc_task_exit(void *state)
{
	thread_end();
	library_task_exit(state);
}

void libc_flush(void)
{
	fflush(stdout);
	fflush(stderr);
}

void libc_exit(int status)
{
	exit(status);
}

void _exit(int status)
{
	kgc_leak_report();
	kernel_exit(status);
}
