// SPDX-License-Identifier: MIT
/*
 * faults.c - a program over libkgc.a with guard pages and a handler of its own
 *
 *	faults		a write past the end ends it by the signal
 *	faults handler	its handler, which was there before, gets it
 */
#include <signal.h>
#include <unistd.h>

#include <kgc/hosted.h>
#include <kgc/kgc.h>

static void handler(int sig)
{
	static const char text[] = "mine\n";

	_exit(write(STDERR_FILENO, text, sizeof text - 1) < 0 ? 1 : 7);
}

int main(int argc, char **argv)
{
	const struct kgc_config config = { .guard = 1 };
	volatile char *p;

	if (argc > 1)
		signal(SIGSEGV, handler);
	if (kgc_init(&config))
		return 1;
	kgc_report_faults();
	p = kgc_alloc(64, 0);
	if (!kgc_is_guarded((void *)p))
		return 2;
	p[4096] = 1;
	return 3;
}
