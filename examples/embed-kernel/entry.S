/* SPDX-License-Identifier: MIT */
/*
 * entry.S - from PVH's entry to paging; <arch>/start.S goes on to C
 *
 * In: 32 bits, flat, no paging; %ebx is PVH's start information.  pd[] maps
 * 1 GiB of RAM at its own address; above is the heap's space, by pages[].
 */
	.section .note.pvh, "a", @note
	.long	4, 4, 18, 0x006e6558, start	/* PHYS32_ENTRY of "Xen" */

	.text
	.code32
	.globl	start, pd
start:	movl	$stack_top, %esp
	movl	$0x20, %eax		/* PAE: entries of 64 bits */
	movl	%eax, %cr4
	movl	$top_table, %eax
	movl	%eax, %cr3
	jmp	arch_start

	.section .tables, "a"
	.balign	4096
pd:	.rept	512			/* pages of 2 MiB, writable, present */
	.quad	((. - pd) << 18) + 0x83
	.endr
	.rept	128
	.long	pages + 3 + (. - pd - 4096) * 512, 0
	.endr
