// SPDX-License-Identifier: MIT
/*
 * syscall.c - the system calls that the library makes
 *
 * Files are those of the initrd, and read-only: an open one is a place in the
 * archive.  0, 1 and 2 are the console.  What there is no sense in here (other
 * processes, links, signals) fails with ENOSYS.
 *
 * Bad at: one lock for all open files; a reader in the console holds none.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <arch/console.h>
#include <kernel/initrd.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/sync.h>
#include <kernel/task.h>
#include <kernel/time.h>

enum { CONSOLE_FDS = 3, FILES_MAX = 64 };

struct file {
	bool open;
	struct cpio_file entry;
	size_t at;
};

static struct mutex files_lock = MUTEX_INIT;
static struct file files[FILES_MAX]; /* number fd - CONSOLE_FDS */

static int fail(int error)
{
	errno = error;
	return -1;
}

/* NULL and EBADF if @fd is no open file. */
static struct file *file_of(int fd)
{
	if (fd >= CONSOLE_FDS && fd < CONSOLE_FDS + FILES_MAX &&
	    files[fd - CONSOLE_FDS].open)
		return &files[fd - CONSOLE_FDS];
	errno = EBADF;
	return NULL;
}

static bool is_console(int fd)
{
	return fd >= 0 && fd < CONSOLE_FDS;
}

int open(const char *path, int flags, ...)
{
	struct cpio_file entry;
	int fd = -1, i;

	if (!initrd_stat(path, &entry))
		return fail(flags & O_CREAT ? EROFS : ENOENT);
	if ((flags & O_ACCMODE) != O_RDONLY)
		return fail(EROFS);
	if (S_ISDIR(entry.mode))
		return fail(EISDIR);
	mutex_lock(&files_lock);
	for (i = 0; i < FILES_MAX && fd < 0; i++)
		if (!files[i].open)
			fd = i + CONSOLE_FDS;
	if (fd >= 0)
		files[fd - CONSOLE_FDS] =
			(struct file){ .open = true, .entry = entry };
	mutex_unlock(&files_lock);
	return fd < 0 ? fail(EMFILE) : fd;
}

int close(int fd)
{
	struct file *file;

	if (is_console(fd))
		return 0;
	mutex_lock(&files_lock);
	file = file_of(fd);
	if (file)
		file->open = false;
	mutex_unlock(&files_lock);
	return file ? 0 : -1;
}

/* What has been typed; waits for the first byte.  The tick is soon enough. */
static ssize_t console_read(char *buf, size_t n)
{
	size_t got = 0;
	int c;

	while (got < n) {
		c = arch_console_read();
		if (c >= 0)
			buf[got++] = c == '\r' ? '\n' : (char)c;
		else if (got > 0)
			break;
		else
			task_sleep_ns(time_tick_ns());
	}
	return (ssize_t)got;
}

ssize_t read(int fd, void *buf, size_t n)
{
	struct file *file;
	size_t left;

	if (is_console(fd))
		return console_read(buf, n);
	mutex_lock(&files_lock);
	file = file_of(fd);
	if (file) {
		left = file->at < file->entry.size ? file->entry.size - file->at
						   : 0;
		n = n < left ? n : left;
		memcpy(buf, file->entry.data + file->at, n);
		file->at += n;
	}
	mutex_unlock(&files_lock);
	return file ? (ssize_t)n : -1;
}

ssize_t write(int fd, const void *buf, size_t n)
{
	if (!is_console(fd))
		return fail(file_of(fd) ? EROFS : EBADF);
	printk_write(buf, n);
	return (ssize_t)n;
}

/* Where @whence counts from; -1 if it is none of the three. */
static off_t seek_base(const struct file *file, int whence)
{
	switch (whence) {
	case SEEK_SET:
		return 0;
	case SEEK_CUR:
		return (off_t)file->at;
	case SEEK_END:
		return (off_t)file->entry.size;
	default:
		return -1;
	}
}

off_t lseek(int fd, off_t offset, int whence)
{
	struct file *file;
	off_t base;

	if (is_console(fd))
		return fail(ESPIPE);
	mutex_lock(&files_lock);
	file = file_of(fd);
	if (file) {
		base = seek_base(file, whence);
		if (base < 0 || __builtin_add_overflow(base, offset, &offset) ||
		    offset < 0)
			offset = fail(EINVAL);
		else
			file->at = (size_t)offset;
	}
	mutex_unlock(&files_lock);
	return file ? offset : -1;
}

static void stat_fill(struct stat *stat, const struct cpio_file *entry)
{
	*stat = (struct stat){ .st_mode = entry->mode,
			       .st_size = (off_t)entry->size,
			       .st_nlink = 1,
			       .st_blksize = 4096,
			       .st_mtime = entry->mtime };
}

int fstat(int fd, struct stat *stat)
{
	struct file *file;

	if (is_console(fd)) {
		*stat = (struct stat){ .st_mode = S_IFCHR | 0620,
				       .st_nlink = 1 };
		return 0;
	}
	mutex_lock(&files_lock);
	file = file_of(fd);
	if (file)
		stat_fill(stat, &file->entry);
	mutex_unlock(&files_lock);
	return file ? 0 : -1;
}

int stat(const char *path, struct stat *stat)
{
	struct cpio_file entry;

	if (!initrd_stat(path, &entry))
		return fail(ENOENT);
	stat_fill(stat, &entry);
	return 0;
}

int isatty(int fd)
{
	if (is_console(fd))
		return 1;
	if (file_of(fd))
		errno = ENOTTY;
	return 0;
}

int gettimeofday(struct timeval *tv, void *zone)
{
	const uint64_t ns = time_wall_ns();

	tv->tv_sec = (time_t)(ns / 1000000000);
	tv->tv_usec = (suseconds_t)(ns / 1000 % 1000000);
	return 0;
}

/* There is one program, and it has all of the machine's time. */
clock_t times(struct tms *tms)
{
	const clock_t now =
		(clock_t)(time_now_ns() / (1000000000 / CLOCKS_PER_SEC));

	*tms = (struct tms){ .tms_utime = now };
	return now;
}

/* abort() and raise() of what nobody handles. */
int kill(pid_t pid, int signal)
{
	if (pid != getpid())
		return fail(ESRCH);
	if (signal == SIGABRT)
		panic("abort");
	kernel_exit(128 + signal);
}

pid_t getpid(void)
{
	return 1;
}

/* Only the library's own allocator wants this, and it is not linked. */
void *sbrk(ptrdiff_t increment)
{
	fail(ENOMEM);
	return (void *)-1;
}

int unlink(const char *path)
{
	return fail(EROFS);
}

int link(const char *from, const char *to)
{
	return fail(EROFS);
}

int mkdir(const char *path, mode_t mode)
{
	return fail(EROFS);
}

pid_t fork(void)
{
	return fail(ENOSYS);
}

int execve(const char *path, char *const argv[], char *const env[])
{
	return fail(ENOSYS);
}

pid_t wait(int *status)
{
	return fail(ECHILD);
}

int fcntl(int fd, int command, ...)
{
	return fail(ENOSYS);
}

int getentropy(void *buf, size_t n)
{
	return fail(ENOSYS);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return fail(ENOSYS);
}
