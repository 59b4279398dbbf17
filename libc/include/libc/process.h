/* SPDX-License-Identifier: MIT */
/* libc/process.h - what the one process has besides memory and files */
#ifndef LIBC_PROCESS_H
#define LIBC_PROCESS_H

#include <sys/types.h>

#pragma GCC visibility push(hidden)

enum { PROCESS_ID = 1 };

extern mode_t process_umask;

#pragma GCC visibility pop

#endif /* LIBC_PROCESS_H */
