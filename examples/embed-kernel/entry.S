/* SPDX-License-Identifier: MIT */
/*
 * entry.S - from PVH's entry to paging; <arch>/start.S goes on
 *
 * In: 32-bit flat protected mode, paging off, %ebx PVH's start information,
 * which nothing here changes.  One table pd[] serves both arches: 2,048 entries
 * of 2 MiB.  The first GiB is mapped as it is; memory.c fills in the rest.
 */
	.section .note.pvh, "a", @note
	.balign	4
	.long	4, 4, 18, 0x006e6558	/* PHYS32_ENTRY of "Xen" */
	.long	start

	.text
	.code32
	.globl	start
start:	movl	$boot_stack_top, %esp
	movl	$pd, %edi
	movl	$0x83, %eax		/* 2 MiB, writable, present */
	movl	$512, %ecx
1:	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$0x200000, %eax
	loop	1b
	movl	$0x20, %eax		/* PAE: entries of 64 bits */
	movl	%eax, %cr4
	movl	$top_table, %eax
	movl	%eax, %cr3
	jmp	arch_start

	.section .bss.noroot, "aw", @nobits
	.balign	16
	.skip	32768
	.globl	boot_stack_top
boot_stack_top:
