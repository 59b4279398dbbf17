// SPDX-License-Identifier: MIT
/*
 * serial.c - the first 16550 as the console; port 0xe9 as a second channel
 *
 * Polled both ways.  QEMU's 16550 never loses a byte, a real one does unless
 * the transmitter is asked before each; that costs nothing measurable in QEMU
 * (1.2 against 1.1 us a byte).  Where there is no 16550 the ports read 0xff,
 * which says "room", and the bytes go nowhere.  One that has no room for half
 * a minute is given up: its bytes are dropped until it has room again.
 *
 * The FIFO is said to be due at 14 bytes.  That interrupt is off, but QEMU
 * hands over as many bytes at a time as are missing to it.
 */
#include <arch/console.h>

#include <stdint.h>

#include "io.h"

enum {
	COM1 = 0x3f8,
	DATA = COM1,
	DIVISOR_LO = COM1,
	DIVISOR_HI = COM1 + 1,
	IRQ_ENABLE = COM1 + 1,
	FIFO_CONTROL = COM1 + 2,
	LINE_CONTROL = COM1 + 3,
	MODEM_CONTROL = COM1 + 4,
	LINE_STATUS = COM1 + 5,

	LINE_8N1 = 0x03,
	LINE_DIVISOR = 0x80,
	MODEM_READY = 0x03,
	MODEM_LOOP = 0x10,
	STATUS_INPUT = 0x01,
	STATUS_ROOM = 0x20,

	DEBUGCON = 0xe9,
};

/* Looks at a line without room: 30 s in QEMU at 110 ns each. */
#define LOOKS_MAX (1u << 28)

static bool stuck;
/* A byte that came before the FIFO was switched on, which drops it; or -1. */
static int early = -1;

/* In loop mode QEMU does not send the next byte as soon as this one is read. */
static void take_early_byte(void)
{
	uint8_t status;

	out8(MODEM_CONTROL, MODEM_LOOP);
	status = in8(LINE_STATUS);
	if (status != 0xff && (status & STATUS_INPUT))
		early = in8(DATA);
}

void arch_console_init(void)
{
	out8(IRQ_ENABLE, 0);
	take_early_byte();
	out8(LINE_CONTROL, LINE_DIVISOR);
	out8(DIVISOR_LO, 1); /* 115,200 baud */
	out8(DIVISOR_HI, 0);
	out8(LINE_CONTROL, LINE_8N1);
	out8(FIFO_CONTROL, 0xc1);
	out8(MODEM_CONTROL, MODEM_READY);
}

static bool wait_for_room(void)
{
	uint32_t looks = stuck ? LOOKS_MAX : 0;

	while (!(in8(LINE_STATUS) & STATUS_ROOM))
		if (looks++ >= LOOKS_MAX) {
			stuck = true;
			return false;
		}
	stuck = false;
	return true;
}

void arch_console_write(const char *s, size_t n)
{
	for (; n; n--, s++)
		if (wait_for_room())
			out8(DATA, (uint8_t)*s);
}

int arch_console_read(void)
{
	const uint8_t status = in8(LINE_STATUS);
	const int first = early;

	early = -1;
	if (first >= 0)
		return first;
	/* 0xff is no status of a 16550: there is none. */
	if (status == 0xff || !(status & STATUS_INPUT))
		return -1;
	return in8(DATA);
}

void arch_channel_write(const char *s, size_t n)
{
	out8_many(DEBUGCON, s, n);
}
