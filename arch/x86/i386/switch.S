/* SPDX-License-Identifier: MIT */
/*
 * switch.S - go on with another task; call with all registers in memory
 *
 * A task that does not run has on its stack, from its saved stack pointer up:
 *
 *	edi esi ebx ebp   return address
 *
 * and its FP state in its area.  Interrupts are off throughout.
 *
 * The .cfi lines tell a debugger where the caller's registers are.
 */
	.text
	.cfi_sections .debug_frame

	.macro	save reg
	pushl	%\reg
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset \reg, 0
	.endm

	.macro	restore reg
	popl	%\reg
	.cfi_adjust_cfa_offset -4
	.cfi_restore \reg
	.endm

/* arch_switch(&from_sp, from_fp, to_sp, to_fp) */
	.globl	arch_switch
arch_switch:
	.cfi_startproc
	save	ebp
	save	ebx
	save	esi
	save	edi
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
	.globl	arch_switched	/* where each task that does not run is */
arch_switched:
2:	restore	edi
	restore	esi
	restore	ebx
	restore	ebp
	ret
	.cfi_endproc

/*
 * A task begins here, by arch_switch()'s ret: ebx is the argument, esi the
 * function, the stack a multiple of 16.  Debuggers take the byte before a
 * return address for the call.
 */
	.cfi_startproc
	.cfi_undefined eip
task_unstarted:
	nop
	.globl	task_begin
task_begin:
	subl	$12, %esp
	pushl	%ebx
	xorl	%ebp, %ebp
	call	*%esi
	ud2
	.cfi_endproc

/* arch_call_saved(fn, arg, &sp, stack_top or 0) */
	.globl	arch_call_saved
arch_call_saved:
	.cfi_startproc
	.cfi_signal_frame	/* callers may lie lower than callees */
	save	ebp
	movl	%esp, %ebp
	.cfi_def_cfa_register ebp
	pushl	%ebx
	.cfi_offset ebx, -12
	pushl	%esi
	.cfi_offset esi, -16
	pushl	%edi
	.cfi_offset edi, -20
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
	.cfi_def_cfa esp, 4
	ret
	.cfi_endproc

	.section .note.GNU-stack, "", @progbits
