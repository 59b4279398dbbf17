/* SPDX-License-Identifier: MIT */
/*
 * arch/boot.h - what boot/main.c calls, once each, in this order
 *
 * Before arch_mmu_enable() physical addresses below 4 GiB are usable as
 * pointers, and frames for page tables come from there.  After it only what
 * layout.h shows is mapped.
 */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

#include <stdint.h>

/* Look at the processor; begin the kernel's page tables with the image. */
void arch_mmu_init(void);
/* A range of RAM: mapped, where the arch maps all of it. */
void arch_mmu_add_ram(uint64_t base, uint64_t size);
void arch_mmu_enable(void);
/* Segments, exceptions, floating point. */
void arch_trap_init(void);

/* Read the firmware's tables; @rsdp 0: look for them.  Called by the kernel. */
void arch_acpi_init(uint64_t rsdp);

#endif /* ARCH_BOOT_H */
