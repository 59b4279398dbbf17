// SPDX-License-Identifier: MIT
/* why_test.c - chains from a root, and referrers */
#include "own.h"

enum { LENGTH = 50, LINKS = 64 };

static void **head;
OWN_CLEARS(head)
static struct kgc_link link[LINKS];
static char root[96];
static unsigned int nlinks;
OWN_CLEARS(link)

static void note(const struct kgc_link *l, void *arg)
{
	size_t n = l->root ? strlen(l->root) : 0;

	if (n && n < sizeof(root))
		memcpy(root, l->root, n + 1);
	if (nlinks < LINKS)
		link[nlinks] = *l;
	nlinks++;
}

static int ask(uintptr_t p)
{
	nlinks = 0;
	memset(link, 0, sizeof(link));
	memset(root, 0, sizeof(root));
	return why_find(&own, p, note, NULL);
}

static int ask_referrers(uintptr_t p)
{
	nlinks = 0;
	memset(link, 0, sizeof(link));
	return why_referrers(&own, p, note, NULL);
}

static __attribute__((noinline)) void clear_stack(void)
{
	volatile char room[16384];

	memset((char *)room, 0, sizeof(room));
}

/* Sanitizers leave gaps in frames that nobody writes to. */
static bool by_stale_word(void)
{
	return strstr(root, "stack of ");
}

/* A chain of objects from `head`; the complement of the last's address. */
static __attribute__((noinline)) uintptr_t make(int n)
{
	void **p = NULL;
	int i;

	for (i = 0; i < n; i++) {
		void **next = heap_alloc(&own, 64, 0);

		if (!next)
			return 0;
		if (p)
			p[i % 7] = (char *)next + i % 64;
		else
			head = next;
		p = next;
	}
	return ~(uintptr_t)p;
}

KTEST(mm_why, chain_is_followed_word_by_word)
{
	const void *at = NULL;
	uintptr_t last;
	int i;

	ASSERT(own_open_far());
	last = make(LENGTH);
	ASSERT(last);
	clear_stack();
	/* A stale word may lead to one behind the first. */
	if (ask(~last + 5) < LENGTH) {
		EXPECT(nlinks > 0);
		own_close();
		ktest_skip("a stale word keeps some of it");
		return;
	}
	ASSERT_EQ(nlinks, LENGTH);
	EXPECT(root[0]);
	EXPECT(link[0].word == &head);
	for (i = 0; i < LENGTH; at = link[i++].target) {
		EXPECT(link[i].holder == at);
		EXPECT(!i == !!link[i].root);
		EXPECT(*(uintptr_t *)link[i].word - (uintptr_t)link[i].target <
		       64);
		if (i)
			EXPECT_EQ((uintptr_t *)link[i].word - (uintptr_t *)at,
				  i % 7);
	}
	EXPECT(at == (void *)~last);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_why, nobody_keeps_a_dead_object)
{
	uintptr_t last;

	ASSERT(own_open_far());
	last = make(3);
	ASSERT(last);
	head = NULL;
	clear_stack();
	if (ask(~last) && by_stale_word()) {
		ktest_skip("a stale word keeps it");
	} else {
		EXPECT_EQ(nlinks, 0);
		EXPECT_STR(root, "");
	}
	EXPECT_EQ(ask(16), -KGC_EINVAL);
	EXPECT_EQ(ask_referrers(16), -KGC_EINVAL);
	own_close();
}

KTEST(mm_why, uncollectable_objects_are_roots)
{
	void **volatile p;

	ASSERT(own_open_far());
	p = heap_alloc(&own, 64, KGC_UNCOLLECTABLE);
	ASSERT(p);
	p[3] = heap_alloc(&own, 64, 0);
	EXPECT_EQ(ask((uintptr_t)p[3]), 1);
	EXPECT(!memcmp(root, "uncollectable object 0x", 23));
	EXPECT(link[0].word == &p[3]);
	EXPECT_EQ(ask((uintptr_t)p), 1);
	EXPECT_STR(root, "itself: kgc_free() alone frees it");
	own_close();
}

KTEST(mm_why, ephemerons_are_links_without_a_word)
{
	void *value;

	ASSERT(own_open_far());
	ASSERT(make(1));
	value = heap_alloc(&own, 64, 0);
	ASSERT(value && !ephemeron_set(&own, head, value));
	EXPECT_EQ(ask((uintptr_t)value), 2);
	EXPECT(link[1].holder == head);
	EXPECT(!link[1].word);
	EXPECT(link[1].target == value);
	own_close();
}

static void never(void *p, void *arg)
{
}

KTEST(mm_why, finalizers_hold)
{
	struct kgc_finalizer f = { .fn = never };
	uintptr_t last;

	ASSERT(own_open_far());
	last = make(2);
	ASSERT(last && !final_swap(&own, (uintptr_t)head, &f));
	head = NULL;
	clear_stack();
	EXPECT_EQ(ask(~last), 2);
	if (by_stale_word())
		ktest_skip("a stale word keeps it");
	else
		EXPECT_STR(root, "waits for its finalizer");
	own_close();
}

KTEST(mm_why, no_memory_is_said)
{
	ASSERT(own_open_far());
	ASSERT(make(1));
	hostctl_fail_commit(1);
	EXPECT_EQ(ask((uintptr_t)head), -KGC_ENOMEM);
	hostctl_fail_commit(2);
	EXPECT_EQ(ask((uintptr_t)head), -KGC_ENOMEM);
	hostctl_fail_commit(0);
	EXPECT_EQ(ask((uintptr_t)head), 1);
	EXPECT_SOUND();
	own_close();
}

KTEST(mm_why, referrers_are_roots_and_objects)
{
	unsigned int i, roots = 0, objects = 0;
	void **other, **next;

	ASSERT(own_open_far());
	ASSERT(make(2));
	other = heap_alloc(&own, 80, 0);
	ASSERT(other);
	head[2] = other;
	head[3] = (char *)other + 79;
	next = (void **)((char *)head[1] - 1);
	next[1] = other;
	EXPECT(ask_referrers((uintptr_t)other + 8) >= 3);
	for (i = 0; i < MIN(nlinks, (unsigned int)LINKS); i++) {
		roots += link[i].holder == NULL;
		objects += link[i].holder == head || link[i].holder == next;
		EXPECT(link[i].target == other);
	}
	EXPECT_EQ(objects, 3);
	EXPECT_EQ(roots + objects, nlinks);
	EXPECT(ask_referrers((uintptr_t)head) >= 1);
	own_close();
}
