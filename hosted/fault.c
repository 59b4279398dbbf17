// SPDX-License-Identifier: MIT
/*
 * fault.c - what the heap knows of the address that a process died of
 *
 * One line on standard error, and then what was there before: the handler puts
 * back the old action and returns, and the fault comes again.  It runs on an
 * alternate stack where the thread has one; the thread that asked for it does.
 *
 * Bad at: a program that handles the fault and goes on; from then on nothing is
 * told.
 */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <kgc/hosted.h>

#include "internal.h"

enum {
	LINE = 1024,
	STACK = 64 << 10,
	WRITES = 2, /* bit of the page fault's error code */
};

#ifdef __x86_64__
#define REG_IP REG_RIP
#else
#define REG_IP REG_EIP
#endif

/* Two signals, by kernel and reason: no access, and no mapping. */
static const int signals[] = { SIGSEGV, SIGBUS };
enum { NSIGNALS = sizeof signals / sizeof signals[0] };

static struct sigaction before[NSIGNALS];

struct line {
	size_t n;
	char text[LINE];
};

static void add(void *arg, const char *s, size_t n)
{
	struct line *l = arg;

	if (n > LINE - 1 - l->n)
		n = LINE - 1 - l->n;
	memcpy(l->text + l->n, s, n);
	l->n += n;
}

static void add_text(struct line *l, const char *s)
{
	add(l, s, strlen(s));
}

static void add_address(struct line *l, uintptr_t v)
{
	char digits[2 * sizeof v];
	size_t i = sizeof digits;

	do
		digits[--i] = "0123456789abcdef"[v & 15];
	while (v >>= 4);
	add_text(l, "0x");
	add(l, digits + i, sizeof digits - i);
}

static void tell(int sig, siginfo_t *info, void *context)
{
	const ucontext_t *u = context;
	const uintptr_t addr = (uintptr_t)info->si_addr;
	struct line l = { 0 };
	int i;

	for (i = 0; i < NSIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
	if (info->si_code <= 0) { /* somebody sent it: it will not come again */
		raise(sig);
		return;
	}
	add_text(&l, "fault: ");
	add_text(&l, u->uc_mcontext.gregs[REG_ERR] & WRITES ? "write of "
							    : "read of ");
	add_address(&l, addr);
	add_text(&l, " at ");
	add_address(&l, (uintptr_t)u->uc_mcontext.gregs[REG_IP]);
	add_text(&l, ": heap: ");
	kgc_explain(addr, add, &l);
	l.text[l.n++] = '\n';
	if (write(STDERR_FILENO, l.text, l.n) < 0)
		return;
}

/* Mapped, so that it is no root. */
static void stack_provide(void)
{
	stack_t stack;

	if (sigaltstack(NULL, &stack) || !(stack.ss_flags & SS_DISABLE))
		return;
	stack = (stack_t){ .ss_size = STACK };
	stack.ss_sp = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack.ss_sp != MAP_FAILED)
		sigaltstack(&stack, NULL);
}

void kgc_report_faults(void)
{
	const struct sigaction action = { .sa_sigaction = tell,
					  .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct sigaction now;
	int i;

	stack_provide();
	for (i = 0; i < NSIGNALS; i++) {
		if (sigaction(signals[i], NULL, &now) ||
		    (now.sa_flags & SA_SIGINFO && now.sa_sigaction == tell))
			continue;
		before[i] = now;
		sigaction(signals[i], &action, NULL);
	}
}
