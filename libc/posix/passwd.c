// SPDX-License-Identifier: MIT
/*
 * passwd.c - the one user, who is root, and its one group
 *
 * Their names are static: whoever asks gets the same record.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <libc/fail.h>

static char *members[1];
static struct group root_group = {
	.gr_name = "root",
	.gr_passwd = "",
	.gr_mem = members,
};
static bool user_read, group_read;

static struct passwd *root_user(void)
{
	static struct passwd user = {
		.pw_name = "root",
		.pw_passwd = "",
		.pw_gecos = "root",
		.pw_dir = "/",
		.pw_shell = "",
	};

	return &user;
}

struct passwd *getpwuid(uid_t uid)
{
	return uid ? NULL : root_user();
}

struct passwd *getpwnam(const char *name)
{
	return strcmp(name, "root") ? NULL : root_user();
}

/* Nothing of the record is in @buf: what it points to is static. */
int getpwuid_r(uid_t uid, struct passwd *user, char *buf, size_t size,
	       struct passwd **found)
{
	*found = getpwuid(uid);
	if (*found)
		*found = memcpy(user, *found, sizeof(*user));
	return 0;
}

int getpwnam_r(const char *name, struct passwd *user, char *buf, size_t size,
	       struct passwd **found)
{
	return getpwuid_r(strcmp(name, "root") ? 1 : 0, user, buf, size, found);
}

void setpwent(void)
{
	user_read = false;
}

void endpwent(void)
{
	user_read = false;
}

struct passwd *getpwent(void)
{
	const bool first = !user_read;

	user_read = true;
	return first ? root_user() : NULL;
}

struct group *getgrgid(gid_t gid)
{
	return gid ? NULL : &root_group;
}

struct group *getgrnam(const char *name)
{
	return strcmp(name, "root") ? NULL : &root_group;
}

int getgrgid_r(gid_t gid, struct group *group, char *buf, size_t size,
	       struct group **found)
{
	*found = getgrgid(gid);
	if (*found)
		*found = memcpy(group, *found, sizeof(*group));
	return 0;
}

int getgrnam_r(const char *name, struct group *group, char *buf, size_t size,
	       struct group **found)
{
	return getgrgid_r(strcmp(name, "root") ? 1 : 0, group, buf, size,
			  found);
}

void setgrent(void)
{
	group_read = false;
}

void endgrent(void)
{
	group_read = false;
}

struct group *getgrent(void)
{
	const bool first = !group_read;

	group_read = true;
	return first ? &root_group : NULL;
}

/* --- changing to it: it is so already --- */

static int only_root(id_t id)
{
	return id == 0 || id == (id_t)-1 ? 0 : fail(EINVAL);
}

int seteuid(uid_t uid)
{
	return only_root(uid);
}

int setegid(gid_t gid)
{
	return only_root(gid);
}

int setreuid(uid_t uid, uid_t effective)
{
	return only_root(uid) ? -1 : only_root(effective);
}

int setregid(gid_t gid, gid_t effective)
{
	return only_root(gid) ? -1 : only_root(effective);
}

int setgroups(int n, const gid_t *groups)
{
	return n ? fail(EPERM) : 0;
}

int initgroups(const char *user, gid_t gid)
{
	return only_root(gid);
}
