// SPDX-License-Identifier: MIT
/* line.c - POSIX's functions on streams that newlib spells otherwise */
#include <stdio.h>

#include <sys/lock.h>

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *f)
{
	return __getdelim(line, size, delimiter, f);
}

ssize_t getline(char **line, size_t *size, FILE *f)
{
	return __getdelim(line, size, '\n', f);
}

void flockfile(FILE *f)
{
	__lock_acquire_recursive(f->_lock);
}

int ftrylockfile(FILE *f)
{
	return !__lock_try_acquire_recursive(f->_lock);
}

void funlockfile(FILE *f)
{
	__lock_release_recursive(f->_lock);
}
