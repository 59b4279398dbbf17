/* SPDX-License-Identifier: MIT */
/*
 * entry.S - exceptions and interrupts on i386
 *
 * Each vector's stub pushes an error code where the processor did not, then
 * its number; the rest of struct frame follows, on the interrupted stack: the
 * i386 ABI has no red zone.  A double fault goes through a task gate instead
 * (desc.c).
 */
	.text

	.macro	stub vector
	.balign	16
1:
	.if	!(\vector == 8 || (\vector >= 10 && \vector <= 14) || \
		  \vector == 17 || \vector == 21 || \vector == 29 || \
		  \vector == 30)
	pushl	$0
	.endif
	pushl	$\vector
	.if	\vector < 32
	jmp	exception
	.else
	jmp	interrupt
	.endif
	.section .rodata
	.long	1b
	.text
	.endm

	.section .rodata
	.balign	8
	.globl	trap_stubs
trap_stubs:
	.text

	.altmacro
	.set	vector, 0
	.rept	256
	stub	%vector
	.set	vector, vector + 1
	.endr
	.noaltmacro

exception:
	pusha
	cld
	movl	%esp, %eax
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%eax
	call	trap_exception
	ud2

/*
 * Stack for trap_irq():	struct frame
 *				interrupted eip, ebp: for backtraces  <- ebp
 *				argument, on 16 bytes
 */
interrupt:
	pusha
	cld
	movl	%esp, %eax
	pushl	40(%eax)
	pushl	%ebp
	movl	%esp, %ebp
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%eax
	call	trap_irq
	leal	8(%ebp), %esp
	popa
	addl	$8, %esp
	iret

	.section .note.GNU-stack, "", @progbits
