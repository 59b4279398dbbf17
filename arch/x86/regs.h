/* SPDX-License-Identifier: MIT */
/* regs.h - control registers, their bits, and the processor's features */
#ifndef X86_REGS_H
#define X86_REGS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	CR0_MP = 1 << 1,
	CR0_EM = 1 << 2,
	CR0_TS = 1 << 3,
	CR0_NE = 1 << 5,
	CR0_WP = 1 << 16,

	CR4_PSE = 1 << 4,
	CR4_PAE = 1 << 5,
	CR4_OSFXSR = 1 << 9,
	CR4_OSXMMEXCPT = 1 << 10,
	CR4_OSXSAVE = 1 << 18,

	RFLAGS_IF = 1 << 9,

	MSR_APIC_BASE = 0x1b,
	MSR_EFER = 0xc0000080,
	MSR_FS_BASE = 0xc0000100,
	EFER_NXE = 1 << 11,
};
#define CR0_PG (1ul << 31)

struct cpuid {
	uint32_t a, b, c, d;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

#define DEFINE_CR(n)                                                           \
	static inline unsigned long read_cr##n(void)                           \
	{                                                                      \
		unsigned long value;                                           \
                                                                               \
		__asm__ volatile("mov %%cr" #n ", %0" : "=r"(value));          \
		return value;                                                  \
	}                                                                      \
	static inline void write_cr##n(unsigned long value)                    \
	{                                                                      \
		__asm__ volatile("mov %0, %%cr" #n : : "r"(value) : "memory"); \
	}
DEFINE_CR(0)
DEFINE_CR(2)
DEFINE_CR(3)
DEFINE_CR(4)

static inline uint64_t read_msr(uint32_t msr)
{
	uint32_t lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (uint64_t)hi << 32 | lo;
}

static inline void write_msr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)value),
			   "d"((uint32_t)(value >> 32))
			 : "memory");
}

static inline uint64_t read_tsc(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}

static inline void invlpg(uintptr_t va)
{
	__asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

/* What cpuid says, read once by features_init(). */
struct features {
	bool pae, nx, apic, fxsr, xsave;
	unsigned int phys_bits;
};
extern struct features features;
void features_init(void);

#endif /* X86_REGS_H */
