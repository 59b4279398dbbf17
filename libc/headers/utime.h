/* SPDX-License-Identifier: MIT */
/* utime.h - the library's structure, and the call that it leaves out */
#ifndef HEADERS_UTIME_H
#define HEADERS_UTIME_H

#include <sys/types.h>
#include_next <utime.h>

#ifdef __cplusplus
extern "C" {
#endif

int utime(const char *path, const struct utimbuf *times);

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_UTIME_H */
