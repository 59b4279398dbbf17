/* SPDX-License-Identifier: MIT */
/* fcntl.h - the library's, with advice on files */
#ifndef HEADERS_FCNTL_H
#define HEADERS_FCNTL_H

#include_next <fcntl.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if __POSIX_VISIBLE >= 200112
#define POSIX_FADV_NORMAL     0
#define POSIX_FADV_RANDOM     1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED   3
#define POSIX_FADV_DONTNEED   4
#define POSIX_FADV_NOREUSE    5

int posix_fadvise(int fd, off_t at, off_t size, int advice);
int posix_fallocate(int fd, off_t at, off_t size);
#endif

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_FCNTL_H */
