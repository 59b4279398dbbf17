// SPDX-License-Identifier: MIT
/*
 * stat.c - what is known of a file, and changing it
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include <libc/fail.h>
#include <libc/fd.h>
#include <libc/node.h>
#include <libc/process.h>

/* One library declares pairs of times as pointers, the other as arrays. */
#pragma GCC diagnostic ignored "-Warray-parameter"

enum { BLOCK = 4096, UNIT = 512 };

mode_t process_umask = 022;

/* The node behind a descriptor or a path; 0 or an error. */
static int fd_node_locked(int fd, struct node **node)
{
	struct open_file *file = fd_file_locked(fd);

	if (!file)
		return EBADF;
	*node = file->node;
	return 0;
}

/* --- stat --- */

static unsigned int count_links(const struct node *node)
{
	const struct entry *entry;
	unsigned int n = 2;

	if (!S_ISDIR(node->mode))
		return node->links;
	if (!node->links)
		return 0;
	for (entry = node->first; entry; entry = entry->next)
		n += S_ISDIR(entry->node->mode);
	return n;
}

static void fill(const struct node *node, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_dev = 1;
	st->st_ino = (ino_t)node->ino;
	st->st_mode = node->mode;
	st->st_nlink = (nlink_t)count_links(node);
	st->st_uid = node->uid;
	st->st_gid = node->gid;
	st->st_size = (off_t)node->size;
	st->st_atim = node->accessed;
	st->st_mtim = node->modified;
	st->st_ctim = node->changed;
	st->st_blksize = BLOCK;
	st->st_blocks = (blkcnt_t)((node->size + UNIT - 1) / UNIT);
}

int fstat(int fd, struct stat *st)
{
	struct node *node;
	int error;

	fs_lock();
	error = fd_node_locked(fd, &node);
	if (!error)
		fill(node, st);
	fs_unlock();
	return result(error);
}

int fstatat(int base, const char *restrict path, struct stat *restrict st,
	    int flags)
{
	struct node *node;
	int error;

	fs_lock();
	error = path_node_locked(base, path, &node);
	if (!error)
		fill(node, st);
	fs_unlock();
	return result(error);
}

int stat(const char *restrict path, struct stat *restrict st)
{
	return fstatat(AT_FDCWD, path, st, 0);
}

int lstat(const char *restrict path, struct stat *restrict st)
{
	return fstatat(AT_FDCWD, path, st, 0);
}

/* --- access --- */

/* Root may read and write all, and execute what anybody may. */
static int may_access(const struct node *node, int how)
{
	if (how & ~(R_OK | W_OK | X_OK))
		return EINVAL;
	if ((how & X_OK) && !S_ISDIR(node->mode) && !(node->mode & 0111))
		return EACCES;
	return 0;
}

int faccessat(int base, const char *path, int how, int flags)
{
	struct node *node;
	int error;

	fs_lock();
	error = path_node_locked(base, path, &node);
	if (!error)
		error = may_access(node, how);
	fs_unlock();
	return result(error);
}

int access(const char *path, int how)
{
	return faccessat(AT_FDCWD, path, how, 0);
}

/* --- mode and owner --- */

mode_t umask(mode_t mask)
{
	mode_t old;

	fs_lock();
	old = process_umask;
	process_umask = mask & 0777;
	fs_unlock();
	return old;
}

static void set_mode(struct node *node, mode_t mode)
{
	node->mode = (node->mode & S_IFMT) | (mode & 07777);
	node_now(&node->changed);
}

int fchmodat(int base, const char *path, mode_t mode, int flags)
{
	struct node *node;
	int error;

	fs_lock();
	error = path_node_locked(base, path, &node);
	if (!error)
		set_mode(node, mode);
	fs_unlock();
	return result(error);
}

int chmod(const char *path, mode_t mode)
{
	return fchmodat(AT_FDCWD, path, mode, 0);
}

int fchmod(int fd, mode_t mode)
{
	struct node *node;
	int error;

	fs_lock();
	error = fd_node_locked(fd, &node);
	if (!error)
		set_mode(node, mode);
	fs_unlock();
	return result(error);
}

