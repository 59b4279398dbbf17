// SPDX-License-Identifier: MIT
/*
 * library.c - libraries loaded at run time: there are none
 *
 * Bad at: two tasks that fail at once, of which one gets no message.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

static bool failed;

void *dlopen(const char *name, int mode)
{
	failed = true;
	return NULL;
}

void *dlsym(void *restrict library, const char *restrict name)
{
	failed = true;
	return NULL;
}

int dlclose(void *library)
{
	failed = true;
	return -1;
}

char *dlerror(void)
{
	static char message[] = "an image has no shared libraries";
	const bool was = failed;

	failed = false;
	return was ? message : NULL;
}
