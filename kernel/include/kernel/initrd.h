/* SPDX-License-Identifier: MIT */
/* kernel/initrd.h - files that the loader brought along, as a newc archive */
#ifndef KERNEL_INITRD_H
#define KERNEL_INITRD_H

#include <stdbool.h>
#include <stddef.h>

/* An archive in memory, and how far a reader has come. */
struct cpio {
	const unsigned char *data;
	size_t size;
	size_t at;
	const char *bad; /* what is wrong at @at, or NULL */
};

struct cpio_file {
	const char *path; /* as in the archive, terminated */
	const unsigned char *data;
	size_t size;
	unsigned int mode;  /* type and permissions as stat() gives them */
	unsigned int mtime; /* seconds since 1970 */
};

/* The next entry, or false at the end or where the archive is bad. */
bool cpio_next(struct cpio *cpio, struct cpio_file *file);

/* Look the loader's archive through; one line if it is bad. */
void initrd_init(void);

/* Begin to read the loader's archive, which is empty if there is none. */
void initrd_open(struct cpio *cpio);

/*
 * Find a file; a leading "/" or "./" has no meaning.  The bytes are read-only
 * and lie outside the roots and the heap.
 */
bool initrd_find(const char *path, const unsigned char **data, size_t *size);
/* The same, all that is known of it. */
bool initrd_stat(const char *path, struct cpio_file *file);

#endif /* KERNEL_INITRD_H */
