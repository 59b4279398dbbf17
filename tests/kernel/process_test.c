// SPDX-License-Identifier: MIT
/* process_test.c - pipes, signals, clocks, identity, against POSIX alone */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <kernel/panic.h>
#include <kernel/task.h>
#include <tests/ktest.h>

#define EXPECT_ERROR(call, error)             \
	do {                                  \
		errno = 0;                    \
		EXPECT_EQ((long)(call), -1L); \
		EXPECT_EQ(errno, error);      \
	} while (0)

/* --- pipes --- */

enum { STREAM = 100000 };

static void write_stream(void *arg)
{
	const int fd = *(int *)arg;
	unsigned char piece[1000];
	int i, j;

	for (i = 0; i < STREAM; i += (int)sizeof(piece)) {
		for (j = 0; j < (int)sizeof(piece); j++)
			piece[j] = (unsigned char)((i + j) * 7);
		EXPECT_EQ(write(fd, piece, sizeof(piece)), sizeof(piece));
	}
	EXPECT_EQ(close(fd), 0);
}

KTEST(libc_process, a_pipe_between_tasks)
{
	unsigned char buf[700];
	struct task *task;
	int fds[2], sum = 0, i, good = 0;
	ssize_t got;

	ASSERT_EQ(pipe(fds), 0);
	task = task_create("writer", write_stream, &fds[1], 0);
	ASSERT(task);
	while ((got = read(fds[0], buf, sizeof(buf))) > 0)
		for (i = 0; i < got; i++)
			good += buf[i] == (unsigned char)(sum++ * 7);
	task_join(task);
	EXPECT_EQ(got, 0);
	EXPECT_EQ(sum, STREAM);
	EXPECT_EQ(good, STREAM);
	EXPECT_EQ(close(fds[0]), 0);
}

KTEST(libc_process, a_pipe_in_one_task)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	struct stat st;
	char buf[10];
	int fds[2];

	ASSERT_EQ(pipe2(fds, O_NONBLOCK), 0);
	EXPECT_ERROR(read(fds[0], buf, 1), EAGAIN);
	EXPECT_EQ(write(fds[1], "12345", 5), 5);
	EXPECT_EQ(read(fds[0], buf, 3), 3);
	EXPECT_EQ(read(fds[0], buf, 3), 2);
	EXPECT_ERROR(write(fds[0], buf, 1), EBADF);
	EXPECT_ERROR(read(fds[1], buf, 1), EBADF);
	EXPECT_ERROR(lseek(fds[0], 0, SEEK_SET), ESPIPE);
	EXPECT_EQ(fstat(fds[0], &st), 0);
	EXPECT(S_ISFIFO(st.st_mode));
	while (write(fds[1], buf, sizeof(buf)) > 0)
		;
	EXPECT_EQ(errno, EAGAIN);
	EXPECT_EQ(close(fds[0]), 0);
	EXPECT_EQ(sigaction(SIGPIPE, &ignore, &old), 0);
	EXPECT_ERROR(write(fds[1], buf, 1), EPIPE);
	EXPECT_EQ(sigaction(SIGPIPE, &old, NULL), 0);
	EXPECT_EQ(close(fds[1]), 0);
}

/* --- signals --- */

static volatile sig_atomic_t seen, nested;

static void count(int signal)
{
	seen += signal;
	/* Blocked while its handler runs. */
	if (nested) {
		nested = 0;
		raise(signal);
		EXPECT_EQ(seen, signal);
	}
}

static void count_info(int signal, siginfo_t *info, void *context)
{
	seen += info->si_signo == signal;
}

