// SPDX-License-Identifier: MIT
/*
 * terminal.c - settings of the console, which are fixed
 *
 * It is raw at this end: lines are edited, and letters echoed, by who is at
 * the other.  Setting what cannot be had is no error, as POSIX has it when some
 * of the wishes are met.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <libc/fail.h>

/* 0, or -1 with ENOTTY or EBADF. */
static int terminal(int fd)
{
	return isatty(fd) ? 0 : -1;
}

int tcgetattr(int fd, struct termios *state)
{
	if (terminal(fd))
		return -1;
	memset(state, 0, sizeof(*state));
	state->c_cflag = CS8 | CREAD | CLOCAL;
	state->c_cc[VMIN] = 1;
	state->c_ispeed = B115200;
	state->c_ospeed = B115200;
	return 0;
}

int tcsetattr(int fd, int when, const struct termios *state)
{
	if (when < TCSANOW || when > TCSAFLUSH)
		return fail(EINVAL);
	return terminal(fd);
}

int tcdrain(int fd)
{
	return terminal(fd);
}

int tcflush(int fd, int which)
{
	return terminal(fd);
}

int tcflow(int fd, int action)
{
	return terminal(fd);
}

int tcsendbreak(int fd, int length)
{
	return terminal(fd);
}

pid_t tcgetpgrp(int fd)
{
	return terminal(fd) ? -1 : getpid();
}

int tcsetpgrp(int fd, pid_t group)
{
	if (terminal(fd))
		return -1;
	return group == getpid() ? 0 : fail(EPERM);
}

speed_t cfgetispeed(const struct termios *state)
{
	return state->c_ispeed;
}

speed_t cfgetospeed(const struct termios *state)
{
	return state->c_ospeed;
}

int cfsetispeed(struct termios *state, speed_t speed)
{
	state->c_ispeed = speed;
	return 0;
}

int cfsetospeed(struct termios *state, speed_t speed)
{
	state->c_ospeed = speed;
	return 0;
}

void cfmakeraw(struct termios *state)
{
	state->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP |
				      INLCR | IGNCR | ICRNL | IXON);
	state->c_oflag &= ~(tcflag_t)OPOST;
	state->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	state->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	state->c_cflag |= CS8;
	state->c_cc[VMIN] = 1;
	state->c_cc[VTIME] = 0;
}

char *ctermid(char *name)
{
	static char own[16];

	return strcpy(name ? name : own, "/dev/tty");
}
