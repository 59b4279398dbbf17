// SPDX-License-Identifier: MIT
/*
 * signal.c - signals that a program sends to itself
 *
 * Nothing sends one from outside, so a signal arrives in the task that calls
 * raise() or kill(), or that unblocks it; a handler runs there, like a function
 * that was called.  Faults of the processor are no signals: they end the
 * machine with a report.  What no handler takes ends the program: SIGABRT with
 * a backtrace, the others with status 128 + number.
 *
 * Actions, the mask and what is pending belong to the process.  Handlers of
 * different tasks may run at the same time.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <kernel/panic.h>
#include <kernel/sync.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <libc/fail.h>
#include <libc/process.h>

typedef void handler_fn(int signal);
typedef void action_fn(int signal, siginfo_t *info, void *context);

static struct mutex lock = MUTEX_INIT;
static struct sigaction actions[NSIG]; /* all SIG_DFL */
static sigset_t mask, waiting;
static unsigned long handled; /* how many handlers have run */

static sigset_t bit(int signal)
{
	return (sigset_t)1 << signal;
}

static bool is_signal(int signal)
{
	return signal > 0 && signal < NSIG;
}

static bool may_be_caught(int signal)
{
	return signal != SIGKILL && signal != SIGSTOP;
}

/* By default these do nothing. */
static bool is_harmless(int signal)
{
	return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH ||
	       signal == SIGCONT;
}

static _Noreturn void end_by(int signal)
{
	if (signal == SIGABRT)
		panic("abort");
	kernel_exit(128 + signal);
}

/* Called without the lock.  @before: the mask to go back to. */
static void run_handler(int signal, const struct sigaction *action,
			sigset_t before)
{
	siginfo_t info = { .si_signo = signal, .si_code = SI_USER };

	if (action->sa_flags & SA_SIGINFO)
		((action_fn *)action->sa_sigaction)(signal, &info, NULL);
	else
		((handler_fn *)action->sa_handler)(signal);
	mutex_lock(&lock);
	mask = before;
	handled++;
	mutex_unlock(&lock);
}

/* Deliver what waits and is not blocked any more. */
static void deliver_waiting(void);

/* Deliver @signal, which is not blocked, in this task. */
static void deliver(int signal)
{
	struct sigaction action;
	sigset_t before;

	mutex_lock(&lock);
	action = actions[signal];
	before = mask;
	if (action.sa_handler == SIG_IGN ||
	    (action.sa_handler == SIG_DFL && is_harmless(signal))) {
		mutex_unlock(&lock);
		return;
	}
	if (action.sa_handler != SIG_DFL) {
		mask |= action.sa_mask;
		if (!(action.sa_flags & SA_NODEFER))
			mask |= bit(signal);
		if (action.sa_flags & SA_RESETHAND)
			actions[signal].sa_handler = SIG_DFL;
	}
	mutex_unlock(&lock);
	if (action.sa_handler == SIG_DFL)
		end_by(signal);
	run_handler(signal, &action, before);
	deliver_waiting();
}

static void deliver_waiting(void)
{
	int signal;
	bool due;

	for (signal = 1; signal < NSIG; signal++) {
		mutex_lock(&lock);
		due = waiting & ~mask & bit(signal);
		if (due)
			waiting &= ~bit(signal);
		mutex_unlock(&lock);
		if (due)
			deliver(signal);
	}
}

int raise(int signal)
{
	bool blocked;

	if (!is_signal(signal))
		return fail(EINVAL);
	mutex_lock(&lock);
	blocked = (mask & bit(signal)) && may_be_caught(signal);
	if (blocked)
		waiting |= bit(signal);
	mutex_unlock(&lock);
	if (!blocked)
		deliver(signal);
	return 0;
}

int kill(pid_t pid, int signal)
{
	if (signal && !is_signal(signal))
		return fail(EINVAL);
	if (pid != PROCESS_ID && pid != 0 && pid != -PROCESS_ID)
		return fail(ESRCH);
	return signal ? raise(signal) : 0;
}

int killpg(pid_t group, int signal)
{
	return kill(-group, signal);
}

int sigaction(int signal, const struct sigaction *restrict action,
	      struct sigaction *restrict old)
{
	struct sigaction was;

	if (!is_signal(signal) || (action && !may_be_caught(signal)))
		return fail(EINVAL);
	mutex_lock(&lock);
	was = actions[signal];
	if (action)
		actions[signal] = *action;
	mutex_unlock(&lock);
	if (old)
		*old = was;
	return 0;
}

/* BSD's: the handler stays, and its signal is blocked while it runs. */
_sig_func_ptr signal(int signal, _sig_func_ptr handler)
{
	const struct sigaction action = { .sa_handler = handler,
					  .sa_flags = SA_RESTART };
	struct sigaction old;

	if (sigaction(signal, &action, &old) != 0)
		return SIG_ERR;
	return old.sa_handler;
}

/* 0 or an error number. */
static int change_mask(int how, const sigset_t *set, sigset_t *old)
{
	const sigset_t was = mask;

	if (set && how == SIG_BLOCK)
		mask |= *set;
	else if (set && how == SIG_UNBLOCK)
		mask &= ~*set;
	else if (set && how == SIG_SETMASK)
		mask = *set;
	else if (set)
		return EINVAL;
	mask &= ~(bit(SIGKILL) | bit(SIGSTOP));
	if (old)
		*old = was;
	return 0;
}

int pthread_sigmask(int how, const sigset_t *restrict set,
		    sigset_t *restrict old)
{
	int error;

	mutex_lock(&lock);
	error = change_mask(how, set, old);
	mutex_unlock(&lock);
	if (!error)
		deliver_waiting();
	return error;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
	return result(pthread_sigmask(how, set, old));
}

int sigpending(sigset_t *set)
{
	mutex_lock(&lock);
	*set = waiting;
	mutex_unlock(&lock);
	return 0;
}

/* Until a handler has run, in whatever task. */
int pause(void)
{
	const unsigned long before = *(volatile unsigned long *)&handled;

	while (*(volatile unsigned long *)&handled == before)
		task_sleep_ns(time_tick_ns());
	return fail(EINTR);
}

int sigsuspend(const sigset_t *set)
{
	const unsigned long before = *(volatile unsigned long *)&handled;
	sigset_t old;

	pthread_sigmask(SIG_SETMASK, set, &old);
	while (*(volatile unsigned long *)&handled == before)
		task_sleep_ns(time_tick_ns());
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return fail(EINTR);
}

/* The headers have these as macros that do not look at the number. */
#undef sigemptyset
#undef sigfillset
#undef sigaddset
#undef sigdelset
#undef sigismember

int sigemptyset(sigset_t *set)
{
	*set = 0;
	return 0;
}

int sigfillset(sigset_t *set)
{
	*set = ~(sigset_t)0;
	return 0;
}

int sigaddset(sigset_t *set, const int signal)
{
	if (!is_signal(signal))
		return fail(EINVAL);
	*set |= bit(signal);
	return 0;
}

int sigdelset(sigset_t *set, const int signal)
{
	if (!is_signal(signal))
		return fail(EINVAL);
	*set &= ~bit(signal);
	return 0;
}

int sigismember(const sigset_t *set, int signal)
{
	if (!is_signal(signal))
		return fail(EINVAL);
	return (*set & bit(signal)) != 0;
}
