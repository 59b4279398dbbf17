// SPDX-License-Identifier: MIT
/*
 * threads.c - threads and their stacks
 *
 * kgc knows a thread from its first call on, so registering is a formality.
 * A thread that GC_pthread_create() starts makes that call before it runs the
 * client's function.  Its argument and its result stand in a record that is a
 * root: the C library keeps both where nobody looks, the first until the
 * thread runs, the second until it is joined.
 *
 * What bdwgc calls the allocation lock is a mutex for those who ask for it,
 * and no collection begins while it is held.
 *
 * Bad at: other threads go on allocating meanwhile.
 *
 * Locking: bdw_lock() for the list of records.
 */
#include <errno.h>

#include "internal.h"

struct thread {
	struct thread *next;
	pthread_t id;
	void *(*start)(void *);
	void *arg;
	void *result;
	bool is_detached, is_over;
};

char *GC_stackbottom;
static struct thread *threads;
static _Thread_local struct thread *self;
static _Thread_local bool is_registered, was_unregistered;

/* --- records ------------------------------------------------------------- */

static void record_push(struct thread *t)
{
	bdw_lock();
	t->next = threads;
	threads = t;
	bdw_unlock();
}

/* Out of the list if it is still there; who gets it frees it. */
static struct thread *record_pop(struct thread *t)
{
	struct thread **at;

	bdw_lock();
	for (at = &threads; *at && *at != t; at = &(*at)->next)
		;
	t = *at;
	if (t)
		*at = t->next;
	bdw_unlock();
	return t;
}

static struct thread *record_find(pthread_t id)
{
	struct thread *t;

	bdw_lock();
	for (t = threads; t; t = t->next)
		if (pthread_equal(t->id, id) && !t->is_detached)
			break;
	bdw_unlock();
	return t;
}

/* The thread may run late, or be over and its record gone. */
static void record_name(struct thread *t, pthread_t id)
{
	struct thread *at;

	bdw_lock();
	for (at = threads; at && at != t; at = at->next)
		;
	if (at)
		at->id = id;
	bdw_unlock();
}

/* A detached thread's record goes with the last of detach and end. */
static void record_mark(struct thread *t, bool *flag)
{
	bool last;

	bdw_lock();
	*flag = true;
	last = t->is_detached && t->is_over;
	bdw_unlock();
	if (last)
		kgc_free(record_pop(t));
}

/* --- life of a thread ---------------------------------------------------- */

static void *thread_run(void *arg)
{
	struct thread *t = arg;
	void *result;

	kgc_lookup(t, NULL);
	t->id = pthread_self();
	is_registered = true;
	self = t;
	result = t->start(t->arg);
	self = NULL;
	t->result = result;
	record_mark(t, &t->is_over);
	return result;
}

static bool starts_detached(const pthread_attr_t *attr)
{
	int state;

	return attr && !pthread_attr_getdetachstate(attr, &state) &&
	       state == PTHREAD_CREATE_DETACHED;
}

int GC_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		      void *(*start)(void *), void *arg)
{
	struct thread *t = GC_malloc_uncollectable(sizeof(*t));
	pthread_t id;
	int error;

	if (!t)
		return EAGAIN;
	t->start = start;
	t->arg = arg;
	t->is_detached = starts_detached(attr);
	record_push(t);
	error = pthread_create(&id, attr, thread_run, t);
	if (error) {
		kgc_free(record_pop(t));
		return error;
	}
	record_name(t, id);
	*thread = id;
	return 0;
}

int GC_pthread_join(pthread_t thread, void **result)
{
	struct thread *t = record_find(thread);
	int error = pthread_join(thread, result);

	if (!error && t)
		kgc_free(record_pop(t));
	return error;
}

int GC_pthread_detach(pthread_t thread)
{
	struct thread *t = record_find(thread);
	int error = pthread_detach(thread);

	if (!error && t)
		record_mark(t, &t->is_detached);
	return error;
}

