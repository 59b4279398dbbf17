/* SPDX-License-Identifier: MIT */
/* stdio.h - the library's, and what it has under another name or only declares
 */
#ifndef LIBC_NEWLIB_STDIO_H
#define LIBC_NEWLIB_STDIO_H

#include_next <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if __POSIX_VISIBLE >= 200809
ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *f);
ssize_t getline(char **line, size_t *size, FILE *f);
#endif

#ifdef __cplusplus
}
#endif

#endif /* LIBC_NEWLIB_STDIO_H */
