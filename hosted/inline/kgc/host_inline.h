/* SPDX-License-Identifier: MIT */
/*
 * kgc/host_inline.h - pin and unpin of a Linux process
 *
 * A slot is a thread.  Pinning is counting in a thread-local variable, which
 * the handler of the stop signal looks at: depth is raised before anything of
 * mm/ is touched and lowered after, so a handler that finds 0 may stop the
 * thread where it is, and one that does not leaves a note for unpin.  Only
 * this thread and its handlers touch these words, hence volatile and compiler
 * fences, not atomics.
 */
#ifndef KGC_HOST_INLINE_H
#define KGC_HOST_INLINE_H

#include <stdatomic.h>

/* Slots that pin may return: what kgc_config.nslots has to be at least. */
#define KGC_HOST_SLOTS	 64u
#define KGC_HOST_NO_SLOT (~0u)

struct kgc_host_self {
	volatile unsigned int depth;   /* pinned sections entered */
	volatile unsigned int pending; /* what the last unpin has to do */
	unsigned int slot;	       /* or NO_SLOT: ask pin_slow */
	unsigned int spins;
};

/* Lies in the static TLS block: no call is needed to find it. */
extern _Thread_local struct kgc_host_self kgc_host_self
	__attribute__((tls_model("initial-exec")));

unsigned int kgc_host_pin_slow(void);
void kgc_host_unpin_slow(void);
void kgc_host_yield(void);

static inline unsigned int kgc_host_pin(void)
{
	kgc_host_self.depth = kgc_host_self.depth + 1;
	atomic_signal_fence(memory_order_seq_cst);
	if (__builtin_expect(kgc_host_self.slot == KGC_HOST_NO_SLOT, 0))
		return kgc_host_pin_slow();
	return kgc_host_self.slot;
}

static inline void kgc_host_unpin(void)
{
	unsigned int depth = kgc_host_self.depth - 1;

	atomic_signal_fence(memory_order_seq_cst);
	kgc_host_self.depth = depth;
	atomic_signal_fence(memory_order_seq_cst);
	if (__builtin_expect(!depth && kgc_host_self.pending, 0))
		kgc_host_unpin_slow();
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
