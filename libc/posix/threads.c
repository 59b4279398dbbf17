// SPDX-License-Identifier: MIT
/* threads.c - the threads of C11 are those of POSIX by other names */
#include <threads.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include <kernel/task.h>
#include <kernel/time.h>

static int result_of(int error)
{
	switch (error) {
	case 0:
		return thrd_success;
	case EBUSY:
		return thrd_busy;
	case ETIMEDOUT:
		return thrd_timedout;
	case ENOMEM:
		return thrd_nomem;
	default:
		return thrd_error;
	}
}

struct start {
	thrd_start_t fn;
	void *arg;
};

static void *begin(void *arg)
{
	const struct start start = *(struct start *)arg;

	free(arg);
	return (void *)(intptr_t)start.fn(start.arg);
}

int thrd_create(thrd_t *thread, thrd_start_t fn, void *arg)
{
	struct start *start = malloc(sizeof(*start));

	if (!start)
		return thrd_nomem;
	*start = (struct start){ fn, arg };
	if (pthread_create(thread, NULL, begin, start) == 0)
		return thrd_success;
	free(start);
	return thrd_nomem;
}

thrd_t thrd_current(void)
{
	return pthread_self();
}

int thrd_detach(thrd_t thread)
{
	return result_of(pthread_detach(thread));
}

int thrd_equal(thrd_t a, thrd_t b)
{
	return a == b;
}

void thrd_exit(int result)
{
	pthread_exit((void *)(intptr_t)result);
}

int thrd_join(thrd_t thread, int *result)
{
	void *value;
	const int error = pthread_join(thread, &value);

	if (!error && result)
		*result = (int)(intptr_t)value;
	return result_of(error);
}

int thrd_sleep(const struct timespec *duration, struct timespec *remaining)
{
	if (duration->tv_sec < 0 || duration->tv_nsec < 0 ||
	    duration->tv_nsec >= 1000000000)
		return -2;
	task_sleep_ns((uint64_t)duration->tv_sec * 1000000000 +
		      (uint64_t)duration->tv_nsec);
	if (remaining)
		*remaining = (struct timespec){ 0 };
	return 0;
}

void thrd_yield(void)
{
	task_yield();
}

int mtx_init(mtx_t *mutex, int type)
{
	pthread_mutexattr_t attr;

	if (type & ~(mtx_recursive | mtx_timed))
		return thrd_error;
	pthread_mutexattr_init(&attr);
	if (type & mtx_recursive)
		pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	return result_of(pthread_mutex_init(mutex, &attr));
}

void mtx_destroy(mtx_t *mutex)
{
	pthread_mutex_destroy(mutex);
}

int mtx_lock(mtx_t *mutex)
{
	return result_of(pthread_mutex_lock(mutex));
}

int mtx_trylock(mtx_t *mutex)
{
	return result_of(pthread_mutex_trylock(mutex));
}

int mtx_timedlock(mtx_t *mutex, const struct timespec *abstime)
{
	return result_of(pthread_mutex_timedlock(mutex, abstime));
}

int mtx_unlock(mtx_t *mutex)
{
	return result_of(pthread_mutex_unlock(mutex));
}

int cnd_init(cnd_t *cond)
{
	return result_of(pthread_cond_init(cond, NULL));
}

void cnd_destroy(cnd_t *cond)
{
	pthread_cond_destroy(cond);
}

int cnd_wait(cnd_t *cond, mtx_t *mutex)
{
	return result_of(pthread_cond_wait(cond, mutex));
}

int cnd_timedwait(cnd_t *cond, mtx_t *mutex, const struct timespec *abstime)
{
	return result_of(pthread_cond_timedwait(cond, mutex, abstime));
}

int cnd_signal(cnd_t *cond)
{
	return result_of(pthread_cond_signal(cond));
}

int cnd_broadcast(cnd_t *cond)
{
	return result_of(pthread_cond_broadcast(cond));
}

int tss_create(tss_t *key, tss_dtor_t destructor)
{
	return result_of(pthread_key_create(key, destructor));
}

void tss_delete(tss_t key)
{
	pthread_key_delete(key);
}

void *tss_get(tss_t key)
{
	return pthread_getspecific(key);
}

int tss_set(tss_t key, void *value)
{
	return result_of(pthread_setspecific(key, value));
}

void call_once(once_flag *flag, void (*fn)(void))
{
	pthread_once(flag, fn);
}
