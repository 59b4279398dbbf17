/* SPDX-License-Identifier: MIT */
/*
 * start.S - from the loader's 32-bit state to C
 *
 * In, at arch_start: %eax magic, %ebx loader's structure, %esp boot stack.
 * Out, at boot_main: the two as arguments; paging is still off.  The loader's
 * descriptor table may lie anywhere, so ours is loaded at once.
 */
	.section .text.boot, "ax"

	.globl	arch_start
arch_start:
	lgdt	boot_gdtr
	ljmp	$0x08, $1f
1:	movl	$0x10, %ecx
	movl	%ecx, %ds
	movl	%ecx, %es
	movl	%ecx, %fs
	movl	%ecx, %gs
	movl	%ecx, %ss
	xorl	%ebp, %ebp
	subl	$8, %esp		/* arguments begin on 16 bytes */
	pushl	%ebx
	pushl	%eax
	call	boot_main
	ud2

	.section .rodata.boot, "a"
	.balign	8
boot_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
boot_gdtr:
	.short	. - boot_gdt - 1
	.long	boot_gdt

	.section .note.GNU-stack, "", @progbits
