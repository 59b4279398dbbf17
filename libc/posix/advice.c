// SPDX-License-Identifier: MIT
/*
 * advice.c - what a program says of its memory and files in advance
 *
 * All of it is in memory already and stays there, so there is little to do.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libc/fail.h>

/* Anonymous memory that nobody needs reads as zero afterwards. */
int madvise(void *addr, size_t size, int advice)
{
	if (advice < MADV_NORMAL || advice > MADV_DONTNEED)
		return fail(EINVAL);
	if (advice == MADV_DONTNEED)
		memset(addr, 0, size);
	return 0;
}

int posix_madvise(void *addr, size_t size, int advice)
{
	return advice < POSIX_MADV_NORMAL || advice > POSIX_MADV_DONTNEED
		       ? EINVAL
		       : 0;
}

int mlock(const void *addr, size_t size)
{
	return 0;
}

int munlock(const void *addr, size_t size)
{
	return 0;
}

int mlockall(int flags)
{
	return 0;
}

int munlockall(void)
{
	return 0;
}

int posix_fadvise(int fd, off_t at, off_t size, int advice)
{
	return fcntl(fd, F_GETFL) < 0 ? EBADF : 0;
}

/* Nothing reserves room in a file: it only gets as long. */
int posix_fallocate(int fd, off_t at, off_t size)
{
	const int old = errno;
	struct stat st;
	int error = 0;

	if (at < 0 || size <= 0)
		return EINVAL;
	if (fstat(fd, &st))
		error = errno;
	else if (st.st_size - at < size && ftruncate(fd, at + size))
		error = errno;
	errno = old;
	return error;
}
