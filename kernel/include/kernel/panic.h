/* SPDX-License-Identifier: MIT */
/*
 * kernel/panic.h - say what is wrong, and stop
 *
 * The first line is "panic: " and the message; no other line of the log
 * begins so.  Task, registers, backtrace, the last lines of the log and what
 * is known of the heap follow, "exit N" goes to the second channel, and the
 * machine ends with status 35.
 */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <stdarg.h>
#include <stdbool.h>

_Noreturn void panic(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
_Noreturn void vpanic(const char *fmt, va_list ap)
	__attribute__((format(printf, 1, 0)));

/*
 * If set, called with the message of panic() before anything is printed.  A
 * test may leave it by a long jump; if it returns, the panic goes on, without
 * the report where it returned true.
 */
extern bool (*panic_hook)(const char *message);

/* The status that tells the runner's side how a program ended. */
enum {
	EXIT_PANIC = 134,
	EXIT_DIVIDE = 136,
	EXIT_FAULT = 139,
};

/*
 * Write what the run is to leave and the record "exit @status" on the second
 * channel, and end the machine.
 */
_Noreturn void kernel_exit(int status);

/*
 * Print @pc, if it is not 0, and up to 32 return addresses from @fp on, each
 * with its symbol.
 */
void panic_backtrace(unsigned long pc, unsigned long fp);

#endif /* KERNEL_PANIC_H */
