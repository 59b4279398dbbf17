/* SPDX-License-Identifier: MIT */
/* io.h - port access */
#ifndef X86_IO_H
#define X86_IO_H

#include <stddef.h>
#include <stdint.h>

static inline void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void out8_many(uint16_t port, const void *data, size_t n)
{
	__asm__ volatile("rep outsb"
			 : "+S"(data), "+c"(n)
			 : "d"(port)
			 : "memory");
}

static inline uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

#endif /* X86_IO_H */