KTEST(libc_process, handlers_run)
{
	seen = 0;
	EXPECT(signal(SIGUSR1, count) == SIG_DFL);
	EXPECT_EQ(raise(SIGUSR1), 0);
	EXPECT_EQ(seen, SIGUSR1);
	EXPECT_EQ(kill(getpid(), SIGUSR1), 0);
	EXPECT_EQ(seen, 2 * SIGUSR1);
	EXPECT(signal(SIGUSR1, SIG_IGN) == count);
	EXPECT_EQ(raise(SIGUSR1), 0);
	EXPECT(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
	EXPECT_EQ(seen, 2 * SIGUSR1);
	EXPECT_EQ(raise(SIGCHLD), 0); /* nothing happens by default */
	EXPECT_ERROR(raise(0), EINVAL);
	EXPECT_ERROR(raise(1000), EINVAL);
	EXPECT_EQ(kill(getpid(), 0), 0);
	EXPECT_ERROR(kill(getpid() + 1, 0), ESRCH);
	EXPECT(signal(SIGKILL, count) == SIG_ERR);
	EXPECT_EQ(errno, EINVAL);
}

KTEST(libc_process, actions)
{
	struct sigaction once = { .sa_sigaction = count_info,
				  .sa_flags = SA_SIGINFO | SA_RESETHAND };
	struct sigaction old;

	seen = 0;
	EXPECT_EQ(sigaction(SIGUSR2, &once, NULL), 0);
	EXPECT_EQ(raise(SIGUSR2), 0);
	EXPECT_EQ(seen, 1);
	EXPECT_EQ(sigaction(SIGUSR2, NULL, &old), 0);
	EXPECT(old.sa_handler == SIG_DFL);
	EXPECT_ERROR(sigaction(SIGSTOP, &once, NULL), EINVAL);
	EXPECT_ERROR(sigaction(99, NULL, &old), EINVAL);
}

KTEST(libc_process, blocked_signals_wait)
{
	sigset_t set, old, pending;

	seen = 0;
	signal(SIGUSR1, count);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	EXPECT_EQ(sigprocmask(SIG_BLOCK, &set, &old), 0);
	EXPECT_EQ(raise(SIGUSR1), 0);
	EXPECT_EQ(seen, 0);
	EXPECT_EQ(sigpending(&pending), 0);
	EXPECT(sigismember(&pending, SIGUSR1));
	EXPECT(!sigismember(&pending, SIGUSR2));
	EXPECT_EQ(sigprocmask(SIG_SETMASK, &old, NULL), 0);
	EXPECT_EQ(seen, SIGUSR1);
	EXPECT_ERROR(sigprocmask(77, &set, NULL), EINVAL);
	seen = 0;
	nested = 1;
	EXPECT_EQ(raise(SIGUSR1), 0);
	/* The nested one comes when the first handler has returned. */
	EXPECT_EQ(seen, 2 * SIGUSR1);
	signal(SIGUSR1, SIG_DFL);
}

static jmp_buf panicked;

static bool note_panic(const char *message)
{
	panic_hook = NULL;
	longjmp(panicked, strcmp(message, "abort") ? 2 : 1);
}

KTEST(libc_process, abort_is_a_panic)
{
	volatile int how;

	panic_hook = note_panic;
	how = setjmp(panicked);
	if (how == 0)
		abort();
	EXPECT_EQ(how, 1);
}

/* --- what there is not --- */

KTEST(libc_process, no_other_processes)
{
	int status;

	EXPECT_ERROR(fork(), ENOSYS);
	EXPECT_ERROR(execv("/bin/sh", NULL), ENOSYS);
	EXPECT_ERROR(wait(&status), ECHILD);
	EXPECT_ERROR(waitpid(-1, &status, 0), ECHILD);
	EXPECT_EQ(system(NULL), 0);
	EXPECT_ERROR(system("true"), ENOSYS);
	EXPECT_ERROR(ioctl(1, TIOCGWINSZ, NULL), ENOTTY);
	EXPECT_ERROR(ioctl(77, TIOCGWINSZ, NULL), EBADF);
	EXPECT_ERROR(setitimer(ITIMER_REAL, NULL, NULL), ENOSYS);
}

/* --- clocks --- */

static long long ns_of(clockid_t clock)
{
	struct timespec ts = { 0, 0 };

	EXPECT_EQ(clock_gettime(clock, &ts), 0);
	EXPECT(ts.tv_nsec >= 0 && ts.tv_nsec < 1000000000);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

KTEST(libc_process, clocks)
{
	struct timespec ts;
	struct timeval tv;
	struct tms tms;

	EXPECT_EQ(gettimeofday(&tv, NULL), 0);
	EXPECT(tv.tv_sec > 1600000000);
	EXPECT(tv.tv_sec - time(NULL) <= 1);
	EXPECT(ns_of(CLOCK_REALTIME) / 1000000000 - tv.tv_sec <= 1);
	EXPECT(ns_of(CLOCK_PROCESS_CPUTIME_ID) > 0);
	EXPECT(ns_of(CLOCK_THREAD_CPUTIME_ID) > 0);
	EXPECT_EQ(clock_getres(CLOCK_MONOTONIC, &ts), 0);
	EXPECT_ERROR(clock_gettime((clockid_t)99, &ts), EINVAL);
	EXPECT_ERROR(settimeofday(&tv, NULL), EPERM);
	EXPECT(times(&tms) != (clock_t)-1);
	EXPECT(sysconf(_SC_CLK_TCK) > 0);
}

KTEST(libc_process, sleeping)
{
	const struct timespec bad = { 0, 1000000000 }, before = { -1, 0 };
	struct timespec ts = { 0, 25000000 };
	long long start = ns_of(CLOCK_MONOTONIC), took;

	EXPECT_EQ(nanosleep(&ts, NULL), 0);
	took = ns_of(CLOCK_MONOTONIC) - start;
	EXPECT(took >= 25000000);
	start = ns_of(CLOCK_MONOTONIC);
	EXPECT_EQ(usleep(100), 0);
	EXPECT(ns_of(CLOCK_MONOTONIC) - start >= 100000);
	EXPECT_EQ(clock_gettime(CLOCK_MONOTONIC, &ts), 0);
	EXPECT_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL),
		  0);
	EXPECT_ERROR(nanosleep(&bad, NULL), EINVAL);
	EXPECT_ERROR(nanosleep(&before, NULL), EINVAL);
	EXPECT_EQ(clock_nanosleep((clockid_t)99, 0, &ts, NULL), EINVAL);
}

