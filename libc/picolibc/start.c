// SPDX-License-Identifier: MIT
/*
 * start.c - picolibc's state in each task
 *
 * Built as we build it, the library keeps errno and the like in thread-local
 * variables, which are the kernel's business (kernel/tls.c).  A library that
 * was built without has one errno, which is exchanged at each switch; its
 * strtok(), rand() and localtime() then serve one task at a time.
 */
#include <errno.h>
#include <picolibc.h>
#include <stdbool.h>

#include <kernel/libc.h>
#include <libc/start.h>

#include "internal.h"

/* As picolibc.h of 1.7 and of 1.8 tells it. */
#if defined(PICOLIBC_TLS) || defined(__THREAD_LOCAL_STORAGE)
enum { THREAD_LOCAL = true };
#else
enum { THREAD_LOCAL = false };
#endif

static int boot_errno;
static int *current_errno = &boot_errno;

size_t libc_task_size(void)
{
	return THREAD_LOCAL ? 0 : sizeof(int);
}

void libc_task_init(void *state)
{
	if (!THREAD_LOCAL)
		*(int *)state = 0;
}

void libc_task_switch(void *state)
{
	if (THREAD_LOCAL)
		return;
	*current_errno = errno;
	current_errno = state ? state : &boot_errno;
	errno = *current_errno;
}

void library_init(void)
{
	streams_init();
}

/* It is all in the task's block. */
void library_task_exit(void *state)
{
}
