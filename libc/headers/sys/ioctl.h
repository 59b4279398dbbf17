/* SPDX-License-Identifier: MIT */
/* sys/ioctl.h - requests to devices, all of which are refused */
#ifndef HEADERS_SYS_IOCTL_H
#define HEADERS_SYS_IOCTL_H

#ifdef __cplusplus
extern "C" {
#endif

#define TIOCGWINSZ 0x5413
#define FIONREAD   0x541b

struct winsize {
	unsigned short ws_row, ws_col;
	unsigned short ws_xpixel, ws_ypixel;
};

int ioctl(int fd, unsigned long request, ...);

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_SYS_IOCTL_H */
