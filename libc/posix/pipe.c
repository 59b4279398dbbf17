// SPDX-License-Identifier: MIT
/*
 * pipe.c - a pipe between tasks: 4 KiB in memory
 *
 * A reader waits while there is nothing and somebody may still write, a writer
 * while there is no room and somebody may still read.  What is no longer than
 * PIPE_BUF goes in as one piece.
 *
 * Bad at: a task that fills a pipe which only it would read waits for ever, as
 * anywhere.
 *
 * Locking: the pipe's spin lock, held while up to 4 KiB are copied.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <kernel/sync.h>
#include <kgc/kgc.h>
#include <libc/fail.h>
#include <libc/fd.h>

enum { ROOM = 4096 };

struct pipe {
	struct spinlock lock;
	struct waitqueue changed; /* who waits, on either side */
	bool no_reader, no_writer;
	size_t at, used; /* the oldest byte, and how many there are */
	unsigned char *bytes;
};

static void take(struct pipe *pipe, unsigned char *to, size_t n)
{
	for (; n; n--, pipe->used--) {
		*to++ = pipe->bytes[pipe->at];
		pipe->at = (pipe->at + 1) % ROOM;
	}
}

static void give(struct pipe *pipe, const unsigned char *from, size_t n)
{
	for (; n; n--)
		pipe->bytes[(pipe->at + pipe->used++) % ROOM] = *from++;
}

static ssize_t pipe_read(struct open_file *file, void *buf, size_t n)
{
	struct pipe *pipe = file->node->pipe;
	ssize_t got;

	if (n == 0)
		return 0;
	spin_lock(&pipe->lock);
	while (!pipe->used && !pipe->no_writer && !(file->flags & O_NONBLOCK))
		waitqueue_wait(&pipe->changed, &pipe->lock);
	got = (ssize_t)(n < pipe->used ? n : pipe->used);
	if (!got && !pipe->no_writer)
		got = -EAGAIN;
	if (got > 0) {
		take(pipe, buf, (size_t)got);
		waitqueue_wake_all(&pipe->changed);
	}
	spin_unlock(&pipe->lock);
	return got;
}

/* One piece of what is written; least: go on when there is room for so many. */
static ssize_t write_piece(struct open_file *file, const unsigned char *from,
			   size_t n, size_t least)
{
	struct pipe *pipe = file->node->pipe;
	ssize_t put = 0;

	spin_lock(&pipe->lock);
	while (ROOM - pipe->used < least && !pipe->no_reader &&
	       !(file->flags & O_NONBLOCK))
		waitqueue_wait(&pipe->changed, &pipe->lock);
	if (pipe->no_reader) {
		put = -EPIPE;
	} else if (ROOM - pipe->used < least) {
		put = -EAGAIN;
	} else {
		put = (ssize_t)(n < ROOM - pipe->used ? n : ROOM - pipe->used);
		give(pipe, from, (size_t)put);
		waitqueue_wake_all(&pipe->changed);
	}
	spin_unlock(&pipe->lock);
	return put;
}

static ssize_t pipe_write(struct open_file *file, const void *buf, size_t n)
{
	const size_t least = n <= PIPE_BUF ? n : 1;
	size_t sum = 0;
	ssize_t put;

	while (sum < n) {
		put = write_piece(file, (const unsigned char *)buf + sum,
				  n - sum, least);
		if (put == -EPIPE && sum == 0)
			raise(SIGPIPE);
		if (put < 0)
			return sum ? (ssize_t)sum : put;
		sum += (size_t)put;
	}
	return (ssize_t)sum;
}

static ssize_t no_read(struct open_file *file, void *buf, size_t n)
{
	return -EBADF;
}

static ssize_t no_write(struct open_file *file, const void *buf, size_t n)
{
	return -EBADF;
}

static void close_reader(struct open_file *file)
{
	struct pipe *pipe = file->node->pipe;

	spin_lock(&pipe->lock);
	pipe->no_reader = true;
	waitqueue_wake_all(&pipe->changed);
	spin_unlock(&pipe->lock);
}

static void close_writer(struct open_file *file)
{
	struct pipe *pipe = file->node->pipe;

	spin_lock(&pipe->lock);
	pipe->no_writer = true;
	waitqueue_wake_all(&pipe->changed);
	spin_unlock(&pipe->lock);
}

static int reader_ready(struct open_file *file)
{
	struct pipe *pipe = file->node->pipe;
	int ready;

	spin_lock(&pipe->lock);
	ready = (pipe->used ? POLLIN : 0) | (pipe->no_writer ? POLLHUP : 0);
	spin_unlock(&pipe->lock);
	return ready;
}

static int writer_ready(struct open_file *file)
{
	struct pipe *pipe = file->node->pipe;
	int ready;

	spin_lock(&pipe->lock);
	ready = (ROOM - pipe->used >= PIPE_BUF ? POLLOUT : 0) |
		(pipe->no_reader ? POLLERR : 0);
	spin_unlock(&pipe->lock);
	return ready;
}

static const struct stream reader_stream = {
	.ready = reader_ready,
	.read = pipe_read,
	.write = no_write,
	.close = close_reader,
};
static const struct stream writer_stream = {
	.ready = writer_ready,
	.read = no_read,
	.write = pipe_write,
	.close = close_writer,
};

static struct node *end_new_locked(const struct stream *stream,
				   struct pipe *pipe)
{
	struct node *node = node_new_locked(S_IFIFO | 0600);

	if (node) {
		node->stream = stream;
		node->pipe = pipe;
	}
	return node;
}

static int pipe_locked(int fds[2], int flags)
{
	struct pipe *pipe = kgc_alloc(sizeof(*pipe), 0);
	struct node *reader, *writer;

	if (pipe)
		pipe->bytes = kgc_alloc(ROOM, KGC_NOSCAN | KGC_NOZERO);
	reader = end_new_locked(&reader_stream, pipe);
	writer = end_new_locked(&writer_stream, pipe);
	if (!pipe || !pipe->bytes || !reader || !writer)
		return ENOMEM;
	pipe->lock = (struct spinlock)SPINLOCK_INIT(RANK_MUTEX);
	fds[0] = fd_open_locked(reader, O_RDONLY | flags);
	if (fds[0] < 0)
		return -fds[0];
	fds[1] = fd_open_locked(writer, O_WRONLY | flags);
	return fds[1] < 0 ? -fds[1] : 0;
}

int pipe2(int fds[2], int flags)
{
	int made[2] = { -1, -1 };
	int error;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return fail(EINVAL);
	fs_lock();
	error = pipe_locked(made, flags);
	fs_unlock();
	if (error) {
		if (made[0] >= 0)
			close(made[0]);
		return fail(error);
	}
	fds[0] = made[0];
	fds[1] = made[1];
	return 0;
}

int pipe(int fds[2])
{
	return pipe2(fds, 0);
}
