// SPDX-License-Identifier: MIT
/*
 * start.c - newlib's state in each task, and its streams
 *
 * errno, strtok's place and the like are in a struct _reent, of which each task
 * has its own in its block; the library finds it by _impure_ptr.  The boot
 * stack and whatever runs before the first task use the library's global one.
 */
#include <reent.h>
#include <stdio.h>
#include <stdlib.h>

#include <kernel/cpu.h>
#include <kernel/libc.h>
#include <libc/start.h>

void __libc_fini_array(void);

size_t libc_task_size(void)
{
	return sizeof(struct _reent);
}

void libc_task_init(void *state)
{
	struct _reent *reent = state;

	_REENT_INIT_PTR(reent);
}

void libc_task_switch(void *state)
{
	_impure_ptr = state ? state : _GLOBAL_REENT;
}

/* What _reclaim_reent() forgets: powers of five, and signals' handlers. */
static void free_forgotten(struct _reent *reent)
{
	struct _Bigint *p, *next;

	for (p = _REENT_MP_P5S(reent); p; p = next) {
		next = p->_next;
		_free_r(reent, p);
	}
	_free_r(reent, reent->_sig_func);
}

/*
 * The library reclaims no state that is the current one, so another is for the
 * while.  Streams hang at the global state; the task's must not close them.
 */
void library_task_exit(void *state)
{
	struct _reent *reent = state;

	cpu_pin();
	_impure_ptr = _GLOBAL_REENT;
	reent->__sdidinit = 0;
	free_forgotten(reent);
	_reclaim_reent(reent);
	_impure_ptr = reent;
	cpu_unpin();
}

void library_init(void)
{
	static char buffer[1024];
	struct _reent *const task = _impure_ptr;

	/* Streams belong to the global state: exit() closes what hangs there.
	 */
	_impure_ptr = _GLOBAL_REENT;
	setvbuf(stdout, buffer, _IOLBF, sizeof(buffer));
	_impure_ptr = task;

	/* exit() itself does not run destructors. */
	atexit(__libc_fini_array);
}
