/* SPDX-License-Identifier: MIT */
/* kernel/log.h - the ring of the last lines, as a panic uses it */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stdbool.h>

/* What is printed from now on no longer enters the ring. */
void log_freeze(void);
bool log_is_empty(void);
/* Did the last byte printed end a line? */
bool log_ends_in_line(void);
/* End the line if it is not; this one newline does not enter the ring. */
void log_begin_line(void);

#endif /* KERNEL_LOG_H */
