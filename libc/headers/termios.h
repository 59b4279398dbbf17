/* SPDX-License-Identifier: MIT */
/* termios.h - the console, whose settings are fixed */
#ifndef HEADERS_TERMIOS_H
#define HEADERS_TERMIOS_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned int tcflag_t;
typedef unsigned char cc_t;
typedef unsigned int speed_t;

enum { NCCS = 20 };

struct termios {
	tcflag_t c_iflag, c_oflag, c_cflag, c_lflag;
	cc_t c_cc[NCCS];
	speed_t c_ispeed, c_ospeed;
};

/* c_cc */
#define VINTR	 0
#define VQUIT	 1
#define VERASE	 2
#define VKILL	 3
#define VEOF	 4
#define VTIME	 5
#define VMIN	 6
#define VSWTC	 7
#define VSTART	 8
#define VSTOP	 9
#define VSUSP	 10
#define VEOL	 11
#define VREPRINT 12
#define VDISCARD 13
#define VWERASE	 14
#define VLNEXT	 15
#define VEOL2	 16

/* c_iflag */
#define IGNBRK 0x0001
#define BRKINT 0x0002
#define IGNPAR 0x0004
#define PARMRK 0x0008
#define INPCK  0x0010
#define ISTRIP 0x0020
#define INLCR  0x0040
#define IGNCR  0x0080
#define ICRNL  0x0100
#define IXON   0x0400
#define IXANY  0x0800
#define IXOFF  0x1000

/* c_oflag */
#define OPOST 0x01
#define ONLCR 0x04
#define OCRNL 0x08
#define ONOCR 0x10

/* c_cflag */
#define CSIZE  0x0030
#define CS5    0x0000
#define CS6    0x0010
#define CS7    0x0020
#define CS8    0x0030
#define CSTOPB 0x0040
#define CREAD  0x0080
#define PARENB 0x0100
#define PARODD 0x0200
#define HUPCL  0x0400
#define CLOCAL 0x0800

/* c_lflag */
#define ISIG   0x0001
#define ICANON 0x0002
#define ECHO   0x0008
#define ECHOE  0x0010
#define ECHOK  0x0020
#define ECHONL 0x0040
#define NOFLSH 0x0080
#define TOSTOP 0x0100
#define IEXTEN 0x8000

#define B0	0
#define B9600	9600
#define B19200	19200
#define B38400	38400
#define B57600	57600
#define B115200 115200

#define TCSANOW	  0
#define TCSADRAIN 1
#define TCSAFLUSH 2
#define TCIFLUSH  0
#define TCOFLUSH  1
#define TCIOFLUSH 2
#define TCOOFF	  0
#define TCOON	  1
#define TCIOFF	  2
#define TCION	  3

int tcgetattr(int fd, struct termios *state);
int tcsetattr(int fd, int when, const struct termios *state);
int tcdrain(int fd);
int tcflush(int fd, int which);
int tcflow(int fd, int action);
int tcsendbreak(int fd, int length);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t group);
speed_t cfgetispeed(const struct termios *state);
speed_t cfgetospeed(const struct termios *state);
int cfsetispeed(struct termios *state, speed_t speed);
int cfsetospeed(struct termios *state, speed_t speed);
void cfmakeraw(struct termios *state);

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_TERMIOS_H */
