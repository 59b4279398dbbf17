// SPDX-License-Identifier: MIT
/*
 * file.c - open files: open, read, write, seek, cut
 *
 * The program runs as root, so permissions keep it from nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/uio.h>
#include <unistd.h>

#include <libc/fail.h>
#include <libc/fd.h>
#include <libc/node.h>
#include <libc/process.h>

/* What the library's headers say that read() returns: int or ssize_t. */
typedef __typeof__(read(0, NULL, 0)) io_result;

/* --- open --- */

static int create_locked(const struct place *p, mode_t mode, struct node **node)
{
	int error;

	if (p->slash)
		return EISDIR;
	*node = node_new_locked(S_IFREG | (mode & 07777 & ~process_umask));
	if (!*node)
		return ENOSPC;
	error = dir_add_locked(p->dir, p->name, p->length, *node);
	if (error)
		node_settle_locked(*node);
	return error;
}

/* May what exists be opened so?  Then cut it if that is asked for. */
static int accept_locked(struct node *node, int flags)
{
	const bool writes = (flags & O_ACCMODE) != O_RDONLY;

	if ((flags & O_CREAT) && (flags & O_EXCL))
		return EEXIST;
	if ((flags & O_DIRECTORY) && !S_ISDIR(node->mode))
		return ENOTDIR;
	if (S_ISDIR(node->mode) && (writes || (flags & O_CREAT)))
		return EISDIR;
	if ((flags & O_TRUNC) && writes && S_ISREG(node->mode))
		return file_resize_locked(node, 0);
	return 0;
}

