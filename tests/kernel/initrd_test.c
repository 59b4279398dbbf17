// SPDX-License-Identifier: MIT
/* initrd_test.c - archives that are good, cut off at each byte, and damaged */
#include <stdio.h>
#include <string.h>

#include <kernel/initrd.h>
#include <tests/ktest.h>

enum { MODE_FILE = 0100644, MODE_DIR = 040755 };

struct image {
	unsigned char bytes[1024];
	size_t size;
};

static void image_pad(struct image *image)
{
	while (image->size % 4)
		image->bytes[image->size++] = 0;
}

static void image_add(struct image *image, const char *path, unsigned int mode,
		      const char *text)
{
	char *p = (char *)image->bytes + image->size;

	/* magic ino mode uid gid nlink mtime size dev x4 path check */
	sprintf(p, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		1, mode, 0, 0, 1, 1700000000, (unsigned int)strlen(text), 0, 0,
		0, 0, (unsigned int)strlen(path) + 1, 0);
	strcpy(p + 110, path);
	image->size += 110 + strlen(path) + 1;
	image_pad(image);
	memcpy(image->bytes + image->size, text, strlen(text));
	image->size += strlen(text);
	image_pad(image);
}

static void image_make(struct image *image)
{
	memset(image, 0, sizeof(*image));
	image_add(image, "dir", MODE_DIR, "");
	image_add(image, "dir/hello", MODE_FILE, "hello, world");
	image_add(image, "empty", MODE_FILE, "");
	image_add(image, "TRAILER!!!", 0, "");
}

static int count_entries(struct cpio *cpio)
{
	struct cpio_file file;
	int n = 0;

	while (cpio_next(cpio, &file))
		n++;
	return n;
}

KTEST(kernel_initrd, good_archive)
{
	static struct image image;
	struct cpio_file file;
	struct cpio cpio;

	image_make(&image);
	cpio = (struct cpio){ .data = image.bytes, .size = image.size };
	ASSERT(cpio_next(&cpio, &file));
	EXPECT_STR(file.path, "dir");
	EXPECT_EQ(file.mode, MODE_DIR);
	ASSERT(cpio_next(&cpio, &file));
	EXPECT_STR(file.path, "dir/hello");
	EXPECT_EQ(file.mode, MODE_FILE);
	EXPECT_EQ(file.mtime, 1700000000);
	EXPECT_EQ(file.size, 12);
	EXPECT(!memcmp(file.data, "hello, world", 12));
	ASSERT(cpio_next(&cpio, &file));
	EXPECT_STR(file.path, "empty");
	EXPECT_EQ(file.size, 0);
	EXPECT(!cpio_next(&cpio, &file));
	EXPECT(!cpio.bad);
}

KTEST(kernel_initrd, archives_in_a_row_with_zeros_between)
{
	static struct image image;
	struct cpio cpio;

	image_make(&image);
	memset(image.bytes + image.size, 0, 64);
	image.size += 64;
	image_add(&image, "last", MODE_FILE, "x");
	image_add(&image, "TRAILER!!!", 0, "");
	memset(image.bytes + image.size, 0, 20);
	image.size += 20;
	cpio = (struct cpio){ .data = image.bytes, .size = image.size };
	EXPECT_EQ(count_entries(&cpio), 4);
	EXPECT(!cpio.bad);
}

KTEST(kernel_initrd, no_archive)
{
	struct cpio cpio = { 0 };
	struct cpio_file file;

	EXPECT(!cpio_next(&cpio, &file));
	EXPECT(!cpio.bad);
}

KTEST(kernel_initrd, cut_off_at_each_byte)
{
	static struct image image;
	struct cpio cpio;
	size_t size;
	int bad = 0;

	image_make(&image);
	for (size = 0; size < image.size; size++) {
		cpio = (struct cpio){ .data = image.bytes, .size = size };
		EXPECT(count_entries(&cpio) <= 3);
		EXPECT(cpio.at <= size);
		bad += cpio.bad != NULL;
	}
	/* All but those that end between two entries or in padding. */
	EXPECT(bad > (int)image.size - 24);
}

KTEST(kernel_initrd, damaged_at_each_byte)
{
	static struct image image;
	struct cpio cpio;
	size_t at;

	image_make(&image);
	for (at = 0; at < image.size; at++) {
		image.bytes[at] ^= 0xff;
		cpio = (struct cpio){ .data = image.bytes, .size = image.size };
		EXPECT(count_entries(&cpio) <= 4);
		EXPECT(cpio.at <= cpio.size);
		image.bytes[at] ^= 0xff;
	}
}

/* The first entry's number at @at, set to the largest there is. */
static const char *bad_with(struct image *image, size_t at)
{
	struct cpio cpio = { .data = image->bytes, .size = image->size };

	image_make(image);
	memset(image->bytes + at, 'F', 8);
	EXPECT_EQ(count_entries(&cpio), 0);
	EXPECT_EQ(cpio.at, 0);
	return cpio.bad ? cpio.bad : "";
}

KTEST(kernel_initrd, sizes_beyond_the_end)
{
	static struct image image;

	image_make(&image);
	EXPECT_STR(bad_with(&image, 54), "a file is cut off");
	EXPECT_STR(bad_with(&image, 94), "a path has no end");
}

KTEST(kernel_initrd, other_bytes_are_no_archive)
{
	static const unsigned char text[200] = "this is not an archive";
	struct cpio cpio = { .data = text, .size = sizeof(text) };

	EXPECT_EQ(count_entries(&cpio), 0);
	EXPECT_STR(cpio.bad, "no newc header");
}
