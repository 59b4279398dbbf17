// SPDX-License-Identifier: MIT
/*
 * image.c - memory and files of a benchmark that is an image of its own
 *
 * What counts as memory is what the heap took from the kernel, which for a
 * malloc of another library is what that asked sbrk() for (own.c).
 */
#include <fcntl.h>
#include <kgc/kgc.h>
#include <sys/stat.h>
#include <unistd.h>
#include "bench.h"

uint64_t own_bytes(void) __attribute__((weak));

static struct kgc_memstats stats;
static uint64_t bytes_before;

void *table_alloc(size_t n, size_t size)
{
	void *p = kgc_alloc_array(n, size, KGC_NOGC);

	if (!p)
		die("table", "no memory");
	return p;
}

const unsigned char *file_read(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY);
	unsigned char *p;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) || !st.st_size)
		die(path, "missing or empty");
	*size = (size_t)st.st_size;
	p = table_alloc(*size, 1);
	for (size_t at = 0; at < *size; at += (size_t)n) {
		n = read(fd, p + at, *size - at);
		if (n <= 0)
			die(path, "cannot be read");
	}
	close(fd);
	return p;
}

static uint64_t bytes(void)
{
	if (own_bytes)
		return own_bytes();
	kgc_read_memstats(&stats);
	return stats.heap_sys - stats.heap_released;
}

void peak_init(void (*init)(void))
{
	init();
}

void peak_start(void)
{
	bytes_before = bytes();
}

uint64_t peak_memory(void)
{
	uint64_t now = bytes();

	return now > bytes_before ? now - bytes_before : 0;
}
