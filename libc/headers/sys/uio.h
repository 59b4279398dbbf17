/* SPDX-License-Identifier: MIT */
/* sys/uio.h - reading and writing in several pieces */
#ifndef HEADERS_SYS_UIO_H
#define HEADERS_SYS_UIO_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct iovec {
	void *iov_base;
	size_t iov_len;
};

ssize_t readv(int fd, const struct iovec *v, int n);
ssize_t writev(int fd, const struct iovec *v, int n);

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_SYS_UIO_H */
