/* SPDX-License-Identifier: MIT */
/*
 * libc/node.h - files, directories and devices in memory
 *
 * A node is what has contents; names are entries of directories that point to
 * nodes.  Nodes and entries are objects of the heap, found from the root
 * directory, the working directory and the open files, all in static data.  A
 * node that has no name and is not open is freed at once, for the sake of heaps
 * that do not collect.
 *
 * One lock for all of it, a mutex that no one holds while waiting for input or
 * a pipe.  Functions that end in _locked want it held.
 */
#ifndef LIBC_NODE_H
#define LIBC_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#pragma GCC visibility push(hidden)

struct open_file;
struct pipe;

/*
 * What is no file of bytes: devices and pipes.  Called without the lock; the
 * file stays open meanwhile.  Counts or negative error numbers.
 */
struct stream {
	const char *name; /* in /dev, or NULL */
	ssize_t (*read)(struct open_file *file, void *buf, size_t n);
	ssize_t (*write)(struct open_file *file, const void *buf, size_t n);
	/* poll()'s bits that hold now; locked.  NULL: always in and out. */
	int (*ready)(struct open_file *file);
	/* Of a file that was open for the last time, or NULL; locked. */
	void (*close)(struct open_file *file);
	bool console;
	int alias; /* opening it gives a copy of descriptor alias - 1 */
};

struct entry {
	struct entry *next;
	struct node *node;
	unsigned long number; /* ascending in a directory, from 2 on */
	uint32_t hash;
	char name[];
};

struct node {
	mode_t mode;
	unsigned long ino;
	unsigned int links; /* entries that name it; of a directory 0 or 1 */
	unsigned int opens; /* open files and working directories */
	uid_t uid;
	gid_t gid;
	struct timespec accessed, modified, changed;

	/*
	 * A file's bytes.  room is the size of the block at data, whose bytes
	 * from size on are zero; 0: they are still in the initrd, read-only.
	 */
	unsigned char *data;
	size_t size, room;

	/* A directory's entries, oldest first. */
	struct entry *first, *last;
	struct node *parent;
	unsigned long next_number;
	unsigned long removals; /* entries taken out so far */

	const struct stream *stream;
	struct pipe *pipe;
};

void fs_lock(void);
void fs_unlock(void);

/* The root directory; the first call makes it and loads the initrd. */
struct node *fs_root_locked(void);

/* A node with no name, NULL if there is no memory. */
struct node *node_new_locked(mode_t mode);
/* Free it if it has neither a name nor a user. */
void node_settle_locked(struct node *node);
void node_drop_locked(struct node *node);
void node_touch_locked(struct node *node);
void node_now(struct timespec *time);

struct entry *dir_find_locked(const struct node *dir, const char *name,
			      size_t n);
/* 0 or ENOSPC, ENOENT in a directory that was removed, EMLINK. */
int dir_add_locked(struct node *dir, const char *name, size_t n,
		   struct node *node);
void dir_remove_locked(struct node *dir, struct entry *entry);

/* Contents: counts or negative error numbers. */
ssize_t file_read_locked(struct node *node, size_t at, void *buf, size_t n);
ssize_t file_write_locked(struct node *node, size_t at, const void *buf,
			  size_t n);
/* 0 or ENOSPC, EFBIG. */
int file_resize_locked(struct node *node, size_t size);

/* The longest file: what off_t and the heap can tell. */
size_t file_size_max(void);

/* Where a path leads. */
struct place {
	struct node *dir; /* of the last name */
	const char *name; /* not terminated */
	size_t length;
	struct node *node; /* what it names, or NULL */
	bool dots;	   /* the last name is "." or "..", or there is none */
	bool slash;	   /* the path ends in a slash */
};
/* 0 or an error.  @base: a directory's descriptor, or AT_FDCWD. */
int path_find_locked(int base, const char *path, struct place *place);
/* The same, ENOENT if there is nothing. */
int path_node_locked(int base, const char *path, struct node **node);

extern const struct stream *const devices[]; /* ends in NULL */
extern const struct stream console_stream, log_stream;

#pragma GCC visibility pop

#endif /* LIBC_NODE_H */
