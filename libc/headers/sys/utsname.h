/* SPDX-License-Identifier: MIT */
/* sys/utsname.h - names of the system */
#ifndef HEADERS_SYS_UTSNAME_H
#define HEADERS_SYS_UTSNAME_H

#ifdef __cplusplus
extern "C" {
#endif

struct utsname {
	char sysname[65];
	char nodename[65];
	char release[65];
	char version[65];
	char machine[65];
};

int uname(struct utsname *uts);

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_SYS_UTSNAME_H */
