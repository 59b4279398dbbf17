/* SPDX-License-Identifier: MIT */
/* kernel/leave.h - what a run leaves with whoever runs the machine: leave= */
#ifndef KERNEL_LEAVE_H
#define KERNEL_LEAVE_H

/* Begin with what is written as the cycles go.  The heap is up. */
void leave_init(void);
/* The program ends well: write the rest.  A second call does nothing. */
void leave_at_exit(void);
/* The same after a panic, when the heap was abandoned. */
void leave_after_panic(void);

#endif /* KERNEL_LEAVE_H */
