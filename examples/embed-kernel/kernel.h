/* SPDX-License-Identifier: MIT */
/* kernel.h - what the host offers the program that runs on it */
#ifndef EMBED_KERNEL_H
#define EMBED_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* Neither a root nor in the file. */
#define NOROOT __attribute__((section(".bss.noroot"), aligned(4096)))

void frames_add(uint64_t lo, uint64_t hi); /* RAM to use */
extern bool finalizers_due;

/* A task; it runs until it yields or returns.  False: there are too many. */
bool task_start(void (*fn)(void *arg), void *arg);
void task_yield(void);

void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int program(void);		       /* the first task; 0: all went well */
_Noreturn void console_exit(int code); /* 0x10: all went well */

#endif /* EMBED_KERNEL_H */
