// SPDX-License-Identifier: MIT
/*
 * name.c - names of files: link, unlink, rename, mkdir, rmdir
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libc/fail.h>
#include <libc/node.h>
#include <libc/process.h>

static struct entry *entry_of(const struct place *p)
{
	return dir_find_locked(p->dir, p->name, p->length);
}

/* --- to make --- */

static int mkdir_locked(int base, const char *path, mode_t mode)
{
	struct place place;
	struct node *node;
	int error = path_find_locked(base, path, &place);

	if (error)
		return error;
	if (place.node)
		return EEXIST;
	node = node_new_locked(S_IFDIR | (mode & 01777 & ~process_umask));
	if (!node)
		return ENOSPC;
	error = dir_add_locked(place.dir, place.name, place.length, node);
	if (error)
		node_settle_locked(node);
	return error;
}

int mkdirat(int base, const char *path, mode_t mode)
{
	int error;

	fs_lock();
	error = mkdir_locked(base, path, mode);
	fs_unlock();
	return result(error);
}

int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

static int link_locked(const char *from, const char *to)
{
	struct place place;
	struct node *node;
	int error = path_node_locked(AT_FDCWD, from, &node);

	if (!error)
		error = path_find_locked(AT_FDCWD, to, &place);
	if (error)
		return error;
	if (place.node)
		return EEXIST;
	if (S_ISDIR(node->mode))
		return EPERM;
	if (place.slash)
		return ENOENT;
	return dir_add_locked(place.dir, place.name, place.length, node);
}

int link(const char *from, const char *to)
{
	int error;

	fs_lock();
	error = link_locked(from, to);
	fs_unlock();
	return result(error);
}

int mkfifo(const char *path, mode_t mode)
{
	return fail(ENOSYS);
}

int mknod(const char *path, mode_t mode, dev_t device)
{
	return fail(ENOSYS);
}

/* --- symbolic links, of which there are none --- */

int symlink(const char *to, const char *path)
{
	return fail(ENOSYS);
}

ssize_t readlink(const char *restrict path, char *restrict buf, size_t size)
{
	struct node *node;
	int error;

	fs_lock();
	error = path_node_locked(AT_FDCWD, path, &node);
	fs_unlock();
	return fail(error ? error : EINVAL);
}

/* --- to remove --- */

static int unlink_locked(int base, const char *path)
{
	struct place place;
	const int error = path_find_locked(base, path, &place);

	if (error)
		return error;
	if (!place.node)
		return ENOENT;
	if (S_ISDIR(place.node->mode))
		return EPERM;
	dir_remove_locked(place.dir, entry_of(&place));
	return 0;
}

static bool ends_in_dot(const struct place *p)
{
	return p->dots && p->length == 1;
}

static int rmdir_locked(int base, const char *path)
{
	struct place place = { 0 };
	const int error = path_find_locked(base, path, &place);

	if (error)
		return error;
	if (!place.node)
		return ENOENT;
	if (!S_ISDIR(place.node->mode))
		return ENOTDIR;
	if (ends_in_dot(&place))
		return EINVAL;
	if (place.node == fs_root_locked())
		return EBUSY;
	if (place.node->first || place.dots)
		return ENOTEMPTY;
	dir_remove_locked(place.dir, entry_of(&place));
	return 0;
}

int unlinkat(int base, const char *path, int flags)
{
	int error;

	fs_lock();
	error = flags & AT_REMOVEDIR ? rmdir_locked(base, path)
				     : unlink_locked(base, path);
	fs_unlock();
	return result(error);
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char *path)
{
	struct node *node;
	int error;

	fs_lock();
	error = path_node_locked(AT_FDCWD, path, &node);
	if (!error)
		error = S_ISDIR(node->mode) ? rmdir_locked(AT_FDCWD, path)
					    : unlink_locked(AT_FDCWD, path);
	fs_unlock();
	return result(error);
}

/* --- to rename --- */

static bool lies_in(const struct node *node, const struct node *dir)
{
	const struct node *root = fs_root_locked();

	for (; node != dir; node = node->parent)
		if (node == root)
			return false;
	return true;
}

/* May @from take the place of @to?  The errors are those of rename(). */
static int check_rename(const struct place *from, const struct place *to)
{
	const bool dir = from->node && S_ISDIR(from->node->mode);

	if (!from->node)
		return ENOENT;
	if (from->dots || to->dots)
		return EBUSY;
	if (!dir && to->slash)
		return ENOTDIR;
	if (dir && lies_in(to->dir, from->node))
		return EINVAL;
	if (!to->node)
		return to->dir->links ? 0 : ENOENT;
	if (dir && !S_ISDIR(to->node->mode))
		return ENOTDIR;
	if (!dir && S_ISDIR(to->node->mode))
		return EISDIR;
	return dir && to->node->first ? ENOTEMPTY : 0;
}

/* Where there is something already, its entry changes hands. */
static int move_locked(const struct place *from, const struct place *to)
{
	struct node *node = from->node, *old = to->node;
	struct entry *entry;

	if (!old) {
		const int error =
			dir_add_locked(to->dir, to->name, to->length, node);

		if (error)
			return error;
	} else {
		entry = entry_of(to);
		entry->node = node;
		node->links++;
		if (S_ISDIR(node->mode))
			node->parent = to->dir;
		node_touch_locked(to->dir);
		old->links--;
		node_now(&old->changed);
		node_settle_locked(old);
	}
	dir_remove_locked(from->dir, entry_of(from));
	return 0;
}

int renameat(int old_base, const char *old_path, int new_base,
	     const char *new_path)
{
	struct place from, to;
	int error;

	fs_lock();
	error = path_find_locked(old_base, old_path, &from);
	if (!error)
		error = path_find_locked(new_base, new_path, &to);
	if (!error)
		error = check_rename(&from, &to);
	if (!error && from.node != to.node)
		error = move_locked(&from, &to);
	fs_unlock();
	return result(error);
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}
