/* SPDX-License-Identifier: MIT */
/* sys/stat.h - the library's, with the calls that it leaves out */
#ifndef HEADERS_SYS_STAT_H
#define HEADERS_SYS_STAT_H

#include_next <sys/stat.h>

#ifndef UTIME_NOW
#define UTIME_NOW  (-2L)
#define UTIME_OMIT (-1L)
#endif

#ifdef __cplusplus
extern "C" {
#endif

int lstat(const char *__restrict path, struct stat *__restrict st);
int mknod(const char *path, mode_t mode, dev_t device);

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_SYS_STAT_H */
