/* SPDX-License-Identifier: MIT */
/* kernel/postmortem.h - what is told of the heap after a panic */
#ifndef KERNEL_POSTMORTEM_H
#define KERNEL_POSTMORTEM_H

/*
 * Print the heap's state, the last cycles and what the checker finds, abandon
 * the heap, and write what the run is to leave.  Interrupts are off, nothing
 * runs behind it but the machine's end.  Nothing, if there is no heap yet.
 */
void postmortem(void);

#endif /* KERNEL_POSTMORTEM_H */
