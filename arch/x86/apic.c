// SPDX-License-Identifier: MIT
/* apic.c - the local APIC and its timer, through memory-mapped registers */
#include "apic.h"

#include "paging.h"
#include "regs.h"
#include "trap.h"

enum {
	APIC_TPR = 0x80,
	APIC_EOI = 0xb0,
	APIC_SPURIOUS = 0xf0,
	APIC_LVT_TIMER = 0x320,
	APIC_LVT_LINT0 = 0x350,
	APIC_TIMER_INITIAL = 0x380,
	APIC_TIMER_CURRENT = 0x390,
	APIC_TIMER_DIVIDE = 0x3e0,

	APIC_ENABLE = 1 << 8,
	LVT_MASKED = 1 << 16,
	LVT_PERIODIC = 1 << 17,
	DIVIDE_BY_1 = 0xb,
	BASE_ENABLE = 1 << 11,
};

static volatile char *registers;

static void apic_write(unsigned int reg, uint32_t value)
{
	*(volatile uint32_t *)(registers + reg) = value;
}

static uint32_t apic_read(unsigned int reg)
{
	return *(volatile uint32_t *)(registers + reg);
}

bool apic_init(void)
{
	uint64_t base;

	if (!features.apic || registers)
		return features.apic && registers;
	base = read_msr(MSR_APIC_BASE);
	write_msr(MSR_APIC_BASE, base | BASE_ENABLE);
	registers = paging_mmio(base & PTE_ADDRESS, 4096);
	if (!registers)
		return false;
	apic_write(APIC_TPR, 0);
	apic_write(APIC_LVT_LINT0, LVT_MASKED);
	apic_write(APIC_LVT_TIMER, LVT_MASKED);
	apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_1);
	apic_write(APIC_SPURIOUS, APIC_ENABLE | VECTOR_SPURIOUS);
	return true;
}

void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

void apic_count_start(uint32_t count)
{
	apic_write(APIC_LVT_TIMER, LVT_MASKED);
	apic_write(APIC_TIMER_INITIAL, count);
}

uint32_t apic_count(void)
{
	return apic_read(APIC_TIMER_CURRENT);
}

void apic_tick_start(unsigned int vector, uint32_t count)
{
	apic_write(APIC_LVT_TIMER, LVT_PERIODIC | vector);
	apic_write(APIC_TIMER_INITIAL, count);
}
