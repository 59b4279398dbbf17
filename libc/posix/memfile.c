// SPDX-License-Identifier: MIT
/*
 * memfile.c - the bytes of a file in memory
 *
 * They lie in one block that is never scanned and grows by half, so that a file
 * written byte by byte is copied a few times over.  A file of the initrd gets a
 * block when it is first written to.
 *
 * Bad at: a file of n bytes that grows wants up to 2.5 n for a moment, and as
 * much address space in one piece; holes take memory.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include <kgc/kgc.h>
#include <libc/node.h>

enum { ROOM_LEAST = 64 };

size_t file_size_max(void)
{
	return sizeof(off_t) < sizeof(size_t) ? SIZE_MAX >> 1 : PTRDIFF_MAX;
}

ssize_t file_read_locked(struct node *node, size_t at, void *buf, size_t n)
{
	const size_t left = at < node->size ? node->size - at : 0;

	n = n < left ? n : left;
	if (n)
		memcpy(buf, node->data + at, n);
	node_now(&node->accessed);
	return (ssize_t)n;
}

/* A block of @room bytes with the contents; false if there is no memory. */
static bool set_room(struct node *node, size_t room)
{
	unsigned char *data;

	if (node->room) {
		data = kgc_realloc(node->data, room);
	} else {
		data = kgc_alloc(room, KGC_NOSCAN);
		if (data && node->size)
			memcpy(data, node->data, node->size);
	}
	if (!data)
		return false;
	node->data = data;
	node->room = room;
	return true;
}

/* Room for @size bytes that may be written to. */
static bool reserve(struct node *node, size_t size)
{
	size_t more = node->room + node->room / 2;

	if (size < node->size)
		size = node->size;
	if (size <= node->room || size == 0)
		return true;
	if (more < ROOM_LEAST)
		more = ROOM_LEAST;
	if (size < more && set_room(node, more))
		return true;
	return set_room(node, size);
}

ssize_t file_write_locked(struct node *node, size_t at, const void *buf,
			  size_t n)
{
	if (n == 0)
		return 0;
	if (at >= file_size_max())
		return -EFBIG;
	if (n > file_size_max() - at)
		n = file_size_max() - at;
	if (!reserve(node, at + n)) {
		/* As much as there is room for. */
		if (at >= node->room)
			return -ENOSPC;
		n = node->room - at;
	}
	memcpy(node->data + at, buf, n);
	if (at + n > node->size)
		node->size = at + n;
	node_touch_locked(node);
	return (ssize_t)n;
}

int file_resize_locked(struct node *node, size_t size)
{
	if (size > file_size_max())
		return EFBIG;
	if (size > node->size && !reserve(node, size))
		return ENOSPC;
	if (size < node->size && node->room)
		memset(node->data + size, 0, node->size - size);
	node->size = size;
	/* A block that is no longer needed goes at once. */
	if (size == 0 && node->room) {
		kgc_free(node->data);
		node->data = NULL;
		node->room = 0;
	}
	node_touch_locked(node);
	return 0;
}
