// SPDX-License-Identifier: MIT
/*
 * poll.c - wait until a descriptor can be read or written
 *
 * Files and most devices always can.  For the console and for pipes it looks
 * every millisecond, between which the task sleeps.
 *
 * Bad at: reacting in less than that.
 *
 * Locking: the file system's while it looks; none while it sleeps.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include <kernel/task.h>
#include <kernel/time.h>
#include <libc/fail.h>
#include <libc/fd.h>
#include <libc/node.h>

enum { LOOK_NS = 1000000 };

static short look(const struct pollfd *wanted)
{
	const struct stream *stream;
	struct open_file *file;
	int ready = POLLIN | POLLOUT;

	if (wanted->fd < 0)
		return 0;
	fs_lock();
	file = fd_file_locked(wanted->fd);
	stream = file ? file->node->stream : NULL;
	if (!file)
		ready = POLLNVAL;
	else if (stream && stream->ready)
		ready = stream->ready(file);
	fs_unlock();
	if (ready & POLLIN)
		ready |= POLLRDNORM;
	if (ready & POLLOUT)
		ready |= POLLWRNORM;
	return (short)(ready & (wanted->events | POLLERR | POLLHUP | POLLNVAL));
}

static int look_at_all(struct pollfd *fds, nfds_t count)
{
	int n = 0;

	for (nfds_t i = 0; i < count; i++) {
		fds[i].revents = look(&fds[i]);
		n += fds[i].revents != 0;
	}
	return n;
}

/* @ns: how long at most, UINT64_MAX for ever. */
static int poll_for(struct pollfd *fds, nfds_t count, uint64_t ns)
{
	const uint64_t start = time_now_ns();
	uint64_t past;
	int n;

	for (;;) {
		n = look_at_all(fds, count);
		past = time_now_ns() - start;
		if (n || past >= ns)
			return n;
		usleep((useconds_t)((ns - past < LOOK_NS ? ns - past
							 : LOOK_NS) /
				    1000));
	}
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	if (count > FDS_MAX)
		return fail(EINVAL);
	return poll_for(fds, count,
			timeout < 0 ? UINT64_MAX : (uint64_t)timeout * 1000000);
}

/* As long as @time says: UINT64_MAX without one; false if it is none. */
static bool duration(const struct timespec *time, uint64_t *ns)
{
	*ns = UINT64_MAX;
	if (!time)
		return true;
	if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec > 999999999)
		return false;
	if ((uint64_t)time->tv_sec < UINT64_MAX / 1000000000 - 1)
		*ns = (uint64_t)time->tv_sec * 1000000000 +
		      (uint64_t)time->tv_nsec;
	return true;
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
	  const sigset_t *mask)
{
	sigset_t old;
	uint64_t ns;
	int n;

	if (count > FDS_MAX || !duration(timeout, &ns))
		return fail(EINVAL);
	if (mask)
		sigprocmask(SIG_SETMASK, mask, &old);
	n = poll_for(fds, count, ns);
	if (mask)
		sigprocmask(SIG_SETMASK, &old, NULL);
	return n;
}

/* --- the same with sets --- */

static bool in(const fd_set *set, int fd)
{
	return set && FD_ISSET(fd, set);
}

/* Which of @fds are in one of the sets: their number. */
static int collect(struct pollfd *fds, int n, const fd_set *in_set,
		   const fd_set *out_set, const fd_set *other_set)
{
	int count = 0;

	for (int fd = 0; fd < n; fd++) {
		const int events = (in(in_set, fd) ? POLLIN : 0) |
				   (in(out_set, fd) ? POLLOUT : 0) |
				   (in(other_set, fd) ? POLLPRI : 0);

		if (events)
			fds[count++] = (struct pollfd){ fd, (short)events, 0 };
	}
	return count;
}

static int keep(fd_set *set, const struct pollfd *fd, int events)
{
	if (!in(set, fd->fd))
		return 0;
	if (fd->revents & events)
		return 1;
	FD_CLR(fd->fd, set);
	return 0;
}

int pselect(int n, fd_set *in_set, fd_set *out_set, fd_set *other_set,
	    const struct timespec *timeout, const sigset_t *mask)
{
	struct pollfd fds[FD_SETSIZE];
	int count, sum = 0;

	if (n < 0 || n > FD_SETSIZE)
		return fail(EINVAL);
	count = collect(fds, n, in_set, out_set, other_set);
	if (ppoll(fds, (nfds_t)count, timeout, mask) < 0)
		return -1;
	for (int i = 0; i < count; i++)
		if (fds[i].revents & POLLNVAL)
			return fail(EBADF);
	for (int i = 0; i < count; i++) {
		sum += keep(in_set, &fds[i], POLLIN | POLLHUP | POLLERR);
		sum += keep(out_set, &fds[i], POLLOUT | POLLERR);
		sum += keep(other_set, &fds[i], POLLPRI);
	}
	return sum;
}

int select(int n, fd_set *in_set, fd_set *out_set, fd_set *other_set,
	   struct timeval *timeout)
{
	struct timespec time = { 0 };

	if (timeout) {
		time.tv_sec = timeout->tv_sec;
		time.tv_nsec = timeout->tv_usec * 1000L;
	}
	return pselect(n, in_set, out_set, other_set, timeout ? &time : NULL,
		       NULL);
}
