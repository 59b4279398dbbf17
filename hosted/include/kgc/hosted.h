/* SPDX-License-Identifier: MIT */
/*
 * kgc/hosted.h - what a program adds to kgc.h when it is a Linux process
 *
 * A thread's stack, registers and thread-local storage become roots when it
 * first calls kgc.h, and stop being roots when it ends.  The stop signal is
 * SIGPWR: do not block it for long and do not use it.  System calls that
 * signal(7) lists as never restarted return EINTR when a collection comes.
 * The library is for executables: it is compiled as -fPIE, not for a shared
 * object.
 */
#ifndef KGC_HOSTED_H
#define KGC_HOSTED_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Make the calling thread known, if it holds pointers into the heap before it
 * first calls kgc.h.  Who passes it a pointer keeps one until it has called.
 */
void kgc_thread_attach(void);

/*
 * A signal handler that calls kgc_alloc_atomic() calls the first of these
 * before and the second after: in between kgc.h takes it for an interrupt
 * handler.  They nest.
 */
void kgc_handler_enter(void);
void kgc_handler_leave(void);

/*
 * From now on a fault is explained in one line on standard error, by what
 * kgc_explain() says of its address, and then is what it was before this call:
 * the end of the process, or a signal for its handler.  For kgc_config.guard.
 */
void kgc_report_faults(void);

#ifdef __cplusplus
}
#endif

#endif /* KGC_HOSTED_H */
