// SPDX-License-Identifier: MIT
/*
 * memfs.c - the tree of files: nodes, directories, and where they come from
 *
 * The first use makes /dev and /tmp and a node for each entry of the initrd,
 * whose bytes stay in the archive until somebody writes to the file.  Where an
 * archive has a path twice, the later one counts.  Links and devices of an
 * archive are left out.
 *
 * Bad at: directories of many thousands of names, each found by walking a list
 * and comparing hashes.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <kernel/initrd.h>
#include <kernel/printk.h>
#include <kernel/sync.h>
#include <kernel/time.h>
#include <kgc/kgc.h>
#include <libc/node.h>

static struct mutex lock = MUTEX_INIT;
static struct node *root;
static unsigned long inodes;

void fs_lock(void)
{
	mutex_lock(&lock);
}

void fs_unlock(void)
{
	mutex_unlock(&lock);
}

/* --- nodes --- */

void node_now(struct timespec *time)
{
	const uint64_t ns = time_wall_ns();

	time->tv_sec = (time_t)(ns / 1000000000);
	time->tv_nsec = (long)(ns % 1000000000);
}

void node_touch_locked(struct node *node)
{
	node_now(&node->modified);
	node->changed = node->modified;
}

struct node *node_new_locked(mode_t mode)
{
	struct node *node = kgc_alloc(sizeof(*node), 0);

	if (!node)
		return NULL;
	node->mode = mode;
	node->ino = ++inodes;
	node->next_number = 2;
	node_touch_locked(node);
	node->accessed = node->modified;
	return node;
}

void node_settle_locked(struct node *node)
{
	if (node->links || node->opens)
		return;
	if (node->room)
		kgc_free(node->data);
	kgc_free(node);
}

void node_drop_locked(struct node *node)
{
	node->opens--;
	node_settle_locked(node);
}

/* --- directories --- */

static uint32_t hash_of(const char *name, size_t n)
{
	uint32_t hash = 2166136261u;

	while (n--)
		hash = (hash ^ (unsigned char)*name++) * 16777619u;
	return hash;
}

struct entry *dir_find_locked(const struct node *dir, const char *name,
			      size_t n)
{
	const uint32_t hash = hash_of(name, n);
	struct entry *entry;

	for (entry = dir->first; entry; entry = entry->next)
		if (entry->hash == hash && !memcmp(entry->name, name, n) &&
		    !entry->name[n])
			return entry;
	return NULL;
}

int dir_add_locked(struct node *dir, const char *name, size_t n,
		   struct node *node)
{
	struct entry *entry;

	if (!dir->links)
		return ENOENT;
	if (node->links == LINK_MAX)
		return EMLINK;
	entry = kgc_alloc(sizeof(*entry) + n + 1, 0);
	if (!entry)
		return ENOSPC;
	memcpy(entry->name, name, n);
	entry->hash = hash_of(name, n);
	entry->number = dir->next_number++;
	entry->node = node;
	if (dir->last)
		dir->last->next = entry;
	else
		dir->first = entry;
	dir->last = entry;
	node->links++;
	if (S_ISDIR(node->mode))
		node->parent = dir;
	node_now(&node->changed);
	node_touch_locked(dir);
	return 0;
}

/* The node keeps its other names, and lives on while it is open. */
void dir_remove_locked(struct node *dir, struct entry *entry)
{
	struct entry *before = NULL, **link = &dir->first;
	struct node *node = entry->node;

	while (*link != entry) {
		before = *link;
		link = &before->next;
	}
	*link = entry->next;
	if (dir->last == entry)
		dir->last = before;
	dir->removals++;
	node_touch_locked(dir);
	kgc_free(entry);
	node->links--;
	node_now(&node->changed);
	node_settle_locked(node);
}

/* --- the first tree --- */

/* A new node under @name, or the one that is there; NULL without memory. */
static struct node *make(struct node *dir, const char *name, size_t n,
			 mode_t mode)
{
	struct entry *entry = dir_find_locked(dir, name, n);
	struct node *node;

	if (entry)
		return entry->node;
	node = node_new_locked(mode);
	if (node && dir_add_locked(dir, name, n, node) != 0) {
		kgc_free(node);
		node = NULL;
	}
	return node;
}

static bool is_dots(const char *name, size_t n)
{
	return n <= 2 && !memcmp(name, "..", n);
}

/* The node of @path, its directories made on the way. */
static struct node *make_path(const char *path, mode_t mode)
{
	struct node *node = root;
	const char *end;
	bool last;

	while (*path && node && S_ISDIR(node->mode)) {
		end = strchr(path, '/');
		if (!end)
			end = path + strlen(path);
		last = end[strspn(end, "/")] == '\0';
		if (end - path > NAME_MAX)
			return NULL;
		if (!is_dots(path, (size_t)(end - path)))
			node = make(node, path, (size_t)(end - path),
				    last ? mode : S_IFDIR | 0755);
		path = end + strspn(end, "/");
	}
	return *path ? NULL : node;
}

static bool load_entry(const struct cpio_file *file)
{
	const mode_t type = file->mode & S_IFMT;
	struct node *node;

	if (type != S_IFREG && type != S_IFDIR)
		return true;
	node = make_path(file->path + strspn(file->path, "/"), file->mode);
	if (!node || (node->mode & S_IFMT) != type)
		return false;
	node->mode = file->mode;
	node->modified = (struct timespec){ .tv_sec = (time_t)file->mtime };
	if (type == S_IFREG) {
		node->data = (unsigned char *)file->data;
		node->size = file->size;
	}
	return true;
}

static void load_initrd(void)
{
	struct cpio_file file;
	struct cpio cpio;

	initrd_open(&cpio);
	while (cpio_next(&cpio, &file))
		if (!load_entry(&file))
			printk("initrd: %s is left out\n", file.path);
}

static void make_devices(void)
{
	const struct stream *const *device;
	struct node *dev, *node;

	dev = make(root, "dev", 3, S_IFDIR | 0755);
	for (device = devices; dev && *device; device++) {
		node = make(dev, (*device)->name, strlen((*device)->name),
			    S_IFCHR | 0666);
		if (node)
			node->stream = *device;
	}
}

struct node *fs_root_locked(void)
{
	if (root)
		return root;
	root = node_new_locked(S_IFDIR | 0755);
	if (!root)
		return NULL;
	root->links = 1;
	root->opens = 1;
	root->parent = root;
	make_devices();
	make(root, "tmp", 3, S_IFDIR | S_ISVTX | 0777);
	load_initrd();
	return root;
}
