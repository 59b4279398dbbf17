// SPDX-License-Identifier: MIT
/*
 * threads.c - threads with GC_THREADS: argument, result, stack
 */
#define GC_THREADS
#include <gc.h>

#include "tap.h"

#define NTHREADS 12

struct list {
	struct list *next;
	int n;
};

static struct list *build(int n)
{
	struct list *l = NULL;
	int i;

	for (i = 0; i < n; i++) {
		struct list *new = GC_MALLOC(sizeof(*new));

		new->next = l;
		new->n = i;
		l = new;
	}
	return l;
}

static int length(const struct list *l)
{
	int n = 0;

	for (; l; l = l->next)
		n += l->next ? l->n == l->next->n + 1 : 1;
	return n;
}

/* Takes a list that nobody else holds, gives another. */
static void *run(void *arg)
{
	struct list *l = arg;
	int i;

	if (!GC_thread_is_registered() || length(l) != 100)
		return NULL;
	for (i = 0; i < 50; i++)
		if (length(build(1000)) != 1000)
			return NULL;
	return length(l) == 100 ? build(200) : NULL;
}

static void *leave(void *arg)
{
	pthread_exit(build(300));
}

__attribute__((noinline)) static void start(pthread_t *t, void *(*fn)(void *))
{
	if (pthread_create(t, NULL, fn, build(100)))
		ok(false, "pthread_create");
}

static void *add(void *arg)
{
	++*(int *)arg;
	return arg;
}

static void *count(void *arg)
{
	int i;

	for (i = 0; i < 1000; i++)
		GC_call_with_alloc_lock(add, arg);
	return NULL;
}

static void *active(void *arg)
{
	return build(10);
}

static void *blocking(void *arg)
{
	return GC_call_with_gc_active(active, arg);
}

static void *with_base(struct GC_stack_base *base, void *arg)
{
	return base->mem_base ? arg : NULL;
}

static void test_stack(void)
{
	struct GC_stack_base base;

	ok(GC_get_stack_base(&base) == GC_SUCCESS &&
		   (char *)base.mem_base > (char *)&base,
	   "GC_get_stack_base");
	ok(GC_call_with_stack_base(with_base, &base) == &base,
	   "GC_call_with_stack_base");
	ok(length(GC_do_blocking(blocking, NULL)) == 10,
	   "GC_do_blocking, GC_call_with_gc_active");
}

int main(void)
{
	static int counter;
	pthread_t t[NTHREADS];
	void *result;
	int good = 0, i;

	GC_INIT();
	GC_allow_register_threads();
	for (i = 0; i < NTHREADS; i++)
		start(&t[i], run);
	GC_gcollect();
	for (i = 0; i < NTHREADS; i++) {
		pthread_join(t[i], &result);
		good += length(result) == 200;
	}
	ok(good == NTHREADS, "argument and result are seen");
	start(&t[0], leave);
	for (i = 0; i < 5; i++)
		GC_gcollect();
	pthread_join(t[0], &result);
	ok(length(result) == 300, "the result of pthread_exit, too");
	for (i = 0; i < NTHREADS; i++)
		pthread_create(&t[i], NULL, count, &counter);
	for (i = 0; i < NTHREADS; i++)
		pthread_join(t[i], NULL);
	ok(counter == NTHREADS * 1000, "the allocation lock excludes others");
	start(&t[0], run);
	ok(!pthread_detach(t[0]), "pthread_detach");
	test_stack();
	return done();
}
