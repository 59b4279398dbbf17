// SPDX-License-Identifier: MIT
/*
 * cpio.c - fuzz target: the archive that a loader brings along
 *
 * The kernel's reader, with the kernel's two other parts that it calls played
 * here.
 */
#include <kernel/initrd.h>
#include <kernel/printk.h>
#include <kernel/vm.h>

#include "fuzz.h"

static struct {
	const uint8_t *data;
	size_t size;
	unsigned int lines;
} loader;

const void *vm_initrd(size_t *size)
{
	*size = loader.size;
	return loader.data;
}

void printk(const char *fmt, ...)
{
	loader.lines++;
}

static bool inside(const void *p, size_t n)
{
	const size_t at = (size_t)((const uint8_t *)p - loader.data);

	return at <= loader.size && n <= loader.size - at;
}

static void look_up(const struct cpio_file *file)
{
	struct cpio_file found;
	const unsigned char *data;
	size_t size;

	must(inside(file->data, file->size));
	must(inside(file->path, 1));
	must(initrd_stat(file->path, &found));
	if (initrd_find(file->path, &data, &size))
		must(inside(data, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpio_file file;
	struct cpio cpio;

	loader.data = data;
	loader.size = size;
	loader.lines = 0;
	initrd_init();
	initrd_open(&cpio);
	while (cpio_next(&cpio, &file))
		look_up(&file);
	must(cpio.at <= size);
	must(!cpio.bad == !loader.lines);
	return 0;
}
