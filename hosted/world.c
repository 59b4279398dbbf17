// SPDX-License-Identifier: MIT
/*
 * world.c - threads, their slots, and stopping them all
 *
 * A thread joins the registry when it first pins and leaves it by the
 * destructor of a key.  Slots 0 to 62 belong to one thread each; who comes
 * later shares slot 63, one at a time.
 *
 * To stop the world, its one word is made odd, the registry is locked so that
 * nobody comes or goes, and every other thread is sent a signal.  The handler
 * stops the thread where it is, or, if it is pinned, leaves a note for its last
 * unpin.  Either way it ends in stop_here(): registers stored on its stack, the
 * stack pointer noted, one count down, and asleep until the word has changed.
 * Whoever finds the word odd sleeps likewise and reports false.
 *
 * Locks here are futexes of our own: a thread that waits for one can take the
 * signal at any time.  ThreadSanitizer delivers a signal only at the next
 * atomic operation or intercepted call, and so is served too; but a thread that
 * comes to neither is waited for without end, and what it holds in registers
 * is seen only from that call up.
 *
 * Bad at: threads that block all signals for long, since the world waits for
 * them; a thread that ends without running its key destructors; signal
 * handlers of the program that call kgc.h, since they may interrupt mm/.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <kgc/hosted.h>

#include "internal.h"

#define SLOT_SHARED (KGC_HOST_SLOTS - 1)

/* Signal handlers that said so, and what kgc_host_self.local was before. */
static _Thread_local struct {
	volatile unsigned int depth;
	void *local;
} in_handler;

_Thread_local struct kgc_host_self kgc_host_self = {
	.pins = 1,
	.local = kgc_nobody,
	.slot = KGC_HOST_NO_SLOT,
};
_Thread_local struct thread thread_self = { .slot = KGC_HOST_NO_SLOT };
struct thread *threads;

static uint64_t slots_used;	 /* under registry; never has SLOT_SHARED */
static unsigned int nregistered; /* ever; under registry */
static atomic_uint registry, shared;
static atomic_uint world;    /* odd: stopped, or about to be */
static atomic_uint nrunning; /* asked to stop and not there yet */
static pthread_key_t exit_key;
static pthread_once_t world_once = PTHREAD_ONCE_INIT;

/* --- futex locks: 0 free, 1 held, 2 held and someone may wait ------------ */

/*
 * ThreadSanitizer may take in a signal just before we sleep, and deliver it
 * only when we are up again.  All callers look again, so we sleep briefly.
 */
#ifdef __SANITIZE_THREAD__
static const struct timespec brief = { .tv_nsec = 1000000 };
#define PATIENCE (&brief)
#else
#define PATIENCE NULL
#endif

static void futex_wait(atomic_uint *word, unsigned int value)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, PATIENCE, NULL, 0);
}

static void futex_wake(atomic_uint *word, int n)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

static void lock(atomic_uint *word)
{
	unsigned int free = 0;

	if (atomic_compare_exchange_strong(word, &free, 1))
		return;
	while (atomic_exchange(word, 2))
		futex_wait(word, 2);
}

static void unlock(atomic_uint *word)
{
	if (atomic_exchange(word, 0) == 2)
		futex_wake(word, 1);
}

/* --- stopping one thread ------------------------------------------------- */

/*
 * getcontext, unlike setjmp, stores registers as they are.  What the compiler
 * pushed before lies above regs.
 */
static __attribute__((noinline)) void stop_here(void)
{
	struct thread *t = &thread_self;
	const char *outer = t->sp;
	unsigned int stopped = atomic_load(&world);
	ucontext_t regs;
	stack_t alt;

	getcontext(&regs);
	t->sp = (const char *)&regs;
	t->alt_hi = NULL;
	if ((t->sp < t->stack_lo || t->sp >= t->stack_hi) &&
	    !sigaltstack(NULL, &alt) && (alt.ss_flags & SS_ONSTACK))
		t->alt_hi = (const char *)alt.ss_sp + alt.ss_size;
	if (atomic_fetch_sub(&nrunning, 1) == 1)
		futex_wake(&nrunning, 1);
	while (atomic_load(&world) == stopped)
		futex_wait(&world, stopped);
	t->sp = outer;
}

static void stop_handler(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	/* Not ours, if someone else sent it. */
	if (atomic_exchange(&thread_self.asked, 0)) {
		if (kgc_host_depth())
			kgc_host_note(PENDING_STOP);
		else
			stop_here();
	}
	errno = saved;
}

/* --- the registry -------------------------------------------------------- */

/*
 * Other destructors may use the heap, so be late; the last round is left to
 * ThreadSanitizer, whose record of the thread goes then.
 */
static void thread_exit(void *arg)
{
	struct thread *t = arg, **link;

	if (++t->nexits < PTHREAD_DESTRUCTOR_ITERATIONS - 1 &&
	    !pthread_setspecific(exit_key, t))
		return;
	if (t->slot != KGC_HOST_NO_SLOT) {
		kgc_retire(kgc_host_pin());
		kgc_host_unpin();
	}
	lock(&registry);
	for (link = &threads; *link != t; link = &(*link)->next)
		;
	*link = t->next;
	if (t->slot < SLOT_SHARED)
		slots_used &= ~((uint64_t)1 << t->slot);
	unlock(&registry);
	t->slot = kgc_host_self.slot = KGC_HOST_NO_SLOT;
	kgc_host_self.local = kgc_nobody;
	t->self = NULL;
}

