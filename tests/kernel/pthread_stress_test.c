// SPDX-License-Identifier: MIT
/*
 * pthread_stress_test.c - many threads that allocate, pass on, come and go
 *
 * A parcel is a chain of blocks filled from its key.  Wherever it is, it is
 * there alone: in a mailbox, on one thread's stack, among a thread's data by
 * key, in the argument of a thread that has not started, in the result of one
 * that has ended.  Collections run at every few allocations.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"

enum { NTHREADS = 14, ROUNDS = 40, STRESS = 3 };

struct parcel {
	struct parcel *inner; /* one more, reachable from here alone */
	struct parcel *next;  /* in a mailbox */
	uint32_t size, key;
	unsigned char body[];
};

static struct mailbox {
	pthread_mutex_t mutex;
	pthread_cond_t filled;
	struct parcel *first, **last;
} box[NTHREADS];

static pthread_key_t kept;
static volatile unsigned int damaged, checked, lost;

/* Unlike the other counts of a test, these are changed by many threads. */
static void count(volatile unsigned int *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static struct parcel *pack(int depth)
{
	const uint32_t key = ktest_random(), size = key % 500;
	struct parcel *p = malloc(sizeof(*p) + size);

	if (!p) {
		count(&lost);
		return NULL;
	}
	p->key = key;
	p->size = size;
	memset(p->body, (unsigned char)key, size);
	p->inner = depth ? pack(depth - 1) : NULL;
	return p;
}

static void check(const struct parcel *p)
{
	uint32_t i;

	for (; p; p = p->inner) {
		count(&checked);
		for (i = 0; i < p->size && p->body[i] == (p->key & 0xff); i++)
			;
		if (i != p->size || p->size != p->key % 500)
			count(&damaged);
	}
}

static void send(struct mailbox *b, struct parcel *p)
{
	pthread_mutex_lock(&b->mutex);
	*b->last = p;
	b->last = &p->next;
	pthread_cond_signal(&b->filled);
	pthread_mutex_unlock(&b->mutex);
}

static struct parcel *receive(struct mailbox *b)
{
	struct parcel *p;

	pthread_mutex_lock(&b->mutex);
	while (!b->first)
		pthread_cond_wait(&b->filled, &b->mutex);
	p = b->first;
	b->first = p->next;
	if (!b->first)
		b->last = &b->first;
	p->next = NULL;
	pthread_mutex_unlock(&b->mutex);
	return p;
}

static void litter(void)
{
	int i;

	for (i = 0; i < 3; i++)
		memset(malloc(200), 0xff, 200);
	sched_yield();
}

static void *hold_and_return(void *parcel)
{
	litter();
	check(parcel);
	return parcel;
}

/* From the argument to the stack to the result of another thread. */
static void lend(struct parcel *p)
{
	pthread_t thread;
	void *result;

	if (pthread_create(&thread, NULL, hold_and_return, p)) {
		count(&lost);
		return;
	}
	p = NULL;
	litter();
	if (pthread_join(thread, &result))
		count(&lost);
	else
		check(result);
}

static void keep(struct parcel *p)
{
	if (pthread_setspecific(kept, p))
		count(&lost);
	p = NULL;
	litter();
	check(pthread_getspecific(kept));
}

static void *take_part(void *arg)
{
	const int self = (int)(intptr_t)arg;
	struct parcel *p;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		/* Each gets one from each round, each time from another. */
		p = pack(round % 3);
		send(&box[(self + 1 + round) % NTHREADS], p);
		p = receive(&box[self]);
		switch (ktest_random() % 3) {
		case 0:
			lend(p);
			break;
		case 1:
			keep(p);
			break;
		default:
			litter();
			check(p);
		}
	}
	return NULL;
}

/* A thread that ends gives what it kept to this. */
static void check_kept(void *parcel)
{
	litter();
	check(parcel);
}

static void boxes_init(void)
{
	int i;

	for (i = 0; i < NTHREADS; i++) {
		pthread_mutex_init(&box[i].mutex, NULL);
		pthread_cond_init(&box[i].filled, NULL);
		box[i].first = NULL;
		box[i].last = &box[i].first;
	}
	damaged = checked = lost = 0;
}

