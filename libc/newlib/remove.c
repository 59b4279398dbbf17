// SPDX-License-Identifier: MIT
/*
 * remove.c - remove() as newlib itself calls it
 *
 * The library's own removes no directories.
 */
#include <errno.h>
#include <reent.h>
#include <stdio.h>

int _remove_r(struct _reent *reent, const char *path)
{
	return remove(path);
}
