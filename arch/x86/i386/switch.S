/* SPDX-License-Identifier: MIT */
/*
 * switch.S - go on with another task; call with all registers in memory
 *
 * A task that does not run has on its stack, from its saved stack pointer up:
 *
 *	edi esi ebx ebp   return address
 *
 * and its FP state in its area.  Interrupts are off throughout.
 */
	.text

/* arch_switch(&from_sp, from_fp, to_sp, to_fp) */
	.globl	arch_switch
arch_switch:
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	movl	20(%esp), %eax
	movl	24(%esp), %esi
	movl	28(%esp), %edx
	movl	32(%esp), %edi
	movl	%esp, (%eax)
	movl	%edx, %esp
	cmpb	$0, fpu_xsave
	je	1f
	movl	$-1, %eax
	movl	$-1, %edx
	xsave	(%esi)
	xrstor	(%edi)
	jmp	2f
1:	fxsave	(%esi)
	fxrstor	(%edi)
2:	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret

/*
 * A task begins here, by arch_switch()'s ret: ebx is the argument, esi the
 * function, the stack a multiple of 16.
 */
	.globl	task_begin
task_begin:
	subl	$12, %esp
	pushl	%ebx
	xorl	%ebp, %ebp
	call	*%esi
	ud2

/* arch_call_saved(fn, arg, &sp, stack_top or 0) */
	.globl	arch_call_saved
arch_call_saved:
	pushl	%ebp
	movl	%esp, %ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	movl	16(%ebp), %eax
	movl	%esp, (%eax)
	movl	20(%ebp), %eax
	testl	%eax, %eax
	jz	1f
	movl	%eax, %esp
1:	andl	$-16, %esp
	subl	$12, %esp
	pushl	12(%ebp)
	call	*8(%ebp)
	leal	-12(%ebp), %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret

	.section .note.GNU-stack, "", @progbits
