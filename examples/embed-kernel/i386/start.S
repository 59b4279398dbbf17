/* SPDX-License-Identifier: MIT */
/* start.S - to C */
	.globl	arch_start, top_table
arch_start:
	movl	$0x80000001, %eax
	movl	%eax, %cr0
	subl	$12, %esp
	pushl	%ebx
	call	kernel_main

	.section .tables, "a"
	.balign	32
top_table:
	.long	pd + 1, 0, pd + 0x1001, 0, 0, 0, 0, 0
