/* SPDX-License-Identifier: MIT */
/* setjmp.h - the library's, with the jumps that keep signals' mask */
#ifndef HEADERS_SETJMP_H
#define HEADERS_SETJMP_H

#include_next <setjmp.h>

#ifndef sigsetjmp
#include <signal.h>

typedef struct {
	jmp_buf registers;
	int saved;
	sigset_t mask;
} sigjmp_buf[1];

/* A macro: a function would have returned when its frame is jumped to. */
#define sigsetjmp(env, save)                                    \
	((env)->saved = (save),                                 \
	 sigprocmask(SIG_SETMASK, (sigset_t *)0, &(env)->mask), \
	 setjmp((env)->registers))

static inline __attribute__((noreturn, unused)) void siglongjmp(sigjmp_buf env,
								int value)
{
	if (env->saved)
		sigprocmask(SIG_SETMASK, &env->mask, (sigset_t *)0);
	longjmp(env->registers, value);
}
#endif

/* Without the mask, as setjmp() and longjmp() are here. */
#ifndef _setjmp
#define _setjmp(env)	     setjmp(env)
#define _longjmp(env, value) longjmp(env, value)
#endif

#endif /* HEADERS_SETJMP_H */