/* -1 leaves it. */
static void set_owner(struct node *node, uid_t uid, gid_t gid)
{
	if (uid != (uid_t)-1)
		node->uid = uid;
	if (gid != (gid_t)-1)
		node->gid = gid;
	node_now(&node->changed);
}

int fchownat(int base, const char *path, uid_t uid, gid_t gid, int flags)
{
	struct node *node;
	int error;

	fs_lock();
	error = path_node_locked(base, path, &node);
	if (!error)
		set_owner(node, uid, gid);
	fs_unlock();
	return result(error);
}

int chown(const char *path, uid_t uid, gid_t gid)
{
	return fchownat(AT_FDCWD, path, uid, gid, 0);
}

int lchown(const char *path, uid_t uid, gid_t gid)
{
	return fchownat(AT_FDCWD, path, uid, gid, 0);
}

int fchown(int fd, uid_t uid, gid_t gid)
{
	struct node *node;
	int error;

	fs_lock();
	error = fd_node_locked(fd, &node);
	if (!error)
		set_owner(node, uid, gid);
	fs_unlock();
	return result(error);
}

/* --- times --- */

static bool time_is_good(const struct timespec *t)
{
	return t->tv_nsec == UTIME_NOW || t->tv_nsec == UTIME_OMIT ||
	       (t->tv_nsec >= 0 && t->tv_nsec < 1000000000);
}

static void set_time(struct timespec *to, const struct timespec *from)
{
	if (from->tv_nsec == UTIME_NOW)
		node_now(to);
	else if (from->tv_nsec != UTIME_OMIT)
		*to = *from;
}

/* NULL @times: now. */
static int set_times(struct node *node, const struct timespec *times)
{
	static const struct timespec now[2] = { { .tv_nsec = UTIME_NOW },
						{ .tv_nsec = UTIME_NOW } };

	if (!times)
		times = now;
	if (!time_is_good(&times[0]) || !time_is_good(&times[1]))
		return EINVAL;
	set_time(&node->accessed, &times[0]);
	set_time(&node->modified, &times[1]);
	node_now(&node->changed);
	return 0;
}

int utimensat(int base, const char *path, const struct timespec times[2],
	      int flags)
{
	struct node *node;
	int error;

	fs_lock();
	error = path_node_locked(base, path, &node);
	if (!error)
		error = set_times(node, times);
	fs_unlock();
	return result(error);
}

int futimens(int fd, const struct timespec times[2])
{
	struct node *node;
	int error;

	fs_lock();
	error = fd_node_locked(fd, &node);
	if (!error)
		error = set_times(node, times);
	fs_unlock();
	return result(error);
}

/* False if a part of @tv is none. */
static bool from_timeval(const struct timeval tv[2], struct timespec ts[2])
{
	int i;

	for (i = 0; i < 2; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			return false;
		ts[i].tv_sec = tv[i].tv_sec;
		ts[i].tv_nsec = (long)tv[i].tv_usec * 1000;
	}
	return true;
}

int utimes(const char *path, const struct timeval tv[2])
{
	struct timespec ts[2];

	if (tv && !from_timeval(tv, ts))
		return fail(EINVAL);
	return utimensat(AT_FDCWD, path, tv ? ts : NULL, 0);
}

int lutimes(const char *path, const struct timeval tv[2])
{
	return utimes(path, tv);
}

int futimes(int fd, const struct timeval tv[2])
{
	struct timespec ts[2];

	if (tv && !from_timeval(tv, ts))
		return fail(EINVAL);
	return futimens(fd, tv ? ts : NULL);
}

int utime(const char *path, const struct utimbuf *times)
{
	struct timespec ts[2] = { { 0 }, { 0 } };

	if (times) {
		ts[0].tv_sec = times->actime;
		ts[1].tv_sec = times->modtime;
	}
	return utimensat(AT_FDCWD, path, times ? ts : NULL, 0);
}
