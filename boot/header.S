/* SPDX-License-Identifier: MIT */
/*
 * header.S - what the two loaders look for in the file
 *
 * QEMU's -kernel finds the PVH note, whose value is the physical address to
 * enter at; GRUB finds the Multiboot2 header and enters at the ELF entry.
 * There is no Multiboot1 header: QEMU refuses a 64-bit image that has one.
 */
	.section .note.pvh, "a", @note
	.balign	4
	.long	4, 4, 18	/* sizes of name and value; PHYS32_ENTRY */
	.asciz	"Xen"
	.long	pvh_entry

	.section .multiboot2, "a"
	.balign	8
1:	.long	0xe85250d6		/* magic */
	.long	0			/* protected mode of i386 */
	.long	2f - 1b
	.long	-(0xe85250d6 + (2f - 1b))
	.balign	8
	.short	6, 0			/* modules on page boundaries */
	.long	8
	.balign	8
	.short	0, 0			/* end of the tags */
	.long	8
2:

	.section .note.GNU-stack, "", @progbits