KTEST(pthread_stress, fourteen_pass_pointers)
{
	const uint32_t old = heap.pacer.stress, cycles = heap.numgc;
	pthread_t thread[NTHREADS];
	int i;

	boxes_init();
	ASSERT_EQ(pthread_key_create(&kept, check_kept), 0);
	heap.pacer.stress = STRESS;
	atomic_store(&heap.pacer.countdown, STRESS);
	for (i = 0; i < NTHREADS; i++)
		if (!EXPECT_EQ(pthread_create(&thread[i], NULL, take_part,
					      (void *)(intptr_t)i),
			       0))
			break;
	while (--i >= 0)
		EXPECT_EQ(pthread_join(thread[i], NULL), 0);
	heap.pacer.stress = old;
	EXPECT_EQ(damaged, 0);
	EXPECT_EQ(lost, 0);
	EXPECT(checked > NTHREADS * ROUNDS * 2);
	EXPECT(heap.numgc - cycles > NTHREADS * ROUNDS / STRESS);
	EXPECT_EQ(kgc_check(), 0);
	EXPECT_EQ(pthread_key_delete(kept), 0);
}

/* --- coming and going --- */

static volatile unsigned int nended;

static void *live_shortly(void *arg)
{
	char text[40];

	snprintf(text, sizeof(text), "%.20g", 1e100 / (1 + (uintptr_t)arg));
	free(strdup(text));
	errno = 5;
	__atomic_fetch_add(&nended, 1, __ATOMIC_RELAXED);
	return strdup(text);
}

static bool create_short(int i)
{
	pthread_t thread;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	if (i % 3 == 0)
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, live_shortly, (void *)(intptr_t)i))
		return false;
	if (i % 3 == 1)
		return pthread_join(thread, NULL) == 0;
	return i % 3 == 0 || pthread_detach(thread) == 0;
}

/* At most a few are alive at a time. */
static void churn(unsigned int n)
{
	unsigned int i;

	nended = 0;
	for (i = 0; i < n; i++) {
		if (!EXPECT(create_short((int)i)))
			break;
		while (i + 1 - nended > 8)
			sched_yield();
	}
	while (nended < i)
		sched_yield();
	for (i = 0; i < 10; i++)
		sched_yield();
	sys_clear_stack();
	sys_settle();
}

KTEST(pthread_stress, thousand_come_and_go)
{
	static struct kgc_memstats NOROOT before, after;

	churn(100);
	kgc_read_memstats(&before);
	churn(1000);
	kgc_read_memstats(&after);
	EXPECT_EQ(after.stacks_inuse, before.stacks_inuse);
	/* A stale word may keep an object, or its page; that does not add up.
	 */
	EXPECT(after.heap_inuse <= before.heap_inuse + 8192);
	EXPECT(after.heap_objects < before.heap_objects + 20);
	EXPECT_EQ(kgc_check(), 0);
}

/* --- a pipeline --- */

enum { ITEMS = 1500, ROOM = 7, STAGES = 3 };

struct pipe {
	pthread_mutex_t mutex;
	pthread_cond_t not_full, not_empty;
	char *item[ROOM];
	unsigned int in, out;
};

static void pipe_put(struct pipe *p, char *item)
{
	pthread_mutex_lock(&p->mutex);
	while (p->in - p->out == ROOM)
		pthread_cond_wait(&p->not_full, &p->mutex);
	p->item[p->in++ % ROOM] = item;
	pthread_cond_signal(&p->not_empty);
	pthread_mutex_unlock(&p->mutex);
}

static char *pipe_get(struct pipe *p)
{
	char *item;

	pthread_mutex_lock(&p->mutex);
	while (p->in == p->out)
		pthread_cond_wait(&p->not_empty, &p->mutex);
	item = p->item[p->out % ROOM];
	p->item[p->out++ % ROOM] = NULL;
	pthread_cond_signal(&p->not_full);
	pthread_mutex_unlock(&p->mutex);
	return item;
}

