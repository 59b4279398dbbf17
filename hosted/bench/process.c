// SPDX-License-Identifier: MIT
/*
 * process.c - memory and files of a benchmark that is a Linux process
 *
 * What counts as memory is what the kernel says is resident: the same for
 * every peer, whatever it thinks of itself.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "bench.h"

static uint64_t resident_before, taken_by_init;

void *table_alloc(size_t n, size_t size)
{
	void *p = mmap(NULL, n * size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
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

/* In bytes, the line of that name, which ends in a colon. */
static uint64_t status_of(const char *name)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long long kib = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, name, strlen(name)) &&
		    sscanf(line + strlen(name), "%llu", &kib) == 1)
			break;
	}
	if (f)
		fclose(f);
	return kib << 10;
}

void peak_init(void (*init)(void))
{
	const uint64_t before = status_of("RssAnon:");

	init();
	taken_by_init = status_of("RssAnon:") - before;
}

/* Writing 5 there sets the peak back to what is resident now. */
void peak_start(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY);

	if (fd < 0 || write(fd, "5", 1) != 1)
		die("clear_refs", "cannot be written");
	close(fd);
	resident_before = status_of("VmHWM:");
}

uint64_t peak_memory(void)
{
	if (!resident_before)
		return 0;
	return status_of("VmHWM:") - resident_before + taken_by_init;
}
