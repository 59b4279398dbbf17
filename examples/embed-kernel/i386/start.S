/* SPDX-License-Identifier: MIT */
/* start.S - to C; the registers that the collector has to see */
	.globl	arch_start
arch_start:
	movl	$0x80000001, %eax
	movl	%eax, %cr0
	subl	$12, %esp
	pushl	%ebx
	call	kernel_main

	/* fn(arg); fn may change `running`: that is a switch. */
	.globl	kgc_host_call_saved
kgc_host_call_saved:
	movl	4(%esp), %eax
	movl	8(%esp), %edx
	pushl %ebp; pushl %ebx; pushl %esi; pushl %edi; pushl $0; pushl $0
	movl	running, %ecx
	movl	%esp, (%ecx)
	pushl	%edx			/* calls are made on 16 bytes */
	call	*%eax
	movl	running, %ecx
	movl	(%ecx), %esp
	popl %eax; popl %eax; popl %edi; popl %esi; popl %ebx; popl %ebp
	ret

	.data
	.balign	32
	.globl	top_table
top_table:
	.long	pd + 1, 0, pd + 0x1001, 0, pd + 0x2001, 0, pd + 0x3001, 0
