// SPDX-License-Identifier: MIT
/*
 * glob.c - the paths that match a pattern
 *
 * The pattern is taken name by name: one without wildcards is only looked up,
 * for one with them its directory is read.  Paths found are kept as an array
 * that doubles, sorted at the end.
 *
 * Bad at: braces, tildes and the functions of one's own that GLOB_ALTDIRFUNC
 * announces, which are not looked at.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* How far the search is: the path so far is in @path. */
struct search {
	glob_t *found;
	int flags;
	int (*on_error)(const char *path, int error);
	char path[PATH_MAX];
};

static int search_from(struct search *s, size_t at, const char *pattern);

static bool has_wildcard(const char *name, size_t n, bool escapes)
{
	for (; n; n--, name++)
		if (strchr("*?[", *name) || (escapes && *name == '\\'))
			return true;
	return false;
}

static size_t reserved(const glob_t *found)
{
	return found->gl_flags & GLOB_DOOFFS ? (size_t)found->gl_offs : 0;
}

/* One more path, a copy of @path. */
static int add(glob_t *found, const char *path)
{
	const size_t count = reserved(found) + (size_t)found->gl_pathc;
	char *copy = strdup(path);
	char **paths;

	paths = realloc(found->gl_pathv, (count + 2) * sizeof(*paths));
	if (paths)
		found->gl_pathv = paths;
	if (!paths || !copy) {
		free(copy);
		return GLOB_NOSPACE;
	}
	if (!found->gl_pathc)
		memset(paths, 0, reserved(found) * sizeof(*paths));
	paths[count] = copy;
	paths[count + 1] = NULL;
	found->gl_pathc++;
	return 0;
}

/* The pattern is used up: what is at s->path? */
static int search_end(struct search *s, size_t at)
{
	struct stat st;

	if (!at || stat(s->path, &st))
		return 0;
	if ((s->flags & GLOB_MARK) && S_ISDIR(st.st_mode) &&
	    s->path[at - 1] != '/' && at + 1 < sizeof(s->path))
		strcpy(s->path + at, "/");
	return add(s->found, s->path);
}

/* Go on below the name of @n letters. */
static int search_name(struct search *s, size_t at, const char *name, size_t n,
		       const char *rest)
{
	if (at + n + 2 > sizeof(s->path))
		return 0;
	memcpy(s->path + at, name, n);
	at += n;
	while (*rest == '/' && at + 2 < sizeof(s->path))
		s->path[at++] = *rest++;
	s->path[at] = '\0';
	return search_from(s, at, rest);
}

static int search_dir(struct search *s, size_t at, const char *name,
		      const char *rest)
{
	const int flags =
		FNM_PERIOD | (s->flags & GLOB_QUOTE ? 0 : FNM_NOESCAPE);
	DIR *dir = opendir(at ? s->path : ".");
	struct dirent *entry;
	int error = 0;

	if (!dir) {
		if (errno == ENOTDIR || errno == ENOENT)
			return 0;
		if ((s->on_error && s->on_error(s->path, errno)) ||
		    (s->flags & GLOB_ERR))
			return GLOB_ABEND;
		return 0;
	}
	while (!error && (entry = readdir(dir)))
		if (!fnmatch(name, entry->d_name, flags))
			error = search_name(s, at, entry->d_name,
					    strlen(entry->d_name), rest);
	closedir(dir);
	return error;
}

static int search_from(struct search *s, size_t at, const char *pattern)
{
	const size_t n = strcspn(pattern, "/");
	char name[NAME_MAX + 1];

	s->path[at] = '\0';
	if (!*pattern)
		return search_end(s, at);
	if (!has_wildcard(pattern, n, s->flags & GLOB_QUOTE))
		return search_name(s, at, pattern, n, pattern + n);
	if (n > NAME_MAX)
		return 0;
	memcpy(name, pattern, n);
	name[n] = '\0';
	return search_dir(s, at, name, pattern + n);
}

static int compare(const void *a, const void *b)
{
	return strcoll(*(char *const *)a, *(char *const *)b);
}

int glob(const char *restrict pattern, int flags,
	 int (*on_error)(const char *, int), glob_t *restrict found)
{
	struct search *s = malloc(sizeof(*s));
	int before, error;

	if (!(flags & GLOB_APPEND)) {
		found->gl_pathc = 0;
		found->gl_pathv = NULL;
	}
	found->gl_flags = flags;
	if (!s)
		return GLOB_NOSPACE;
	s->found = found;
	/* A backslash protects unless the flag says otherwise. */
	s->flags = flags;
	s->flags = flags & GLOB_NOESCAPE ? flags & ~GLOB_QUOTE
					 : flags | GLOB_QUOTE;
	s->on_error = on_error;
	before = (int)found->gl_pathc;
	error = search_from(s, 0, pattern);
	free(s);
	found->gl_matchc = (int)found->gl_pathc - before;
	if (error)
		return error;
	if (!found->gl_matchc && (flags & GLOB_NOCHECK))
		return add(found, pattern);
	if (!found->gl_matchc)
		return GLOB_NOMATCH;
	if (!(flags & GLOB_NOSORT) && found->gl_matchc)
		qsort(found->gl_pathv + reserved(found) + before,
		      (size_t)found->gl_matchc, sizeof(char *), compare);
	return 0;
}

void globfree(glob_t *found)
{
	const size_t first = reserved(found);

	for (size_t i = 0; i < (size_t)found->gl_pathc; i++)
		free(found->gl_pathv[first + i]);
	free(found->gl_pathv);
	found->gl_pathv = NULL;
	found->gl_pathc = 0;
}
