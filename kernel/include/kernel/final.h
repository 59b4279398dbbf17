/* SPDX-License-Identifier: MIT */
/* kernel/final.h - the task that runs finalizers */
#ifndef KERNEL_FINAL_H
#define KERNEL_FINAL_H

/* Start it; in the main task.  Until then a wake-up is only noted. */
void final_start(void);
/* Finalizers are due.  Takes no memory; pinned callers allowed. */
void final_wake(void);

#endif /* KERNEL_FINAL_H */
