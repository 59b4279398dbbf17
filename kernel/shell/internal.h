/* SPDX-License-Identifier: MIT */
/* internal.h - what the files of the shell share */
#ifndef SHELL_INTERNAL_H
#define SHELL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kernel/line.h>
#include <kernel/shell.h>

/* line.c: put text in at the cursor, replace it, ring the bell. */
void line_insert(struct line *l, const char *s, size_t n);
void line_set(struct line *l, const char *s);
void line_bell(const struct line *l);
void line_echo(const struct line *l, const char *s);
void line_show_prompt(struct line *l);

/* history.c */
void history_add(struct line *l);
void history_go(struct line *l, unsigned int back);
void history_forward(struct line *l);

/* complete.c */
void line_complete(struct line *l);

/* words.c: what may stand behind @n bytes of text, and what was meant. */
const char *words_behind(const char *text, size_t n, unsigned int i);
const char *words_nearest(const char *name);

/* shell.c */
extern const struct shell_group *const shell_groups[];
extern const unsigned int shell_ngroups;
const struct shell_command *shell_find(const char *name, size_t n);
/* The lowest address of the stack that is not the shell's own doing. */
uintptr_t shell_frame(void);
/* Call with each piece of text: a kgc_write_fn. */
void shell_write(void *arg, const char *s, size_t n);
/* A hexadecimal address, "0x" or not; false, with a line. */
bool shell_address(const char *s, uintptr_t *address);
/* A decimal number up to @most; false, with a line. */
bool shell_number(const char *s, unsigned int most, unsigned int *number);

/* parameter.c: set one that may change; false: it is none, or cannot be that.
 */
bool shell_param_set(const char *name, const char *value);

extern const struct shell_group shell_memory_group, shell_collector_group,
	shell_object_group, shell_profile_group, shell_parameter_group,
	shell_machine_group;

#endif /* SHELL_INTERNAL_H */
