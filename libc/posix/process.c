// SPDX-License-Identifier: MIT
/*
 * process.c - the one process: its end, its memory, and no children
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kernel/panic.h>
#include <kernel/sync.h>
#include <kgc/kgc.h>
#include <libc/fail.h>
#include <libc/process.h>

enum { PAGE = 4096 };

pid_t getpid(void)
{
	return PROCESS_ID;
}

pid_t getppid(void)
{
	return 0;
}

pid_t getpgrp(void)
{
	return PROCESS_ID;
}

pid_t getpgid(pid_t pid)
{
	return pid == 0 || pid == PROCESS_ID ? PROCESS_ID : fail(ESRCH);
}

pid_t getsid(pid_t pid)
{
	return getpgid(pid);
}

int setpgid(pid_t pid, pid_t group)
{
	const pid_t now = getpgid(pid);

	if (now < 0)
		return -1;
	return group == 0 || group == now ? 0 : fail(EPERM);
}

pid_t setsid(void)
{
	return fail(EPERM);
}

/* A handler may leave by longjmp(); if it returns, that is the end. */
void abort(void)
{
	raise(SIGABRT);
	panic("abort");
}

/* --- children --- */

pid_t fork(void)
{
	return fail(ENOSYS);
}

pid_t vfork(void)
{
	return fail(ENOSYS);
}

int execve(const char *path, char *const argv[], char *const env[])
{
	return fail(ENOSYS);
}

int execv(const char *path, char *const argv[])
{
	return fail(ENOSYS);
}

int execvp(const char *file, char *const argv[])
{
	return fail(ENOSYS);
}

int execl(const char *path, const char *arg, ...)
{
	return fail(ENOSYS);
}

int execlp(const char *file, const char *arg, ...)
{
	return fail(ENOSYS);
}

int execle(const char *path, const char *arg, ...)
{
	return fail(ENOSYS);
}

pid_t wait(int *status)
{
	return fail(ECHILD);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	return fail(ECHILD);
}

/* NULL asks whether there is a shell. */
int system(const char *command)
{
	return command ? fail(ENOSYS) : 0;
}

FILE *popen(const char *command, const char *mode)
{
	errno = ENOSYS;
	return NULL;
}

int pclose(FILE *stream)
{
	return fail(ECHILD);
}

/* --- memory --- */

/* The heap is the collector's. */
void *sbrk(ptrdiff_t increment)
{
	errno = ENOMEM;
	return (void *)-1;
}

/*
 * Private memory without a file, in whole pages: an object that is a root and
 * that only munmap() frees.
 */
/* What mmap() gave, and how much of it is not yet unmapped. */
struct mapping {
	struct mapping *next;
	uintptr_t start;
	size_t size, left;
};
static struct mutex mappings_lock = MUTEX_INIT;
static struct mapping *mappings;

static void *map(size_t size)
{
	struct mapping *mapping = kgc_alloc(sizeof(*mapping), 0);
	void *p = NULL;

	if (mapping)
		p = kgc_alloc_aligned(size, PAGE, KGC_UNCOLLECTABLE);
	if (!p)
		return NULL;
	*mapping = (struct mapping){ NULL, (uintptr_t)p, size, size };
	mutex_lock(&mappings_lock);
	mapping->next = mappings;
	mappings = mapping;
	mutex_unlock(&mappings_lock);
	return p;
}

void *mmap(void *addr, size_t size, int protection, int flags, int fd,
	   off_t offset)
{
	const size_t rounded = (size + PAGE - 1) & ~(size_t)(PAGE - 1);
	void *p = NULL;

	if (!size || (flags & MAP_FIXED))
		errno = EINVAL;
	else if (!(flags & MAP_ANONYMOUS) || (protection & PROT_EXEC))
		errno = ENODEV;
	else if (rounded < size || rounded > PTRDIFF_MAX)
		errno = ENOMEM;
	else if (!(p = map(rounded)))
		errno = ENOMEM;
	return p ? p : MAP_FAILED;
}

/* A part of one mapping; memory comes back when all of it is unmapped. */
int munmap(void *addr, size_t size)
{
	const size_t rounded = (size + PAGE - 1) & ~(size_t)(PAGE - 1);
	struct mapping **at, *found;
	uintptr_t gone = 0;

	mutex_lock(&mappings_lock);
	for (at = &mappings; (found = *at); at = &found->next)
		if ((uintptr_t)addr - found->start < found->size)
			break;
	if (!found || !rounded || (uintptr_t)addr % PAGE ||
	    rounded > found->left) {
		mutex_unlock(&mappings_lock);
		return fail(EINVAL);
	}
	found->left -= rounded;
	if (!found->left) {
		gone = found->start;
		*at = found->next;
	}
	mutex_unlock(&mappings_lock);
	if (gone)
		kgc_free((void *)gone);
	return 0;
}

/* All of it can be read and written, and none executed. */
int mprotect(void *addr, size_t size, int protection)
{
	return protection == (PROT_READ | PROT_WRITE) ? 0 : fail(ENOTSUP);
}

int msync(void *addr, size_t size, int flags)
{
	return 0;
}
