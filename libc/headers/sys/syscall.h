/* SPDX-License-Identifier: MIT */
/* sys/syscall.h - no call of the system has a number */
#ifndef HEADERS_SYS_SYSCALL_H
#define HEADERS_SYS_SYSCALL_H

#include <unistd.h>

#endif /* HEADERS_SYS_SYSCALL_H */
