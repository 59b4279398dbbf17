/* SPDX-License-Identifier: MIT */
/* kernel/run.h - what the main task does */
#ifndef KERNEL_RUN_H
#define KERNEL_RUN_H

/* Do each run= of the command line in order; 0, or 1 if any of them failed. */
int run_all(void);

/* The main task: bring the C library up, run_all(), end with its status. */
void run_main(void *arg);

#endif /* KERNEL_RUN_H */
