// SPDX-License-Identifier: MIT
/*
 * path.c - where a path leads, and the working directory
 *
 * There are no symbolic links, so a path is walked name by name, and every
 * directory has one path.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libc/fail.h>
#include <libc/fd.h>
#include <libc/node.h>

/* NULL: the root. */
static struct node *working;

static int base_dir(int base, const char *path, struct node **dir)
{
	struct open_file *file;

	*dir = fs_root_locked();
	if (!*dir)
		return ENOSPC;
	if (path[0] == '/')
		return 0;
	if (base == AT_FDCWD) {
		*dir = working ? working : *dir;
		return 0;
	}
	file = fd_file_locked(base);
	if (!file)
		return EBADF;
	*dir = file->node;
	return S_ISDIR(file->node->mode) ? 0 : ENOTDIR;
}

/* One name further. */
static void step(struct place *p, const char *name, size_t n)
{
	struct node *dir = p->node;
	struct entry *entry;

	p->dir = dir;
	p->name = name;
	p->length = n;
	p->dots = n <= 2 && !memcmp(name, "..", n);
	if (p->dots) {
		p->node = n == 2 ? dir->parent : dir;
		return;
	}
	entry = dir_find_locked(dir, name, n);
	p->node = entry ? entry->node : NULL;
}

int path_find_locked(int base, const char *path, struct place *p)
{
	int error = base_dir(base, path, &p->node);
	size_t n;

	if (!*path)
		return ENOENT;
	if (strnlen(path, PATH_MAX) == PATH_MAX)
		return ENAMETOOLONG;
	if (error)
		return error;
	p->dir = p->node;
	p->name = "";
	p->length = 0;
	p->dots = true;
	p->slash = false;
	for (path += strspn(path, "/"); *path;
	     path += n + strspn(path + n, "/")) {
		if (!p->node)
			return ENOENT;
		if (!S_ISDIR(p->node->mode))
			return ENOTDIR;
		n = strcspn(path, "/");
		if (n > NAME_MAX)
			return ENAMETOOLONG;
		step(p, path, n);
		p->slash = path[n] == '/';
	}
	if (p->slash && p->node && !S_ISDIR(p->node->mode))
		return ENOTDIR;
	return 0;
}

int path_node_locked(int base, const char *path, struct node **node)
{
	struct place place;
	const int error = path_find_locked(base, path, &place);

	if (error)
		return error;
	*node = place.node;
	return place.node ? 0 : ENOENT;
}

/* --- the working directory --- */

static void enter_locked(struct node *dir)
{
	struct node *old = working;

	dir->opens++;
	working = dir;
	if (old)
		node_drop_locked(old);
}

int chdir(const char *path)
{
	struct node *node;
	int error;

	fs_lock();
	error = path_node_locked(AT_FDCWD, path, &node);
	if (!error && !S_ISDIR(node->mode))
		error = ENOTDIR;
	if (!error)
		enter_locked(node);
	fs_unlock();
	return result(error);
}

int fchdir(int fd)
{
	struct open_file *file;
	int error = 0;

	fs_lock();
	file = fd_file_locked(fd);
	if (!file)
		error = EBADF;
	else if (!S_ISDIR(file->node->mode))
		error = ENOTDIR;
	else
		enter_locked(file->node);
	fs_unlock();
	return result(error);
}

static const char *name_in_parent(const struct node *node)
{
	const struct entry *entry;

	for (entry = node->parent->first; entry; entry = entry->next)
		if (entry->node == node)
			return entry->name;
	return NULL;
}

/*
 * Write the path of directory @node to the end of @buf.  Its start in *@path;
 * 0, ENOENT if it was removed, ERANGE.
 */
static int path_of_locked(const struct node *node, char *buf, size_t size,
			  char **path)
{
	const struct node *root = fs_root_locked();
	char *p = buf + size;
	const char *name;
	size_t n;

	if (size < 2)
		return ERANGE;
	*--p = '\0';
	if (node == root)
		*--p = '/';
	for (; node != root; node = node->parent) {
		name = node->links ? name_in_parent(node) : NULL;
		if (!name)
			return ENOENT;
		n = strlen(name);
		if ((size_t)(p - buf) < n + 1)
			return ERANGE;
		p -= n;
		memcpy(p, name, n);
		*--p = '/';
	}
	*path = p;
	return 0;
}

char *getcwd(char *buf, size_t size)
{
	char *own = NULL, *path;
	int error;

	if (!buf) {
		size = size ? size : PATH_MAX;
		own = buf = malloc(size);
		if (!buf)
			return NULL;
	} else if (size == 0) {
		errno = EINVAL;
		return NULL;
	}
	fs_lock();
	error = !fs_root_locked()
			? ENOMEM
			: path_of_locked(working ? working : fs_root_locked(),
					 buf, size, &path);
	fs_unlock();
	if (error) {
		free(own);
		errno = error;
		return NULL;
	}
	return memmove(buf, path, strlen(path) + 1);
}

/* The path of what @place names, in @buf of PATH_MAX bytes. */
static int real_locked(const struct place *p, char *buf)
{
	const struct node *dir = p->dots ? p->node : p->dir;
	char *path;
	size_t n;
	int error;

	if (!p->node)
		return ENOENT;
	error = path_of_locked(dir, buf, PATH_MAX, &path);
	if (error)
		return error == ERANGE ? ENAMETOOLONG : error;
	n = strlen(path);
	memmove(buf, path, n + 1);
	if (p->dots)
		return 0;
	if (n + 1 + p->length >= PATH_MAX)
		return ENAMETOOLONG;
	if (n > 1)
		buf[n++] = '/';
	memcpy(buf + n, p->name, p->length);
	buf[n + p->length] = '\0';
	return 0;
}

char *realpath(const char *restrict path, char *restrict resolved)
{
	char *buf = resolved;
	struct place place;
	int error;

	if (!path) {
		errno = EINVAL;
		return NULL;
	}
	if (!buf)
		buf = malloc(PATH_MAX);
	if (!buf)
		return NULL;
	fs_lock();
	error = path_find_locked(AT_FDCWD, path, &place);
	if (!error)
		error = real_locked(&place, buf);
	fs_unlock();
	if (!error)
		return buf;
	if (!resolved)
		free(buf);
	errno = error;
	return NULL;
}
