/* SPDX-License-Identifier: MIT */
/* error.h - messages with an error number, as GNU has them */
#ifndef HEADERS_ERROR_H
#define HEADERS_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

extern unsigned int error_message_count;
extern int error_one_per_line;
extern void (*error_print_progname)(void);

void error(int status, int number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void error_at_line(int status, int number, const char *file, unsigned int line,
		   const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_ERROR_H */
