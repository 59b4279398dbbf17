/* SPDX-License-Identifier: MIT */
/*
 * sys/signal.h - the library's, with POSIX's struct sigaction
 *
 * The library's own has no sa_sigaction; it is read under another name.
 */
#ifndef HEADERS_SYS_SIGNAL_H
#define HEADERS_SYS_SIGNAL_H

#define sigaction headers_sigaction
#include_next <sys/signal.h>
#undef sigaction

#ifdef __cplusplus
extern "C" {
#endif

#if __POSIX_VISIBLE

#define SA_SIGINFO   0x02
#define SA_ONSTACK   0x04
#define SA_NOCLDWAIT 0x08
#define SA_RESTART   0x10
#define SA_NODEFER   0x40
#define SA_RESETHAND 0x80

struct sigaction {
	union {
		_sig_func_ptr sa_handler;
		void (*sa_sigaction)(int, siginfo_t *, void *);
	};
	sigset_t sa_mask;
	int sa_flags;
};

int sigaction(int signal, const struct sigaction *__restrict action,
	      struct sigaction *__restrict old);

#endif

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_SYS_SIGNAL_H */
