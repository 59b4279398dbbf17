// SPDX-License-Identifier: MIT
/*
 * identity.c - who the program is and what the system has
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <arch/cpu.h>
#include <kernel/frame.h>
#include <kernel/time.h>
#include <kgc/kgc.h>
#include <libc/fail.h>
#include <libc/fd.h>

enum { PAGE = 4096 };

/* --- the user, who is root --- */

uid_t getuid(void)
{
	return 0;
}

uid_t geteuid(void)
{
	return 0;
}

gid_t getgid(void)
{
	return 0;
}

gid_t getegid(void)
{
	return 0;
}

int setuid(uid_t uid)
{
	return uid ? fail(EINVAL) : 0;
}

int setgid(gid_t gid)
{
	return gid ? fail(EINVAL) : 0;
}

int getgroups(int n, gid_t groups[])
{
	return 0;
}

char *getlogin(void)
{
	errno = ENXIO;
	return NULL;
}

/* --- the system --- */

int gethostname(char *name, size_t size)
{
	static const char host[] = "kgc";

	if (size < sizeof(host))
		return fail(ENAMETOOLONG);
	memcpy(name, host, sizeof(host));
	return 0;
}

int uname(struct utsname *uts)
{
	memset(uts, 0, sizeof(*uts));
	strcpy(uts->sysname, "kgc");
	strcpy(uts->nodename, "kgc");
	strcpy(uts->release, "1");
	strcpy(uts->version, "1");
	strcpy(uts->machine, strcmp(arch_name, "i386") ? arch_name : "i686");
	return 0;
}

int getpagesize(void)
{
	return PAGE;
}

int getdtablesize(void)
{
	return FDS_MAX;
}

static long pages(uint64_t bytes)
{
	return bytes / PAGE < LONG_MAX ? (long)(bytes / PAGE) : LONG_MAX;
}

long sysconf(int name)
{
	switch (name) {
	case _SC_PAGESIZE:
		return PAGE;
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return 1;
	case _SC_CLK_TCK:
		return CLOCKS_PER_SEC;
	case _SC_OPEN_MAX:
		return FDS_MAX;
	case _SC_PHYS_PAGES:
		return pages(frame_ram_bytes());
	case _SC_AVPHYS_PAGES:
		return (long)frame_count_free();
	case _SC_ARG_MAX:
		return ARG_MAX;
	case _SC_IOV_MAX:
		return IOV_MAX;
	case _SC_HOST_NAME_MAX:
		return 64;
	case _SC_VERSION:
		return 200809;
	case _SC_MONOTONIC_CLOCK:
	case _SC_FSYNC:
		return 200809;
	case _SC_GETPW_R_SIZE_MAX:
	case _SC_GETGR_R_SIZE_MAX:
		return -1;
	default:
		return fail(EINVAL);
	}
}

long fpathconf(int fd, int name)
{
	switch (name) {
	case _PC_LINK_MAX:
		return LINK_MAX;
	case _PC_NAME_MAX:
		return NAME_MAX;
	case _PC_PATH_MAX:
		return PATH_MAX;
	case _PC_PIPE_BUF:
		return PIPE_BUF;
	case _PC_NO_TRUNC:
		return 1;
	default:
		return fail(EINVAL);
	}
}

/* The same everywhere. */
long pathconf(const char *path, int name)
{
	return access(path, F_OK) ? -1 : fpathconf(-1, name);
}

/* --- limits and use --- */

int getrusage(int who, struct rusage *usage)
{
	const uint64_t ns = time_now_ns();
	struct kgc_memstats *stats;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN)
		return fail(EINVAL);
	memset(usage, 0, sizeof(*usage));
	if (who == RUSAGE_CHILDREN)
		return 0;
	usage->ru_utime.tv_sec = (time_t)(ns / 1000000000);
	usage->ru_utime.tv_usec = (suseconds_t)(ns / 1000 % 1000000);
	/* 3 KiB: too much for a small stack. */
	stats = kgc_alloc(sizeof(*stats), KGC_NOSCAN);
	if (stats) {
		kgc_read_memstats(stats);
		usage->ru_maxrss = (long)(stats->sys >> 10);
		kgc_free(stats);
	}
	return 0;
}

static bool is_limit(int what)
{
	return what >= 0 && what < RLIM_NLIMITS;
}

int getrlimit(int what, struct rlimit *limit)
{
	if (!is_limit(what))
		return fail(EINVAL);
	limit->rlim_cur = what == RLIMIT_NOFILE ? FDS_MAX : RLIM_INFINITY;
	limit->rlim_max = limit->rlim_cur;
	return 0;
}

int setrlimit(int what, const struct rlimit *limit)
{
	return fail(is_limit(what) ? EPERM : EINVAL);
}
