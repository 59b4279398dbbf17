/* SPDX-License-Identifier: MIT */
/*
 * libc/fd.h - open files and the descriptors that name them
 *
 * Several descriptors may share an open file, its place and its flags.
 */
#ifndef LIBC_FD_H
#define LIBC_FD_H

#include <libc/node.h>

#pragma GCC visibility push(hidden)

enum { FDS_MAX = 256 };

struct open_file {
	unsigned int refs;
	int flags; /* of open(), without those that matter only there */
	size_t at;
	struct node *node;
};

/* Open 0, 1 and 2, while there is memory for it: before the program runs. */
void fd_init(void);
/* The open file of @fd; NULL if there is none. */
struct open_file *fd_file_locked(int fd);
/* An open file on @node for the lowest free descriptor; or -errno. */
int fd_open_locked(struct node *node, int flags);
/* A copy of @fd; or -errno. */
int fd_copy_locked(int fd);
/* One more, or one less, who uses it. */
void file_hold_locked(struct open_file *file);
void file_drop_locked(struct open_file *file);

static inline bool file_may_read(const struct open_file *file)
{
	return (file->flags & 3) != 1;
}

static inline bool file_may_write(const struct open_file *file)
{
	return (file->flags & 3) != 0;
}

#pragma GCC visibility pop

#endif /* LIBC_FD_H */
