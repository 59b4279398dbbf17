/* SPDX-License-Identifier: MIT */
/* sys/poll.h - another name of poll.h */
#ifndef HEADERS_SYS_POLL_H
#define HEADERS_SYS_POLL_H

#include <poll.h>

#endif /* HEADERS_SYS_POLL_H */
