/* SPDX-License-Identifier: MIT */
/*
 * kgc/host_inline.h - pin and unpin of a Linux process
 *
 * A slot is a thread.  Pinning is counting in a thread-local variable, which
 * the handler of the stop signal looks at: depth is raised before anything of
 * mm/ is touched and lowered after, so a handler that finds 0 may stop the
 * thread where it is, and one that does not leaves a note for unpin.
 *
 * Depth and note are one word: twice the depth, and one more while there is no
 * note.  So it is 0 when the last unpin has something to do, and pin and
 * unpin are one instruction each, between which the handler may come.  Only
 * this thread and its handlers touch these words.
 */
#ifndef KGC_HOST_INLINE_H
#define KGC_HOST_INLINE_H

#include <stdatomic.h>
#include <stdbool.h>

/* Slots that pin may return: what kgc_config.nslots has to be at least. */
#define KGC_HOST_SLOTS	 64u
#define KGC_HOST_NO_SLOT (~0u)

struct kgc_host_self {
	volatile unsigned int pins;    /* 2 * depth + (pending == 0) */
	volatile unsigned int pending; /* what the last unpin has to do */
	void *local;		       /* mm/'s; kgc_nobody until it is set */
	unsigned int slot;	       /* or NO_SLOT: ask pin_slow */
	unsigned int spins;
};

/* Lies in the static TLS block: no call is needed to find it. */
extern _Thread_local struct kgc_host_self kgc_host_self
	__attribute__((tls_model("local-exec")));
extern char kgc_nobody[] __attribute__((visibility("hidden")));

unsigned int kgc_host_pin_slow(void);
void kgc_host_unpin_slow(void);
void kgc_host_yield(void);

static inline unsigned int kgc_host_depth(void)
{
	return kgc_host_self.pins >> 1;
}

/* Have the last unpin do @bit; its own thread only. */
static inline void kgc_host_note(unsigned int bit)
{
	__atomic_fetch_or(&kgc_host_self.pending, bit, __ATOMIC_RELAXED);
	__asm__ volatile("andl $-2, %0"
			 : "+m"(kgc_host_self.pins)
			 :
			 : "cc", "memory");
}

static inline void kgc_host_pin_only(void)
{
	__asm__ volatile("addl $2, %0"
			 : "+m"(kgc_host_self.pins)
			 :
			 : "cc", "memory");
}

static inline unsigned int kgc_host_pin(void)
{
	kgc_host_pin_only();
	if (__builtin_expect(kgc_host_self.slot == KGC_HOST_NO_SLOT, 0))
		return kgc_host_pin_slow();
	return kgc_host_self.slot;
}

static inline bool kgc_host_unpin_due(void)
{
	bool due;

	__asm__ volatile("subl $2, %0"
			 : "+m"(kgc_host_self.pins), "=@ccz"(due)
			 :
			 : "memory");
	return due;
}

static inline void kgc_host_unpin_rest(void)
{
	kgc_host_unpin_slow();
}

static inline void kgc_host_unpin(void)
{
	if (__builtin_expect(kgc_host_unpin_due(), 0))
		kgc_host_unpin_slow();
}

/* A thread that shares its slot never has a word of its own. */
static inline void *kgc_host_pin_local(void)
{
	kgc_host_pin_only();
	return kgc_host_self.local;
}

static inline void kgc_host_set_local(void *p)
{
	if (kgc_host_self.slot != KGC_HOST_NO_SLOT)
		kgc_host_self.local = p;
}

/* Whom we wait for may not be running: yield now and then. */
static inline void kgc_host_relax(void)
{
	if (kgc_host_self.spins++ % 64 == 63)
		kgc_host_yield();
	else
		__builtin_ia32_pause();
}

#endif /* KGC_HOST_INLINE_H */
