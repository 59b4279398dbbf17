// SPDX-License-Identifier: MIT
/* lock_test.c - a lock is held once, and ranks rise */
#include "own.h"

static struct lock low, high;

static void wrong_order(void *arg)
{
	lock_take(&high);
	lock_take(&low);
}

KTEST(mm_lock, held_once)
{
	lock_init(&low, RANK_CENTRAL);
	lock_take(&low);
	EXPECT(!lock_try(&low));
	lock_drop(&low);
	ASSERT(lock_try(&low));
	EXPECT(!lock_try(&low));
	lock_drop(&low);
}

KTEST(mm_lock, ranks_rise)
{
	char message[200];

	if (KGC_CHECK < 1) {
		ktest_skip("not looked at");
		return;
	}
	lock_init(&low, RANK_CENTRAL);
	lock_init(&high, RANK_META);
	EXPECT(hostctl_catch_panic(wrong_order, NULL, message,
				   sizeof(message)));
	EXPECT(!strncmp(message, "gc: assertion", 13));
	kgc_host_pin(); /* it is held, but its pin was given back */
	lock_drop(&high);
}
