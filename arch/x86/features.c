// SPDX-License-Identifier: MIT
/* features.c - what this processor can do */
#include "regs.h"

struct features features;

void features_init(void)
{
	const struct cpuid basic = cpuid(1, 0);
	const uint32_t highest = cpuid(0x80000000, 0).a;

	features.pae = basic.d >> 6 & 1;
	features.apic = basic.d >> 9 & 1;
	features.fxsr = basic.d >> 24 & 1;
	features.xsave = basic.c >> 26 & 1;
	if (highest >= 0x80000001)
		features.nx = cpuid(0x80000001, 0).d >> 20 & 1;
	features.phys_bits = features.pae ? 36 : 32;
	if (highest >= 0x80000008)
		features.phys_bits = cpuid(0x80000008, 0).a & 0xff;
}