/* Add a number to each item, into a new one. */
static void *work(void *arg)
{
	struct pipe *p = arg;
	char *item, *made;

	do {
		item = pipe_get(&p[0]);
		made = item && asprintf(&made, "%s %zu", item, strlen(item)) > 0
			       ? made
			       : NULL;
		pipe_put(&p[1], made);
	} while (item);
	return NULL;
}

static void *produce(void *arg)
{
	char *item;
	int i;

	for (i = 0; i < ITEMS; i++)
		if (asprintf(&item, "item %d", i) > 0)
			pipe_put(arg, item);
	pipe_put(arg, NULL);
	return NULL;
}

static bool item_is_right(const char *item, int i)
{
	char is[80];
	int stage, n = sprintf(is, "item %d", i);

	for (stage = 0; stage < STAGES; stage++)
		n += sprintf(is + n, " %d", n);
	return !strcmp(item, is);
}

KTEST(pthread_stress, pipeline_keeps_order_and_contents)
{
	struct pipe *p = calloc(STAGES + 1, sizeof(*p));
	pthread_t thread[STAGES + 1];
	unsigned int wrong = 0;
	char *item;
	int i, n;

	ASSERT(p);
	for (i = 0; i < STAGES; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, work, &p[i]), 0);
	ASSERT_EQ(pthread_create(&thread[i], NULL, produce, p), 0);
	for (n = 0; (item = pipe_get(&p[STAGES])); n++) {
		wrong += !item_is_right(item, n);
		if (n % 200 == 0)
			kgc_collect();
	}
	EXPECT_EQ(n, ITEMS);
	EXPECT_EQ(wrong, 0);
	for (i = 0; i <= STAGES; i++)
		EXPECT_EQ(pthread_join(thread[i], NULL), 0);
}

/* --- streams --- */

/*
 * A closed stream's slot in newlib keeps stale pointers, which the cases that
 * count dead objects bear only a few of: hence no more writers.
 */
enum { WRITERS = 2, LINES = 120 };

static FILE *together;

static void *write_lines(void *arg)
{
	const int letter = 'a' + (int)(intptr_t)arg;
	char *text = NULL;
	size_t size;
	FILE *own = open_memstream(&text, &size);
	int i;

	for (i = 0; own && i < LINES; i++) {
		fprintf(together, "%c%c %.3f %c%c\n", letter, letter,
			letter + i / 8.0, letter, letter);
		flockfile(together);
		fprintf(together, "%c%c ", letter, letter);
		sched_yield();
		fprintf(together, "%d %c%c\n", letter, letter, letter);
		funlockfile(together);
		fprintf(own, "%d,", i);
		sched_yield();
	}
	if (!own || fclose(own))
		return NULL;
	return (void *)(size == 10 * 2 + 90 * 3 + (LINES - 100) * 4 ? text
								    : NULL);
}

static unsigned int bad_lines(char *text)
{
	unsigned int n = 0, bad = 0;
	char first[3], last[3], *line, *place;
	double number;

	for (line = strtok_r(text, "\n", &place); line;
	     line = strtok_r(NULL, "\n", &place)) {
		n++;
		bad += sscanf(line, "%2s %lf %2s", first, &number, last) != 3 ||
		       strcmp(first, last) || number < first[0] ||
		       number > first[0] + LINES / 8.0;
	}
	return n == 2 * WRITERS * LINES ? bad : n;
}

KTEST(pthread_stress, lines_of_threads_do_not_mix)
{
	pthread_t thread[WRITERS];
	void *result;
	char *text;
	size_t size;
	int i;

	together = open_memstream(&text, &size);
	ASSERT(together);
	for (i = 0; i < WRITERS; i++)
		ASSERT_EQ(pthread_create(&thread[i], NULL, write_lines,
					 (void *)(intptr_t)i),
			  0);
	for (i = 0; i < WRITERS; i++) {
		EXPECT_EQ(pthread_join(thread[i], &result), 0);
		EXPECT(result);
	}
	EXPECT_EQ(ftrylockfile(together), 0);
	funlockfile(together);
	EXPECT_EQ(fclose(together), 0);
	EXPECT_EQ(bad_lines(text), 0);
}
