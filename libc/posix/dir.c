// SPDX-License-Identifier: MIT
/*
 * dir.c - reading directories
 *
 * A place in a directory is a number: 0 is ".", 1 is "..", and entries have
 * ascending numbers of their own.  So what is added or removed while somebody
 * reads neither repeats nor hides any other name.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libc/fail.h>
#include <libc/fd.h>
#include <libc/node.h>

struct libc_dir {
	int fd;
	unsigned long next; /* number of the next entry, at least */
	/* The entry read last, good while nothing is removed. */
	struct entry *last;
	unsigned long removals;
	struct dirent dirent;
};

DIR *fdopendir(int fd)
{
	struct open_file *file;
	DIR *dir = NULL;
	int error = 0;

	fs_lock();
	file = fd_file_locked(fd);
	if (!file)
		error = EBADF;
	else if (!S_ISDIR(file->node->mode))
		error = ENOTDIR;
	fs_unlock();
	if (!error) {
		dir = calloc(1, sizeof(*dir));
		error = ENOMEM;
	}
	if (dir)
		dir->fd = fd;
	else
		errno = error;
	return dir;
}

DIR *opendir(const char *path)
{
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir;

	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (!dir)
		close(fd);
	return dir;
}

int closedir(DIR *dir)
{
	const int fd = dir->fd;

	free(dir);
	return close(fd);
}

int dirfd(DIR *dir)
{
	return dir->fd;
}

static struct entry *next_entry(DIR *dir, const struct node *node)
{
	struct entry *entry = node->first;

	if (dir->last && dir->removals == node->removals)
		entry = dir->last->next;
	while (entry && entry->number < dir->next)
		entry = entry->next;
	dir->last = entry;
	dir->removals = node->removals;
	return entry;
}

static unsigned char type_of(const struct node *node)
{
	if (S_ISDIR(node->mode))
		return DT_DIR;
	return S_ISREG(node->mode) ? DT_REG : DT_CHR;
}

static struct dirent *tell(DIR *dir, const char *name, const struct node *node)
{
	dir->dirent.d_ino = (ino_t)node->ino;
	dir->dirent.d_type = type_of(node);
	strcpy(dir->dirent.d_name, name);
	return &dir->dirent;
}

static struct dirent *read_locked(DIR *dir)
{
	struct open_file *file = fd_file_locked(dir->fd);
	struct entry *entry;

	if (!file || !S_ISDIR(file->node->mode)) {
		errno = EBADF;
		return NULL;
	}
	if (dir->next < 2) {
		dir->last = NULL;
		return dir->next++ == 0 ? tell(dir, ".", file->node)
					: tell(dir, "..", file->node->parent);
	}
	entry = next_entry(dir, file->node);
	if (!entry)
		return NULL;
	dir->next = entry->number + 1;
	return tell(dir, entry->name, entry->node);
}

struct dirent *readdir(DIR *dir)
{
	struct dirent *dirent;

	fs_lock();
	dirent = read_locked(dir);
	fs_unlock();
	return dirent;
}

int readdir_r(DIR *restrict dir, struct dirent *restrict buf,
	      struct dirent **restrict found)
{
	const int old = errno;
	struct dirent *dirent;
	int error;

	errno = 0;
	dirent = readdir(dir);
	error = errno;
	errno = old;
	if (dirent)
		*buf = *dirent;
	*found = dirent ? buf : NULL;
	return error;
}

void rewinddir(DIR *dir)
{
	seekdir(dir, 0);
}

void seekdir(DIR *dir, long place)
{
	dir->next = (unsigned long)place;
	dir->last = NULL;
}

long telldir(DIR *dir)
{
	return (long)dir->next;
}

/* --- scandir --- */

int alphasort(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

struct list {
	struct dirent **names;
	size_t n, room;
};

static bool list_add(struct list *list, const struct dirent *dirent)
{
	struct dirent *copy = malloc(sizeof(*copy));
	struct dirent **more = list->names;

	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		more = realloc(more, list->room * sizeof(*more));
	}
	if (!more || !copy) {
		free(copy);
		return false;
	}
	*copy = *dirent;
	list->names = more;
	list->names[list->n++] = copy;
	return true;
}

static void list_free(struct list *list)
{
	while (list->n)
		free(list->names[--list->n]);
	free(list->names);
}

int scandir(const char *path, struct dirent ***names,
	    int (*choose)(const struct dirent *),
	    int (*compare)(const struct dirent **, const struct dirent **))
{
	struct list list = { NULL, 0, 0 };
	struct dirent *dirent;
	DIR *dir = opendir(path);
	bool good = true;

	if (!dir)
		return -1;
	while (good && (dirent = readdir(dir)))
		if (!choose || choose(dirent))
			good = list_add(&list, dirent);
	closedir(dir);
	if (!good) {
		list_free(&list);
		return fail(ENOMEM);
	}
	if (compare && list.n)
		qsort(list.names, list.n, sizeof(*list.names),
		      (int (*)(const void *, const void *))compare);
	*names = list.names;
	return (int)list.n;
}
