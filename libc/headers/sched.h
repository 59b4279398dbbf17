/* SPDX-License-Identifier: MIT */
/*
 * sched.h - there is one policy, SCHED_OTHER, and one priority, 0
 *
 * Stands before the C library's file of this name.
 */
#ifndef KGC_SCHED_H
#define KGC_SCHED_H

#include <sys/sched.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

int sched_yield(void);
int sched_get_priority_max(int policy);
int sched_get_priority_min(int policy);
int sched_getscheduler(pid_t pid);
int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param);
int sched_getparam(pid_t pid, struct sched_param *param);
int sched_setparam(pid_t pid, const struct sched_param *param);
int sched_rr_get_interval(pid_t pid, struct timespec *interval);

#ifdef __cplusplus
}
#endif

#endif /* KGC_SCHED_H */