void GC_pthread_exit(void *result)
{
	if (self) {
		self->result = result;
		record_mark(self, &self->is_over);
		self = NULL;
	}
	pthread_exit(result);
}

/* --- to be known --------------------------------------------------------- */

void GC_allow_register_threads(void)
{
	bdw_ready();
}

int GC_register_my_thread(const struct GC_stack_base *base)
{
	bdw_ready();
	kgc_lookup(base, NULL);
	if (is_registered)
		return GC_DUPLICATE;
	is_registered = true;
	was_unregistered = false;
	return GC_SUCCESS;
}

int GC_unregister_my_thread(void)
{
	is_registered = false;
	was_unregistered = true;
	return GC_SUCCESS;
}

int GC_thread_is_registered(void)
{
	return bdw_is_up && !was_unregistered;
}

void GC_register_altstack(void *stack, GC_word stack_size, void *alt,
			  GC_word alt_size)
{
}

void GC_start_mark_threads(void)
{
}

/* --- stacks -------------------------------------------------------------- */

/* Not every C library has it. */
extern int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr)
	__attribute__((weak));
extern int pthread_attr_getstack(const pthread_attr_t *attr, void **lo,
				 size_t *size) __attribute__((weak));

/* The end of the caller's stack, or else some address above its frame. */
__attribute__((noinline)) static void *stack_end(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	pthread_attr_t attr;
	size_t size;
	void *lo = NULL;

	if (pthread_getattr_np && pthread_attr_getstack &&
	    !pthread_getattr_np(pthread_self(), &attr)) {
		if (pthread_attr_getstack(&attr, &lo, &size))
			lo = NULL;
		pthread_attr_destroy(&attr);
	}
	if (lo)
		return (char *)lo + size;
	return (void *)((here + 8191) & ~(uintptr_t)4095);
}

int GC_get_stack_base(struct GC_stack_base *base)
{
	base->mem_base = stack_end();
	return GC_SUCCESS;
}

void *GC_get_my_stackbottom(struct GC_stack_base *base)
{
	base->mem_base = stack_end();
	return base->mem_base;
}

void GC_set_stackbottom(void *thread, const struct GC_stack_base *base)
{
}

void *GC_call_with_stack_base(GC_stack_base_func fn, void *arg)
{
	struct GC_stack_base base;

	GC_get_stack_base(&base);
	return fn(&base, arg);
}

/* A thread that blocks is stopped like any other, or need not be. */
void *GC_do_blocking(GC_fn_type fn, void *arg)
{
	return fn(arg);
}

void *GC_call_with_gc_active(GC_fn_type fn, void *arg)
{
	return fn(arg);
}

/* What this function's prologue saved is between @lo and the caller. */
__attribute__((noinline)) void GC_custom_push_regs_and_stack(
	GC_custom_push_proc fn, void *arg, const struct GC_stack_base *base,
	void *unused)
{
	void *here = NULL;

	__builtin_unwind_init();
	fn(&here, base->mem_base, arg, 0);
}

/* --- no collection meanwhile --------------------------------------------- */

static pthread_mutex_t alloc_lock = PTHREAD_MUTEX_INITIALIZER;

void GC_alloc_lock(void)
{
	bdw_ready();
	pthread_mutex_lock(&alloc_lock);
	kgc_disable();
}

void GC_alloc_unlock(void)
{
	kgc_enable();
	pthread_mutex_unlock(&alloc_lock);
}

void *GC_call_with_alloc_lock(GC_fn_type fn, void *arg)
{
	void *result;

	GC_alloc_lock();
	result = fn(arg);
	GC_alloc_unlock();
	return result;
}

void *GC_call_with_reader_lock(GC_fn_type fn, void *arg, int release)
{
	return GC_call_with_alloc_lock(fn, arg);
}

void GC_stop_world_external(void)
{
	GC_alloc_lock();
}

void GC_start_world_external(void)
{
	GC_alloc_unlock();
}
