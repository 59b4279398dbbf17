/* SPDX-License-Identifier: MIT */
/*
 * entry.S - the first instructions, for both loaders
 *
 * Both enter in the same state: 32-bit flat protected mode, paging and
 * interrupts off, no stack, no descriptor table that may be used.  %ebx holds
 * the address of the loader's structure; %eax holds Multiboot2's magic, and
 * nothing in particular from PVH.
 *
 * Out, at arch_start: %eax magic (BOOT_PVH or BOOT_MULTIBOOT2 of loaders.h),
 * %ebx the structure, %esp the boot stack.
 */
	.section .text.boot, "ax"
	.code32

	.globl	pvh_entry
pvh_entry:
	movl	$0x50564821, %eax

	.globl	multiboot2_start
multiboot2_start:
	cli
	cld
	movl	$boot_stack_top, %esp
	jmp	arch_start

/* The lowest page is unmapped later: an overflow faults there. */
	.section .bss.noroot, "aw", @nobits
	.balign	4096
	.globl	boot_stack, boot_stack_top
boot_stack:
	.skip	4096 + 32768
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
