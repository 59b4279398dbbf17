// SPDX-License-Identifier: MIT
/*
 * fd.c - the table of descriptors
 *
 * 0 and 1 are the console, 2 is the log, from the first use on.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <unistd.h>

#include <kgc/kgc.h>
#include <libc/fail.h>
#include <libc/fd.h>

/* What F_SETFL changes, and what is kept of open()'s. */
enum {
	CHANGEABLE = O_APPEND | O_NONBLOCK,
	KEPT = O_ACCMODE | CHANGEABLE | O_SYNC,
};

static struct descriptor {
	struct open_file *file;
	int flags;
} table[FDS_MAX];

/* --- open files --- */

static struct open_file *file_new_locked(struct node *node, int flags)
{
	struct open_file *file = kgc_alloc(sizeof(*file), 0);

	if (!file)
		return NULL;
	*file = (struct open_file){ .flags = flags & KEPT, .node = node };
	node->opens++;
	return file;
}

void file_hold_locked(struct open_file *file)
{
	file->refs++;
}

void file_drop_locked(struct open_file *file)
{
	if (--file->refs)
		return;
	if (file->node->stream && file->node->stream->close)
		file->node->stream->close(file);
	node_drop_locked(file->node);
	kgc_free(file);
}

/* --- descriptors --- */

static void put(int fd, struct open_file *file, int flags)
{
	file_hold_locked(file);
	table[fd] = (struct descriptor){ .file = file, .flags = flags };
}

static int lowest_free(int from)
{
	for (; from < FDS_MAX; from++)
		if (!table[from].file)
			return from;
	return -EMFILE;
}

static void open_standard(int fd, const struct stream *stream, int flags)
{
	struct node *node = node_new_locked(S_IFCHR | 0666);
	struct open_file *file = NULL;

	if (node) {
		node->stream = stream;
		file = file_new_locked(node, flags);
	}
	if (file)
		put(fd, file, 0);
}

/* What a program finds open. */
void fd_init(void)
{
	fs_lock();
	open_standard(0, &console_stream, O_RDWR);
	open_standard(1, &console_stream, O_RDWR);
	open_standard(2, &log_stream, O_RDWR);
	fs_unlock();
}

struct open_file *fd_file_locked(int fd)
{
	return fd >= 0 && fd < FDS_MAX ? table[fd].file : NULL;
}

int fd_open_locked(struct node *node, int flags)
{
	struct open_file *file;
	int fd;

	fd = lowest_free(0);
	if (fd < 0)
		return fd;
	file = file_new_locked(node, flags);
	if (!file)
		return -ENOMEM;
	put(fd, file, flags & O_CLOEXEC ? FD_CLOEXEC : 0);
	return fd;
}

static int close_locked(int fd)
{
	struct open_file *file = fd_file_locked(fd);

	if (!file)
		return EBADF;
	table[fd].file = NULL;
	file_drop_locked(file);
	return 0;
}

int close(int fd)
{
	int error;

	fs_lock();
	error = close_locked(fd);
	fs_unlock();
	return result(error);
}

/* A copy of @fd with the lowest free number from @least on; or -errno. */
static int copy_locked(int fd, int least, int flags)
{
	struct open_file *file = fd_file_locked(fd);
	int copy;

	if (!file)
		return -EBADF;
	if (least < 0 || least >= FDS_MAX)
		return -EINVAL;
	copy = lowest_free(least);
	if (copy >= 0)
		put(copy, file, flags);
	return copy;
}

int fd_copy_locked(int fd)
{
	return copy_locked(fd, 0, 0);
}

int dup(int fd)
{
	int copy;

	fs_lock();
	copy = copy_locked(fd, 0, 0);
	fs_unlock();
	return (int)counted(copy);
}

static int copy_to_locked(int fd, int to, int flags)
{
	struct open_file *file = fd_file_locked(fd), *old;

	if (!file || to < 0 || to >= FDS_MAX)
		return -EBADF;
	if (fd == to)
		return to;
	old = table[to].file;
	put(to, file, flags);
	if (old)
		file_drop_locked(old);
	return to;
}

int dup2(int fd, int to)
{
	int copy;

	fs_lock();
	copy = copy_to_locked(fd, to, 0);
	fs_unlock();
	return (int)counted(copy);
}

int dup3(int fd, int to, int flags)
{
	int copy;

	if (fd == to || (flags & ~O_CLOEXEC))
		return fail(EINVAL);
	fs_lock();
	copy = copy_to_locked(fd, to, flags ? FD_CLOEXEC : 0);
	fs_unlock();
	return (int)counted(copy);
}

/* --- fcntl --- */

/* There is one process, and it holds every lock that it wants. */
static int lock_locked(int command, struct flock *lock)
{
	if (lock->l_type != F_RDLCK && lock->l_type != F_WRLCK &&
	    lock->l_type != F_UNLCK)
		return -EINVAL;
	if (command == F_GETLK)
		lock->l_type = F_UNLCK;
	return 0;
}

static int control_locked(int fd, int command, long arg, struct flock *lock)
{
	struct open_file *file = fd_file_locked(fd);

	if (!file)
		return -EBADF;
	switch (command) {
	case F_DUPFD:
		return copy_locked(fd, (int)arg, 0);
	case F_DUPFD_CLOEXEC:
		return copy_locked(fd, (int)arg, FD_CLOEXEC);
	case F_GETFD:
		return table[fd].flags;
	case F_SETFD:
		table[fd].flags = (int)arg & FD_CLOEXEC;
		return 0;
	case F_GETFL:
		return file->flags;
	case F_SETFL:
		file->flags =
			(file->flags & ~CHANGEABLE) | ((int)arg & CHANGEABLE);
		return 0;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
		return lock_locked(command, lock);
	default:
		return -EINVAL;
	}
}

int fcntl(int fd, int command, ...)
{
	struct flock *lock = NULL;
	va_list ap;
	long arg = 0;
	int value;

	va_start(ap, command);
	switch (command) {
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
		lock = va_arg(ap, struct flock *);
		break;
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
	case F_SETFD:
	case F_SETFL:
		arg = va_arg(ap, int);
		break;
	}
	va_end(ap);
	fs_lock();
	value = control_locked(fd, command, arg, lock);
	fs_unlock();
	return (int)counted(value);
}

/* BSD's locks, which one process has for itself, too. */
int flock(int fd, int operation)
{
	struct open_file *file;

	fs_lock();
	file = fd_file_locked(fd);
	fs_unlock();
	return result(file ? 0 : EBADF);
}
