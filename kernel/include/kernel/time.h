/* SPDX-License-Identifier: MIT */
/* kernel/time.h - the clock, and the tick that drives the scheduler */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include <stdint.h>

/* Calibrate the clock, read the battery clock, start @hz ticks a second. */
void time_init(unsigned int hz);

/* Nanoseconds since boot, monotonic; works before time_init(). */
uint64_t time_now_ns(void);
/* Nanoseconds since 1970, by the battery clock at boot; since boot if none. */
uint64_t time_wall_ns(void);
/* Length of a tick; 0 before time_init(). */
uint64_t time_tick_ns(void);

/*
 * Call @fn(@arg) once in the handler of the next tick; returns after that.  By
 * one task at a time.
 */
void time_call_in_tick(void (*fn)(void *arg), void *arg);

#endif /* KERNEL_TIME_H */
