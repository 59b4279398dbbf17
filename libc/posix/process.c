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
	else if (!(p = kgc_alloc_aligned(rounded, PAGE, KGC_UNCOLLECTABLE)))
		errno = ENOMEM;
	return p ? p : MAP_FAILED;
}

/* Only the whole of what mmap() gave. */
int munmap(void *addr, size_t size)
{
	size_t whole;

	if (!size || kgc_lookup(addr, &whole) != addr || size > whole)
		return fail(EINVAL);
	kgc_free(addr);
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
