// SPDX-License-Identifier: MIT
/*
 * initrd.c - files that the loader brought along, as a newc archive
 *
 * A newc archive is a row of entries, each a header of 110 ASCII bytes, a
 * terminated path and the file's bytes, both padded to four bytes from the
 * beginning of the archive; "TRAILER!!!" ends it.  The numbers of the header
 * are eight hexadecimal digits each.  Zeros may stand between archives that
 * were written one behind another, and at the end.
 *
 * Nothing in it is believed before it was compared with the size that the
 * loader told.  A bad archive is read up to where it is bad; initrd_init()
 * says where, and whoever looks for a file behind that does not find it.
 *
 * Bad at: archives of thousands of files, since each look-up walks them all.
 */
#include <kernel/initrd.h>

#include <stdint.h>

#include <kernel/printk.h>
#include <kernel/vm.h>
#include <lib/mem.h>

enum {
	HEADER = 110,
	/* Offsets of numbers in the header. */
	AT_MODE = 14,
	AT_MTIME = 46,
	AT_SIZE = 54,
	AT_PATH_SIZE = 94,
};

static const unsigned char *archive;
static size_t archive_size;

static int digit_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Eight digits at @s; false if they are none. */
static bool number_parse(const unsigned char *s, uint32_t *value)
{
	int i, digit;

	*value = 0;
	for (i = 0; i < 8; i++) {
		digit = digit_value(s[i]);
		if (digit < 0)
			return false;
		*value = *value << 4 | (uint32_t)digit;
	}
	return true;
}

static bool fail(struct cpio *cpio, const char *bad)
{
	cpio->bad = bad;
	return false;
}

static void skip_zeros(struct cpio *cpio)
{
	while (cpio->at < cpio->size && cpio->data[cpio->at] == 0)
		cpio->at++;
}

/* The header at cpio->at, which leaves at least its own size. */
static bool header_parse(struct cpio *cpio, struct cpio_file *file,
			 size_t *path_size)
{
	const unsigned char *h = cpio->data + cpio->at;
	uint32_t mode, mtime, size, path;

	if (memcmp(h, "070701", 6) != 0 && memcmp(h, "070702", 6) != 0)
		return fail(cpio, "no newc header");
	if (!number_parse(h + AT_MODE, &mode) ||
	    !number_parse(h + AT_MTIME, &mtime) ||
	    !number_parse(h + AT_SIZE, &size) ||
	    !number_parse(h + AT_PATH_SIZE, &path))
		return fail(cpio, "a number of a header is none");
	*file = (struct cpio_file){ .size = size,
				    .mode = mode,
				    .mtime = mtime };
	*path_size = path;
	return true;
}

/* @n bytes at cpio->at, padded; NULL if they are not there. */
static const unsigned char *take(struct cpio *cpio, size_t n)
{
	const unsigned char *p = cpio->data + cpio->at;

	if (n > cpio->size - cpio->at)
		return NULL;
	cpio->at += n;
	/* The padding of the very last bytes may be missing. */
	while (cpio->at % 4 && cpio->at < cpio->size)
		cpio->at++;
	return p;
}

/* The entry at cpio->at; where it is bad, cpio->at stays. */
static bool entry_parse(struct cpio *cpio, struct cpio_file *file)
{
	const size_t start = cpio->at;
	size_t path_size;

	if (cpio->size - start < HEADER)
		return fail(cpio, "the last header is cut off");
	if (!header_parse(cpio, file, &path_size))
		return false;
	/* The path begins behind the header, without padding. */
	cpio->at = start + HEADER;
	file->path = (const char *)take(cpio, path_size);
	if (!file->path || path_size == 0 || file->path[path_size - 1]) {
		cpio->at = start;
		return fail(cpio, "a path has no end");
	}
	file->data = take(cpio, file->size);
	if (!file->data) {
		cpio->at = start;
		return fail(cpio, "a file is cut off");
	}
	return true;
}

bool cpio_next(struct cpio *cpio, struct cpio_file *file)
{
	while (!cpio->bad) {
		skip_zeros(cpio);
		if (cpio->at == cpio->size || !entry_parse(cpio, file))
			return false;
		if (!text_equal(file->path, "TRAILER!!!"))
			return true;
	}
	return false;
}

/* Without any "/" or "./" that it begins with. */
static const char *path_bare(const char *path)
{
	for (;;) {
		if (path[0] == '/')
			path++;
		else if (path[0] == '.' && path[1] == '/')
			path += 2;
		else
			return path;
	}
}

void initrd_open(struct cpio *cpio)
{
	*cpio = (struct cpio){ .data = archive, .size = archive_size };
}

bool initrd_stat(const char *path, struct cpio_file *file)
{
	struct cpio cpio;

	initrd_open(&cpio);
	path = path_bare(path);
	while (cpio_next(&cpio, file))
		if (text_equal(path_bare(file->path), path))
			return true;
	return false;
}

bool initrd_find(const char *path, const unsigned char **data, size_t *size)
{
	const unsigned int type = 0170000, regular = 0100000;
	struct cpio_file file;

	if (!initrd_stat(path, &file) || (file.mode & type) != regular)
		return false;
	*data = file.data;
	*size = file.size;
	return true;
}

void initrd_init(void)
{
	struct cpio cpio = { 0 };
	struct cpio_file file;

	archive = vm_initrd(&archive_size);
	if (!archive)
		archive_size = 0;
	cpio.data = archive;
	cpio.size = archive_size;
	while (cpio_next(&cpio, &file))
		;
	if (cpio.bad)
		printk("initrd: bad: %s at byte %zu\n", cpio.bad, cpio.at);
}
