// SPDX-License-Identifier: MIT
/*
 * environment.c - changes of the environment
 *
 * Strings made here are objects of the heap that only environ refers to; one
 * that is replaced is freed, so that malloc=leak has nothing to tell of it.
 *
 * Bad at: many variables, which are searched in a row.
 *
 * Locking: none against getenv(), as POSIX has it; a mutex between changes.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kernel/sync.h>
#include <libc/fail.h>

extern char **environ;

static struct mutex lock = MUTEX_INIT;
static char **table; /* what environ was when it was made here last */
static char **made;  /* for each entry of it the string, if made here */
static size_t room;

/* Entries of @name, of @n letters: the first, or the end. */
static size_t find(const char *name, size_t n)
{
	size_t i = 0;

	while (environ && environ[i] &&
	       (strncmp(environ[i], name, n) || environ[i][n] != '='))
		i++;
	return i;
}

/* environ becomes a table of ours with room for one entry more. */
static bool grow(void)
{
	size_t count = 0, want;
	char **new_table, **new_made;

	while (environ && environ[count])
		count++;
	if (environ == table && count + 2 <= room)
		return true;
	want = 2 * count + 16;
	new_table = calloc(want, sizeof(*new_table));
	new_made = calloc(want, sizeof(*new_made));
	if (!new_table || !new_made) {
		free(new_table);
		free(new_made);
		return false;
	}
	if (count)
		memcpy(new_table, environ, count * sizeof(*new_table));
	if (environ == table && table) {
		memcpy(new_made, made, count * sizeof(*new_made));
		free(table);
		free(made);
	}
	environ = table = new_table;
	made = new_made;
	room = want;
	return true;
}

/* Entry @i is @text, which was made here or not. */
static void put(size_t i, char *text, bool ours)
{
	char *old = made[i] == environ[i] ? made[i] : NULL;

	environ[i] = text;
	made[i] = ours ? text : NULL;
	free(old);
}

static int set_locked(const char *name, size_t n, const char *value,
		      bool overwrite)
{
	const size_t size = strlen(value) + 1;
	char *text;
	size_t i;

	if (!overwrite && environ && environ[find(name, n)])
		return 0;
	text = malloc(n + 1 + size);
	if (!text || !grow()) {
		free(text);
		return ENOMEM;
	}
	memcpy(text, name, n);
	text[n] = '=';
	memcpy(text + n + 1, value, size);
	i = find(name, n);
	put(i, text, true);
	return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
	int error;

	if (!name || !*name || strchr(name, '='))
		return fail(EINVAL);
	mutex_lock(&lock);
	error = set_locked(name, strlen(name), value, overwrite);
	mutex_unlock(&lock);
	return result(error);
}

static int unset_locked(const char *name, size_t n)
{
	size_t i;

	if (!grow())
		return ENOMEM;
	while (environ[i = find(name, n)]) {
		put(i, NULL, false);
		for (; environ[i + 1]; i++) {
			environ[i] = environ[i + 1];
			made[i] = made[i + 1];
		}
		environ[i] = made[i] = NULL;
	}
	return 0;
}

int unsetenv(const char *name)
{
	int error;

	if (!name || !*name || strchr(name, '='))
		return fail(EINVAL);
	mutex_lock(&lock);
	error = unset_locked(name, strlen(name));
	mutex_unlock(&lock);
	return result(error);
}

/* @text itself becomes part of the environment. */
int putenv(char *text)
{
	const char *equals = strchr(text, '=');
	int error = 0;

	if (!equals)
		return unsetenv(text);
	mutex_lock(&lock);
	if (grow())
		put(find(text, (size_t)(equals - text)), text, false);
	else
		error = ENOMEM;
	mutex_unlock(&lock);
	return result(error);
}
