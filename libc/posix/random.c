// SPDX-License-Identifier: MIT
/*
 * random.c - bytes that nobody expects
 *
 * A counter with an odd stride, each value mixed by two multiplications; it
 * starts from the time of day and the cycle counter at the first use.  Under
 * icount both are the same in each run, and so are the bytes: the processor's
 * own generator would not be repeatable.
 *
 * Bad at: secrets.  Who knows the time of the boot finds the rest.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <arch/cpu.h>
#include <kernel/sync.h>
#include <kernel/time.h>
#include <lib/noroot.h>
#include <libc/fail.h>
#include <libc/random.h>

enum { ENTROPY_MAX = 256 }; /* of one getentropy() */

static struct mutex lock = MUTEX_INIT;
static uint64_t NOROOT state; /* looks like anything */

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
	x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
	return x ^ x >> 32;
}

static uint64_t next(void)
{
	if (!state)
		state = mix(time_wall_ns()) ^ arch_cycles();
	state += 0x9e3779b97f4a7c15u;
	return mix(state);
}

void random_fill(void *buf, size_t n)
{
	unsigned char *to = buf;
	size_t piece;
	uint64_t word;

	mutex_lock(&lock);
	for (; n; n -= piece, to += piece) {
		word = next();
		piece = n < sizeof(word) ? n : sizeof(word);
		memcpy(to, &word, piece);
	}
	mutex_unlock(&lock);
}

int getentropy(void *buf, size_t n)
{
	if (n > ENTROPY_MAX)
		return fail(EIO);
	random_fill(buf, n);
	return 0;
}

ssize_t getrandom(void *buf, size_t n, unsigned int flags)
{
	if (flags & ~(unsigned int)(GRND_NONBLOCK | GRND_RANDOM))
		return fail(EINVAL);
	random_fill(buf, n);
	return (ssize_t)n;
}
