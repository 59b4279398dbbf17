/* SPDX-License-Identifier: MIT */
/*
 * kernel/channel.h - the second channel: records for whoever runs the machine
 *
 * A record is a line "<kind> <length>", a newline, and exactly <length> bytes.
 * Long data comes as several records of its kind, in order; records of other
 * kinds may stand between them.  The last record is the line "exit <status>",
 * behind which comes nothing: its number is a status and no length.
 *
 *	err	what the kernel prints and a program writes to descriptor 2,
 *		with log=channel
 *	ready	the program may read its input
 *	trace, perfetto, profile, dump
 *		what the run leaves, as leave= says
 *	exit	how it ended; none: the machine did not get that far
 */
#ifndef KERNEL_CHANNEL_H
#define KERNEL_CHANNEL_H

#include <stddef.h>

/*
 * Write @n bytes as records of @kind, a word of up to 16 letters.  Any context
 * may call.
 */
void channel_write(const char *kind, const void *data, size_t n);
/* Write the last record. */
void channel_write_exit(int status);

#endif /* KERNEL_CHANNEL_H */
