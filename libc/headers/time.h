/* SPDX-License-Identifier: MIT */
/* time.h - the library's, with what it hides or leaves out */
#ifndef HEADERS_TIME_H
#define HEADERS_TIME_H

#include_next <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#if __MISC_VISIBLE
time_t timegm(struct tm *tm);
#endif

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_TIME_H */
