/* SPDX-License-Identifier: MIT */
/* sys/random.h - random bytes */
#ifndef HEADERS_SYS_RANDOM_H
#define HEADERS_SYS_RANDOM_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GRND_NONBLOCK 1
#define GRND_RANDOM   2

ssize_t getrandom(void *buf, size_t n, unsigned int flags);
int getentropy(void *buf, size_t n);

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_SYS_RANDOM_H */