static int open_locked(int base, const char *path, int flags, mode_t mode)
{
	struct place place;
	int error;

	if ((flags & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	error = path_find_locked(base, path, &place);
	if (error)
		return -error;
	if (place.node) {
		error = accept_locked(place.node, flags);
		if (!error && place.node->stream && place.node->stream->alias)
			return fd_copy_locked(place.node->stream->alias - 1);
	} else {
		error = flags & O_CREAT
				? create_locked(&place, mode, &place.node)
				: ENOENT;
	}
	if (error)
		return -error;
	return fd_open_locked(place.node, flags);
}

static int open_mode(int base, const char *path, int flags, mode_t mode)
{
	int fd;

	fs_lock();
	fd = open_locked(base, path, flags, mode);
	fs_unlock();
	return (int)counted(fd);
}

/* A mode_t is passed as an int where it is shorter. */
static mode_t mode_arg(int flags, va_list ap)
{
	return flags & O_CREAT ? (mode_t)va_arg(ap, int) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_arg(flags, ap);
	va_end(ap);
	return open_mode(AT_FDCWD, path, flags, mode);
}

int openat(int base, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_arg(flags, ap);
	va_end(ap);
	return open_mode(base, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
	return open_mode(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

/* --- read and write --- */

enum { HERE = -1 }; /* at the file's own place, which moves */

/* A stream is read without the lock, and stays open meanwhile. */
static ssize_t stream_read(struct open_file *file, void *buf, size_t n)
{
	ssize_t got;

	file_hold_locked(file);
	fs_unlock();
	got = file->node->stream->read(file, buf, n);
	fs_lock();
	file_drop_locked(file);
	return got;
}

static ssize_t stream_write(struct open_file *file, const void *buf, size_t n)
{
	ssize_t got;

	file_hold_locked(file);
	fs_unlock();
	got = file->node->stream->write(file, buf, n);
	fs_lock();
	file_drop_locked(file);
	return got;
}

static ssize_t read_locked(int fd, void *buf, size_t n, off_t at)
{
	struct open_file *file = fd_file_locked(fd);
	ssize_t got;

	if (!file || !file_may_read(file))
		return -EBADF;
	if (S_ISDIR(file->node->mode))
		return -EISDIR;
	if (file->node->stream)
		return at == HERE ? stream_read(file, buf, n) : -ESPIPE;
	if (at != HERE)
		return file_read_locked(file->node, (size_t)at, buf, n);
	got = file_read_locked(file->node, file->at, buf, n);
	file->at += (size_t)got;
	return got;
}

static ssize_t write_locked(int fd, const void *buf, size_t n, off_t at)
{
	struct open_file *file = fd_file_locked(fd);
	ssize_t put;

	if (!file || !file_may_write(file))
		return -EBADF;
	if (file->node->stream)
		return at == HERE ? stream_write(file, buf, n) : -ESPIPE;
	if (at != HERE)
		return file_write_locked(file->node, (size_t)at, buf, n);
	if (file->flags & O_APPEND)
		file->at = file->node->size;
	put = file_write_locked(file->node, file->at, buf, n);
	if (put > 0)
		file->at += (size_t)put;
	return put;
}

/* One call moves no more than its result can tell. */
static size_t cut(size_t n)
{
	return n < INT_MAX ? n : INT_MAX;
}

static ssize_t read_at(int fd, void *buf, size_t n, off_t at)
{
	ssize_t got;

	fs_lock();
	got = read_locked(fd, buf, cut(n), at);
	fs_unlock();
	return counted(got);
}

static ssize_t write_at(int fd, const void *buf, size_t n, off_t at)
{
	ssize_t put;

	fs_lock();
	put = write_locked(fd, buf, cut(n), at);
	fs_unlock();
	return counted(put);
}

io_result read(int fd, void *buf, size_t n)
{
	return (io_result)read_at(fd, buf, n, HERE);
}

io_result write(int fd, const void *buf, size_t n)
{
	return (io_result)write_at(fd, buf, n, HERE);
}

ssize_t pread(int fd, void *buf, size_t n, off_t at)
{
	return at < 0 ? fail(EINVAL) : read_at(fd, buf, n, at);
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t at)
{
	return at < 0 ? fail(EINVAL) : write_at(fd, buf, n, at);
}

static bool vector_is_good(const struct iovec *v, int n)
{
	size_t sum = 0;
	int i;

	if (n < 0 || n > IOV_MAX)
		return false;
	for (i = 0; i < n; i++)
		if (__builtin_add_overflow(sum, v[i].iov_len, &sum) ||
		    sum > INT_MAX)
			return false;
	return true;
}

ssize_t readv(int fd, const struct iovec *v, int n)
{
	ssize_t got, sum = 0;
	int i;

	if (!vector_is_good(v, n))
		return fail(EINVAL);
	if (n == 0)
		return read_at(fd, NULL, 0, HERE);
	for (i = 0; i < n; i++) {
		/* An empty one must not wait for what the next one may get. */
		if (v[i].iov_len == 0)
			continue;
		got = read_at(fd, v[i].iov_base, v[i].iov_len, HERE);
		if (got < 0)
			return sum ? sum : got;
		sum += got;
		if ((size_t)got < v[i].iov_len)
			break;
	}
	return sum;
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	ssize_t put, sum = 0;
	int i;

	if (!vector_is_good(v, n))
		return fail(EINVAL);
	if (n == 0)
		return write_at(fd, NULL, 0, HERE);
	for (i = 0; i < n; i++) {
		put = write_at(fd, v[i].iov_base, v[i].iov_len, HERE);
		if (put < 0)
			return sum ? sum : put;
		sum += put;
		if ((size_t)put < v[i].iov_len)
			break;
	}
	return sum;
}

/* --- places and sizes --- */

/* The new place; or -errno. */
static off_t seek_locked(int fd, off_t offset, int whence)
{
	struct open_file *file = fd_file_locked(fd);
	off_t base;

	if (!file)
		return -EBADF;
	if (file->node->stream)
		return -ESPIPE;
	if (whence == SEEK_SET)
		base = 0;
	else if (whence == SEEK_CUR)
		base = (off_t)file->at;
	else if (whence == SEEK_END)
		base = (off_t)file->node->size;
	else
		return -EINVAL;
	if (__builtin_add_overflow(base, offset, &offset) ||
	    (offset > 0 && (uintmax_t)offset > file_size_max()))
		return -EOVERFLOW;
	if (offset < 0)
		return -EINVAL;
	file->at = (size_t)offset;
	return offset;
}

off_t lseek(int fd, off_t offset, int whence)
{
	fs_lock();
	offset = seek_locked(fd, offset, whence);
	fs_unlock();
	return offset < 0 ? fail((int)-offset) : offset;
}

static int resize_locked(struct node *node, off_t size)
{
	if (S_ISDIR(node->mode))
		return EISDIR;
	if (!S_ISREG(node->mode) || size < 0)
		return EINVAL;
	if ((uintmax_t)size > file_size_max())
		return EFBIG;
	return file_resize_locked(node, (size_t)size);
}

int ftruncate(int fd, off_t size)
{
	struct open_file *file;
	int error;

	fs_lock();
	file = fd_file_locked(fd);
	if (!file)
		error = EBADF;
	else
		error = file_may_write(file) ? resize_locked(file->node, size)
					     : EINVAL;
	fs_unlock();
	return result(error);
}

int truncate(const char *path, off_t size)
{
	struct node *node;
	int error;

	fs_lock();
	error = path_node_locked(AT_FDCWD, path, &node);
	if (!error)
		error = resize_locked(node, size);
	fs_unlock();
	return result(error);
}

int fsync(int fd)
{
	struct open_file *file;

	fs_lock();
	file = fd_file_locked(fd);
	fs_unlock();
	return result(file ? 0 : EBADF);
}

int fdatasync(int fd)
{
	return fsync(fd);
}

void sync(void)
{
}
