// SPDX-License-Identifier: MIT
/*
 * device.c - what is in /dev
 *
 * The console has one reader at a time: who comes later waits for the whole
 * call of the first.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kernel/console.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/sync.h>
#include <libc/fail.h>
#include <libc/fd.h>
#include <libc/node.h>
#include <libc/random.h>

static struct mutex console_lock = MUTEX_INIT;

static ssize_t console_stream_read(struct open_file *file, void *buf, size_t n)
{
	ssize_t got;

	mutex_lock(&console_lock);
	if ((file->flags & O_NONBLOCK) && n && !console_is_ready())
		got = -EAGAIN;
	else
		got = (ssize_t)console_read(buf, n);
	mutex_unlock(&console_lock);
	return got;
}

/* Who waits for input has the lock. */
static int console_stream_ready(struct open_file *file)
{
	int ready = POLLOUT;

	if (!mutex_try_lock(&console_lock))
		return ready;
	if (console_is_ready())
		ready |= POLLIN;
	mutex_unlock(&console_lock);
	return ready;
}

static ssize_t console_stream_write(struct open_file *file, const void *buf,
				    size_t n)
{
	console_write(buf, n);
	return (ssize_t)n;
}

static ssize_t log_write(struct open_file *file, const void *buf, size_t n)
{
	printk_write(buf, n);
	return (ssize_t)n;
}

static ssize_t null_read(struct open_file *file, void *buf, size_t n)
{
	return 0;
}

static ssize_t null_write(struct open_file *file, const void *buf, size_t n)
{
	return (ssize_t)n;
}

static ssize_t zero_read(struct open_file *file, void *buf, size_t n)
{
	memset(buf, 0, n);
	return (ssize_t)n;
}

static ssize_t full_write(struct open_file *file, const void *buf, size_t n)
{
	return n ? -ENOSPC : 0;
}

static ssize_t random_read(struct open_file *file, void *buf, size_t n)
{
	random_fill(buf, n);
	return (ssize_t)n;
}

const struct stream console_stream = {
	.name = "console",
	.read = console_stream_read,
	.ready = console_stream_ready,
	.write = console_stream_write,
	.console = true,
};

/* Descriptor 2: reads what the console reads. */
const struct stream log_stream = {
	.read = console_stream_read,
	.ready = console_stream_ready,
	.write = log_write,
	.console = true,
};

static const struct stream tty = {
	.name = "tty",
	.read = console_stream_read,
	.ready = console_stream_ready,
	.write = console_stream_write,
	.console = true,
};
static const struct stream null = {
	.name = "null",
	.read = null_read,
	.write = null_write,
};
static const struct stream zero = {
	.name = "zero",
	.read = zero_read,
	.write = null_write,
};
static const struct stream full = {
	.name = "full",
	.read = zero_read,
	.write = full_write,
};
static const struct stream random_device = {
	.name = "random",
	.read = random_read,
	.write = null_write,
};
static const struct stream urandom = {
	.name = "urandom",
	.read = random_read,
	.write = null_write,
};
static const struct stream standard_input = { .name = "stdin", .alias = 1 };
static const struct stream standard_output = { .name = "stdout", .alias = 2 };
static const struct stream standard_error = { .name = "stderr", .alias = 3 };

const struct stream *const devices[] = {
	&console_stream,
	&tty,
	&null,
	&zero,
	&full,
	&random_device,
	&urandom,
	&standard_input,
	&standard_output,
	&standard_error,
	NULL,
};

/* 0, ENOTTY or EBADF. */
static int tty_error(int fd)
{
	const struct stream *stream;
	struct open_file *file;
	int error = ENOTTY;

	fs_lock();
	file = fd_file_locked(fd);
	stream = file ? file->node->stream : NULL;
	if (!file)
		error = EBADF;
	else if (stream && stream->console && !params.stdin_escaped)
		error = 0;
	fs_unlock();
	return error;
}

int isatty(int fd)
{
	const int error = tty_error(fd);

	if (error)
		errno = error;
	return !error;
}

int ttyname_r(int fd, char *buf, size_t size)
{
	static const char name[] = "/dev/console";
	const int error = tty_error(fd);

	if (error)
		return error;
	if (size < sizeof(name))
		return ERANGE;
	memcpy(buf, name, sizeof(name));
	return 0;
}

char *ttyname(int fd)
{
	static char name[16];
	const int error = ttyname_r(fd, name, sizeof(name));

	if (!error)
		return name;
	errno = error;
	return NULL;
}

/* A serial line does not know the size of what is at its other end. */
int ioctl(int fd, unsigned long request, ...)
{
	const int error = tty_error(fd);

	return fail(error == EBADF ? EBADF : ENOTTY);
}
