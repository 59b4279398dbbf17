/* SPDX-License-Identifier: MIT */
/* semaphore.h - POSIX semaphores, those without names */
#ifndef KGC_SEMAPHORE_H
#define KGC_SEMAPHORE_H

#include <sys/_pthreadtypes.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEM_VALUE_MAX 2147483647

typedef struct {
	unsigned int __value;
	struct __pthread_queue __waiters;
} sem_t;

int sem_init(sem_t *sem, int shared, unsigned int value);
int sem_destroy(sem_t *sem);
int sem_wait(sem_t *sem);
int sem_trywait(sem_t *sem);
int sem_timedwait(sem_t *sem, const struct timespec *abstime);
int sem_post(sem_t *sem);
int sem_getvalue(sem_t *sem, int *value);

#ifdef __cplusplus
}
#endif

#endif /* KGC_SEMAPHORE_H */
