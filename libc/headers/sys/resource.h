/* SPDX-License-Identifier: MIT */
/* sys/resource.h - what a program uses, and may use */
#ifndef HEADERS_SYS_RESOURCE_H
#define HEADERS_SYS_RESOURCE_H

#include <sys/time.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RUSAGE_SELF	0
#define RUSAGE_CHILDREN (-1)

/* Only the first three are ever other than 0; ru_maxrss is in KiB. */
struct rusage {
	struct timeval ru_utime, ru_stime;
	long ru_maxrss, ru_ixrss, ru_idrss, ru_isrss;
	long ru_minflt, ru_majflt, ru_nswap;
	long ru_inblock, ru_oublock, ru_msgsnd, ru_msgrcv;
	long ru_nsignals, ru_nvcsw, ru_nivcsw;
};

int getrusage(int who, struct rusage *usage);

#define RLIMIT_CPU    0
#define RLIMIT_FSIZE  1
#define RLIMIT_DATA   2
#define RLIMIT_STACK  3
#define RLIMIT_CORE   4
#define RLIMIT_NOFILE 7
#define RLIMIT_AS     9
#define RLIM_NLIMITS  16

typedef unsigned long rlim_t;
#define RLIM_INFINITY (~(rlim_t)0)

struct rlimit {
	rlim_t rlim_cur, rlim_max;
};

int getrlimit(int what, struct rlimit *limit);
int setrlimit(int what, const struct rlimit *limit);

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_SYS_RESOURCE_H */
