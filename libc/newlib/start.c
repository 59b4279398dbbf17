// SPDX-License-Identifier: MIT
/*
 * start.c - the library's beginning and end, and its state in each task
 *
 * errno, strtok's place and the like are in a struct _reent, of which each task
 * has its own in its block; the library finds it by _impure_ptr.  The boot
 * stack and whatever runs before the first task use the library's global one.
 */
#include <reent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <kernel/libc.h>
#include <kernel/panic.h>
#include <kernel/param.h>
#include <kgc_leak.h>
#include <libc/malloc.h>

extern char **environ;
void __libc_init_array(void);
void __libc_fini_array(void);
/* What old compilers put calls of constructors into; nothing does here. */
void _init(void);
void _fini(void);

void _init(void)
{
}

void _fini(void)
{
}

size_t libc_task_size(void)
{
	return sizeof(struct _reent);
}

void libc_task_init(void *state)
{
	struct _reent *reent = state;

	_REENT_INIT_PTR(reent);
}

void libc_task_switch(void *state)
{
	_impure_ptr = state ? state : _GLOBAL_REENT;
}

void libc_init(void)
{
	static char *env[PARAM_ENVS_MAX + 1];
	static char buffer[1024];
	struct _reent *const task = _impure_ptr;
	unsigned int i;

	malloc_init();
	for (i = 0; i < params.nenv; i++)
		env[i] = (char *)params.env[i];
	environ = env;

	/*
	 * Streams belong to the global state: exit() closes what hangs there.
	 * A line goes out whole and at its end, in order with the kernel's.
	 */
	_impure_ptr = _GLOBAL_REENT;
	setvbuf(stdout, buffer, _IOLBF, sizeof(buffer));
	_impure_ptr = task;

	atexit(__libc_fini_array);
	__libc_init_array();
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
