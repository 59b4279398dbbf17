/* SPDX-License-Identifier: MIT */
/*
 * sys/features.h - which options of POSIX there are
 *
 * The library's headers hide what these do not announce: clock_gettime(),
 * nanosleep() and the like.
 */
#ifndef HEADERS_SYS_FEATURES_H
#define HEADERS_SYS_FEATURES_H

#include_next <sys/features.h>

#if __POSIX_VISIBLE
#define _POSIX_VERSION	       200809L
#define _POSIX_TIMERS	       200809L
#define _POSIX_MONOTONIC_CLOCK 200809L
#define _POSIX_CLOCK_SELECTION 200809L
#define _POSIX_CPUTIME	       200809L
#define _POSIX_THREAD_CPUTIME  200809L
#define _POSIX_FSYNC	       200809L
#define _POSIX_NO_TRUNC	       1
#endif

#endif /* HEADERS_SYS_FEATURES_H */
