/* SPDX-License-Identifier: MIT */
/* stdio.h - the library's, with the calls that it leaves out */
#ifndef HEADERS_STDIO_H
#define HEADERS_STDIO_H

#include_next <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if __POSIX_VISIBLE
FILE *popen(const char *command, const char *mode);
int pclose(FILE *stream);
int renameat(int old_base, const char *old_path, int new_base,
	     const char *new_path);
#endif

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_STDIO_H */
