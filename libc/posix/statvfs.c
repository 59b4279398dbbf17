// SPDX-License-Identifier: MIT
/*
 * statvfs.c - how much the file system holds
 *
 * Files are objects of the heap: what is free is the machine's free memory.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <kernel/frame.h>

enum { PAGE = 4096 };

static int fill(struct statvfs *buf)
{
	memset(buf, 0, sizeof(*buf));
	buf->f_bsize = PAGE;
	buf->f_frsize = PAGE;
	buf->f_blocks = frame_count_total();
	buf->f_bfree = frame_count_free();
	buf->f_bavail = buf->f_bfree;
	buf->f_files = buf->f_blocks;
	buf->f_ffree = buf->f_bfree;
	buf->f_favail = buf->f_bfree;
	buf->f_namemax = NAME_MAX;
	return 0;
}

int statvfs(const char *restrict path, struct statvfs *restrict buf)
{
	struct stat st;

	return stat(path, &st) ? -1 : fill(buf);
}

int fstatvfs(int fd, struct statvfs *buf)
{
	struct stat st;

	return fstat(fd, &st) ? -1 : fill(buf);
}
