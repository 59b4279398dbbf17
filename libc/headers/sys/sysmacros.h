/* SPDX-License-Identifier: MIT */
/* sys/sysmacros.h - the parts of a device's number */
#ifndef HEADERS_SYS_SYSMACROS_H
#define HEADERS_SYS_SYSMACROS_H

#include <sys/types.h>

#define major(device)	   ((unsigned int)(((device) >> 8) & 0xff))
#define minor(device)	   ((unsigned int)((device)&0xff))
#define makedev(high, low) ((dev_t)(((high) << 8) | (low)))

#endif /* HEADERS_SYS_SYSMACROS_H */
