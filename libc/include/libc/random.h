/* SPDX-License-Identifier: MIT */
/* libc/random.h - the generator behind /dev/random */
#ifndef LIBC_RANDOM_H
#define LIBC_RANDOM_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

void random_fill(void *buf, size_t n);

#pragma GCC visibility pop

#endif /* LIBC_RANDOM_H */