/* --- identity --- */

KTEST(libc_process, identity)
{
	struct rusage usage;
	struct rlimit limit;
	struct utsname uts;
	char name[16];

	EXPECT(getpid() > 0);
	EXPECT_EQ(getuid() + geteuid() + getgid() + getegid(), 0);
	EXPECT_EQ(uname(&uts), 0);
	EXPECT(uts.sysname[0] && uts.machine[0]);
	EXPECT_EQ(gethostname(name, sizeof(name)), 0);
	EXPECT_ERROR(gethostname(name, 1), ENAMETOOLONG);
	EXPECT_EQ(sysconf(_SC_PAGESIZE), 4096);
	EXPECT_EQ(getpagesize(), 4096);
	EXPECT(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
	EXPECT(sysconf(_SC_OPEN_MAX) >= 256);
	EXPECT(sysconf(_SC_PHYS_PAGES) > sysconf(_SC_AVPHYS_PAGES));
	EXPECT_ERROR(sysconf(-5), EINVAL);
	EXPECT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
	EXPECT(usage.ru_maxrss > 0);
	EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
	EXPECT(limit.rlim_cur >= 256);
	EXPECT_ERROR(getrlimit(-1, &limit), EINVAL);
}

KTEST(libc_process, environment)
{
	EXPECT_EQ(setenv("KGC_TEST", "1", 1), 0);
	EXPECT_STR(getenv("KGC_TEST"), "1");
	EXPECT_EQ(setenv("KGC_TEST", "2", 0), 0);
	EXPECT_STR(getenv("KGC_TEST"), "1");
	EXPECT_EQ(unsetenv("KGC_TEST"), 0);
	EXPECT(!getenv("KGC_TEST"));
}