static void world_init(void)
{
	struct sigaction action = { .sa_sigaction = stop_handler,
				    .sa_flags = SA_SIGINFO | SA_RESTART };

	sigfillset(&action.sa_mask);
	if (sigaction(STOP_SIGNAL, &action, NULL) ||
	    pthread_key_create(&exit_key, thread_exit))
		kgc_host_panic("gc: cannot prepare to stop threads");
}

static void thread_register(struct thread *t)
{
	pthread_attr_t attr;
	size_t size = 0;
	void *lo = NULL;

	pthread_once(&world_once, world_init);
	if (pthread_getattr_np(pthread_self(), &attr) ||
	    pthread_attr_getstack(&attr, &lo, &size))
		kgc_host_panic("gc: a thread without a stack");
	pthread_attr_destroy(&attr);
	t->pthread = pthread_self();
	t->stack_lo = lo;
	t->stack_hi = t->stack_lo + size;
	t->tcb = __builtin_thread_pointer();
	pthread_setspecific(exit_key, t);

	lock(&registry);
	t->self = &kgc_host_self;
	t->number = ++nregistered;
	t->next = threads;
	threads = t;
	unlock(&registry);
}

struct thread *thread_current(void)
{
	if (!thread_self.self)
		thread_register(&thread_self);
	return &thread_self;
}

void kgc_thread_attach(void)
{
	thread_current();
}

static unsigned int slot_take(void)
{
	unsigned int slot;

	lock(&registry);
	/* The shared slot's bit is never set, so there is a clear one. */
	slot = (unsigned int)__builtin_ctzll(~slots_used);
	if (slot < SLOT_SHARED)
		slots_used |= (uint64_t)1 << slot;
	unlock(&registry);
	return slot;
}

/* --- pin and unpin, when there is something to do ------------------------ */

/*
 * The first pin of a thread, and every one of a thread that shares its slot.
 * It may wait for a lock, so it is not pinned until it has it.
 */
unsigned int kgc_host_pin_slow(void)
{
	struct thread *t = &thread_self;

	if (kgc_host_depth() > 1)
		return t->slot;
	kgc_host_unpin();
	thread_current();
	if (t->slot == KGC_HOST_NO_SLOT)
		t->slot = slot_take();
	if (t->slot == SLOT_SHARED)
		lock(&shared);
	else
		kgc_host_self.slot = t->slot;
	kgc_host_pin_only();
	if (t->slot == SLOT_SHARED)
		kgc_host_note(PENDING_SHARED);
	return t->slot;
}

void kgc_host_unpin_slow(void)
{
	unsigned int pending;

	/* At depth 0 the handler stops at once and leaves no note. */
	kgc_host_self.pins = 1;
	pending = __atomic_exchange_n(&kgc_host_self.pending, 0,
				      __ATOMIC_RELAXED);

	if (pending & PENDING_SHARED)
		unlock(&shared);
	if (pending & PENDING_STOP)
		stop_here();
	if (pending & PENDING_FINALIZER)
		finalizer_wake();
}

enum kgc_context kgc_host_context(void)
{
	if (in_handler.depth)
		return KGC_INTERRUPT;
	return kgc_host_depth() ? KGC_PINNED : KGC_TASK;
}

void kgc_handler_enter(void)
{
	if (!in_handler.depth++) {
		in_handler.local = kgc_host_self.local;
		kgc_host_self.local = kgc_nobody;
	}
}

void kgc_handler_leave(void)
{
	if (!--in_handler.depth)
		kgc_host_self.local = in_handler.local;
}

/* --- stopping the world -------------------------------------------------- */

/* A thread that cannot be signalled is gone, and its stack with it. */
static void stop_others(void)
{
	unsigned int running = 0;
	struct thread *t;

	for (t = threads; t; t = t->next)
		running += t != &thread_self;
	atomic_store(&nrunning, running);
	for (t = threads; t; t = t->next) {
		if (t == &thread_self)
			continue;
		atomic_store(&t->asked, 1);
		if (pthread_kill(t->pthread, STOP_SIGNAL))
			atomic_fetch_sub(&nrunning, 1);
	}
	while ((running = atomic_load(&nrunning)))
		futex_wait(&nrunning, running);
}

bool kgc_host_stop_world(void)
{
	unsigned int now = atomic_load(&world);

	thread_current();
	if (now & 1 || !atomic_compare_exchange_strong(&world, &now, now + 1)) {
		/* Even: that one is through already. */
		while (now & 1 && atomic_load(&world) == now)
			futex_wait(&world, now);
		return false;
	}
	/* From here on we are the only one; a shared slot is ours too. */
	kgc_host_pin();
	lock(&registry);
	roots_gather(stop_others);
	return true;
}

void kgc_host_start_world(void)
{
	atomic_fetch_add(&world, 1);
	futex_wake(&world, INT_MAX);
	unlock(&registry);
	kgc_host_unpin();
}
