/* SPDX-License-Identifier: MIT */
/* stdio.h - the library's, with the calls that it leaves out */
#ifndef HEADERS_STDIO_H
#define HEADERS_STDIO_H

#include_next <stdio.h>
#include <sys/types.h>

#ifndef FILENAME_MAX
#define FILENAME_MAX 1024
#endif
#ifndef FOPEN_MAX
#define FOPEN_MAX 20
#endif
#ifndef L_tmpnam
#define L_tmpnam FILENAME_MAX
#endif
#ifndef P_tmpdir
#define P_tmpdir "/tmp"
#endif
#ifndef L_ctermid
#define L_ctermid 16
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if __POSIX_VISIBLE
char *ctermid(char *name);
FILE *popen(const char *command, const char *mode);
int pclose(FILE *stream);
int renameat(int old_base, const char *old_path, int new_base,
	     const char *new_path);
#endif

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_STDIO_H */
