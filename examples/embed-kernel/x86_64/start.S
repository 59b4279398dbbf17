/* SPDX-License-Identifier: MIT */
/* start.S - to long mode, and to C */
	.code32
	.globl	arch_start, top_table
arch_start:
	movl	$0xc0000080, %ecx	/* EFER */
	movl	$0x100, %eax		/* long mode */
	xorl	%edx, %edx
	wrmsr
	movl	$0x80000001, %eax
	movl	%eax, %cr0
	lgdt	gdtr
	ljmp	$8, $1f
	.code64
1:	movl	%ebx, %edi
	call	kernel_main

	.section .tables, "a"
	.balign	4096
top_table:
	.quad	1f + 3
	.balign	4096
1:	.quad	pd + 3, pd + 0x1003
gdt:	.quad	0, 0x00af9b000000ffff
gdtr:	.short	15
	.long	gdt
