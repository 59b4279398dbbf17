// SPDX-License-Identifier: MIT
/*
 * lock.c - the library's locks are the kernel's mutexes
 *
 * A recursive lock is a mutex with a count.  If there is no memory for one, its
 * user gets the spare lock, which all such users share: being recursive, it
 * keeps whoever takes several of them from waiting for itself.
 *
 * exit() takes the lock of each stream, and another task may hold one for ever:
 * while it waits for input, or for a task that does not run any more.  So the
 * task that ends the program waits a little, and then goes on without.
 */
#include <sys/lock.h>

#include <kernel/sync.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <kgc/kgc.h>
#include <libc/lock.h>

/* Far longer than a write to the console takes. */
enum { PATIENCE_NS = 200000000 };

/* picolibc 1.8 neither declares nor calls these. */
int __retarget_lock_try_acquire(_LOCK_T lock);
int __retarget_lock_try_acquire_recursive(_LOCK_T lock);

struct __lock {
	struct mutex mutex;
	unsigned int depth; /* of a recursive lock, by its owner */
};

/*
 * Those that newlib declares; all of them must be here.  picolibc has one, the
 * last.
 */
struct __lock __lock___sinit_recursive_mutex = { .mutex = MUTEX_INIT };
struct __lock __lock___sfp_recursive_mutex = { .mutex = MUTEX_INIT };
struct __lock __lock___atexit_recursive_mutex = { .mutex = MUTEX_INIT };
struct __lock __lock___at_quick_exit_mutex = { .mutex = MUTEX_INIT };
struct __lock __lock___malloc_recursive_mutex = { .mutex = MUTEX_INIT };
struct __lock __lock___env_recursive_mutex = { .mutex = MUTEX_INIT };
struct __lock __lock___tz_mutex = { .mutex = MUTEX_INIT };
struct __lock __lock___dd_hash_mutex = { .mutex = MUTEX_INIT };
struct __lock __lock___arc4random_mutex = { .mutex = MUTEX_INIT };
struct __lock __lock___libc_recursive_mutex = { .mutex = MUTEX_INIT };

static struct __lock spare = { .mutex = MUTEX_INIT };

static struct task *ending; /* ends the program, or NULL */

void lock_ending(void)
{
	ending = task_current();
}

static bool is_mine(_LOCK_T lock)
{
	return lock->mutex.owner == task_current();
}

void __retarget_lock_init_recursive(_LOCK_T *lock)
{
	struct __lock *l = kgc_alloc(sizeof(*l), 0);

	if (l)
		mutex_init(&l->mutex);
	*lock = l ? l : &spare;
}

void __retarget_lock_close_recursive(_LOCK_T lock)
{
	/* One that was passed over is still another's. */
	if (lock != &spare && (!lock->mutex.owner || is_mine(lock)))
		kgc_free(lock);
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
	/* Nobody but us can make us the owner, so this needs no lock. */
	if (!is_mine(lock)) {
		if (task_current() != ending)
			mutex_lock(&lock->mutex);
		else if (!mutex_lock_until(&lock->mutex,
					   time_now_ns() + PATIENCE_NS))
			return;
	}
	lock->depth++;
}

int __retarget_lock_try_acquire_recursive(_LOCK_T lock)
{
	if (!is_mine(lock) && !mutex_try_lock(&lock->mutex))
		return 0;
	lock->depth++;
	return 1;
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
	if (task_current() == ending && !is_mine(lock))
		return;
	if (--lock->depth == 0)
		mutex_unlock(&lock->mutex);
}

void __retarget_lock_init(_LOCK_T *lock)
{
	__retarget_lock_init_recursive(lock);
}

void __retarget_lock_close(_LOCK_T lock)
{
	__retarget_lock_close_recursive(lock);
}

void __retarget_lock_acquire(_LOCK_T lock)
{
	__retarget_lock_acquire_recursive(lock);
}

int __retarget_lock_try_acquire(_LOCK_T lock)
{
	return __retarget_lock_try_acquire_recursive(lock);
}

void __retarget_lock_release(_LOCK_T lock)
{
	__retarget_lock_release_recursive(lock);
}
