/* SPDX-License-Identifier: MIT */
/*
 * libc/fail.h - how calls of this folder report errors
 *
 * Inside, a function returns 0 or a positive error number, or a count or a
 * negative error number.  The call that a program made turns it into errno.
 */
#ifndef LIBC_FAIL_H
#define LIBC_FAIL_H

#include <errno.h>
#include <sys/types.h>

static inline int fail(int error)
{
	errno = error;
	return -1;
}

/* 0, or -1 with errno = @error if that is not 0. */
static inline int result(int error)
{
	return error ? fail(error) : 0;
}

/* @count, or -1 with errno = -@count if that is negative. */
static inline ssize_t counted(ssize_t count)
{
	return count < 0 ? fail((int)-count) : count;
}

#endif /* LIBC_FAIL_H */
