// SPDX-License-Identifier: MIT
/*
 * line.c - edit a line, as a person types it
 *
 * Keys change the text; then, when all bytes at hand are taken, the terminal is
 * made to show it.  What it shows is known, so only what differs is sent: a
 * letter at the end is echoed as that letter.  A line longer than the terminal
 * is wide is seen through a window, which moves by half of its width when the
 * cursor leaves it.  Nothing is asked of the terminal but backspace, return,
 * bell and three sequences of ECMA-48.
 *
 * An escape sequence may come in pieces: how far it got is kept from byte to
 * byte.  One that means nothing here is taken whole, and does nothing.
 *
 * Bad at: letters beyond ASCII, which are not taken; terminals narrower than 80
 * columns.
 *
 * Locking: the caller's.
 */
#include <kernel/line.h>

#include <lib/mem.h>

#include "internal.h"

#define CTRL(c) ((c)&31)

enum { BELL = 7, ESCAPE = 27, DELETE = 127 };

static void echo(const struct line *l, const char *s, size_t n)
{
	if (!l->plain && n)
		l->echo(s, n);
}

void line_echo(const struct line *l, const char *s)
{
	echo(l, s, text_length(s));
}

void line_bell(const struct line *l)
{
	echo(l, "\a", 1);
}

/* --- what the terminal shows --- */

/* Columns for text: the last one stays free, where some terminals wrap. */
static size_t width(const struct line *l)
{
	return LINE_COLUMNS - 1 - text_length(l->prompt);
}

void line_show_prompt(struct line *l)
{
	l->nshown = l->column = 0;
	line_echo(l, l->prompt);
}

static void move_to(struct line *l, size_t column)
{
	while (l->column > column) {
		echo(l, "\b", 1);
		l->column--;
	}
	echo(l, l->shown + l->column, column - l->column);
	l->column = column;
}

/* Keep the cursor in the window. */
static void scroll(struct line *l)
{
	const size_t w = width(l);

	if ((l->at > l->first || !l->first) && l->at <= l->first + w)
		return;
	l->first = l->at > w / 2 ? l->at - w / 2 : 0;
}

static void refresh(struct line *l)
{
	size_t n, same = 0;

	scroll(l);
	n = l->n - l->first;
	if (n > width(l))
		n = width(l);
	while (same < n && same < l->nshown &&
	       l->shown[same] == l->text[l->first + same])
		same++;
	if (same < n || same < l->nshown) {
		move_to(l, same);
		memcpy(l->shown + same, l->text + l->first + same, n - same);
		move_to(l, n);
		if (n < l->nshown)
			line_echo(l, "\033[K");
		l->nshown = n;
	}
	move_to(l, l->at - l->first);
}

/* --- the text --- */

void line_insert(struct line *l, const char *s, size_t n)
{
	const size_t room = LINE_MAX - 1 - l->n;

	if (n > room) {
		if (!l->lost)
			line_bell(l);
		l->lost += n - room;
		n = room;
	}
	memmove(l->text + l->at + n, l->text + l->at, l->n - l->at);
	memcpy(l->text + l->at, s, n);
	l->n += n;
	l->at += n;
}

/* Take [@lo, @hi) out of the text; the cursor is at one of them. */
static void cut(struct line *l, size_t lo, size_t hi)
{
	memmove(l->text + lo, l->text + hi, l->n - hi);
	l->n -= hi - lo;
	l->at = lo;
	if (!l->n)
		l->lost = 0;
}

void line_set(struct line *l, const char *s)
{
	l->n = text_length(s);
	l->at = l->n;
	l->lost = 0;
	memcpy(l->text, s, l->n);
}

static size_t word_before(const struct line *l)
{
	size_t at = l->at;

	while (at && l->text[at - 1] == ' ')
		at--;
	while (at && l->text[at - 1] != ' ')
		at--;
	return at;
}

static size_t word_behind(const struct line *l)
{
	size_t at = l->at;

	while (at < l->n && l->text[at] == ' ')
		at++;
	while (at < l->n && l->text[at] != ' ')
		at++;
	return at;
}

/* --- keys --- */

static void go(struct line *l, size_t at)
{
	l->at = at;
}

static void go_left(struct line *l)
{
	if (l->at)
		l->at--;
}

static void go_right(struct line *l)
{
	if (l->at < l->n)
		l->at++;
}

static void delete_here(struct line *l)
{
	if (l->at < l->n)
		cut(l, l->at, l->at + 1);
}

/* The last byte of a sequence; @number is 1 if there was none. */
static void sequence_key(struct line *l, char c, unsigned int number)
{
	switch (c) {
	case 'A':
		history_go(l, l->back + 1);
		break;
	case 'B':
		history_forward(l);
		break;
	case 'C':
		go_right(l);
		break;
	case 'D':
		go_left(l);
		break;
	case 'H':
		go(l, 0);
		break;
	case 'F':
		go(l, l->n);
		break;
	case '~':
		if (number == 1 || number == 7)
			go(l, 0);
		else if (number == 4 || number == 8)
			go(l, l->n);
		else if (number == 3)
			delete_here(l);
	}
}

static void escape_key(struct line *l, char c)
{
	l->key = c == '[' || c == 'O' ? KEY_SEQUENCE : KEY_PLAIN;
	l->number = 0;
	l->numbered = false;
	if (c == 'b')
		go(l, word_before(l));
	else if (c == 'f')
		go(l, word_behind(l));
	else if (c == ESCAPE)
		l->key = KEY_ESCAPE;
}

/* Digits and separators, then one byte from '@' on. */
static void sequence_byte(struct line *l, char c)
{
	if (c >= '0' && c <= '9') {
		if (!l->numbered && l->number < 1000)
			l->number = l->number * 10 + (unsigned int)(c - '0');
	} else if (c >= ' ' && c < '@') {
		l->numbered = true;
	} else {
		l->key = c == ESCAPE ? KEY_ESCAPE : KEY_PLAIN;
		if (c >= '@')
			sequence_key(l, c, l->number ? l->number : 1);
	}
}

static enum line_event end_line(struct line *l)
{
	const bool too_long = l->lost;

	go(l, l->n);
	refresh(l);
	line_echo(l, "\n");
	if (too_long)
		l->n = 0;
	l->text[l->n] = '\0';
	if (!l->plain)
		history_add(l);
	return too_long ? LINE_LONG : LINE_DONE;
}

static enum line_event break_line(struct line *l)
{
	go(l, l->n);
	refresh(l);
	line_echo(l, "^C\n");
	l->n = 0;
	l->text[0] = '\0';
	return LINE_BREAK;
}

static void clear_screen(struct line *l)
{
	line_echo(l, "\033[H\033[2J");
	line_show_prompt(l);
}

/* Keys that move or delete. */
static void edit_key(struct line *l, char c)
{
	switch (c) {
	case CTRL('A'):
		go(l, 0);
		break;
	case CTRL('B'):
		go_left(l);
		break;
	case CTRL('E'):
		go(l, l->n);
		break;
	case CTRL('F'):
		go_right(l);
		break;
	case CTRL('H'):
	case DELETE:
		if (l->at)
			cut(l, l->at - 1, l->at);
		break;
	case CTRL('K'):
		cut(l, l->at, l->n);
		break;
	case CTRL('U'):
		cut(l, 0, l->at);
		break;
	case CTRL('W'):
		cut(l, word_before(l), l->at);
		break;
	default:
		line_bell(l);
	}
}

/* A byte that is no part of an escape sequence. */
static enum line_event key(struct line *l, char c)
{
	switch (c) {
	case '\r':
	case '\n':
		return end_line(l);
	case CTRL('C'):
		return break_line(l);
	case CTRL('D'):
		if (!l->n)
			return LINE_END;
		delete_here(l);
		break;
	case CTRL('L'):
		clear_screen(l);
		break;
	case CTRL('N'):
		history_forward(l);
		break;
	case CTRL('P'):
		history_go(l, l->back + 1);
		break;
	case '\t':
		line_complete(l);
		break;
	case ESCAPE:
		l->key = KEY_ESCAPE;
		break;
	default:
		if (c >= ' ' && c < DELETE)
			line_insert(l, &c, 1);
		else
			edit_key(l, c);
	}
	return LINE_MORE;
}

static enum line_event terminal_byte(struct line *l, char c)
{
	if (l->key == KEY_ESCAPE)
		escape_key(l, c);
	else if (l->key == KEY_SEQUENCE)
		sequence_byte(l, c);
	else
		return key(l, c);
	return LINE_MORE;
}

/* No terminal: a line is what stands before its end. */
static enum line_event plain_byte(struct line *l, char c)
{
	if (c == '\n')
		return end_line(l);
	if (c == '\t')
		c = ' ';
	if (c >= ' ' && c < DELETE)
		line_insert(l, &c, 1);
	return LINE_MORE;
}

void line_begin(struct line *l)
{
	l->n = l->at = l->first = l->lost = 0;
	l->key = KEY_PLAIN;
	l->back = 0;
	line_show_prompt(l);
}

size_t line_feed(struct line *l, const char *s, size_t n,
		 enum line_event *event)
{
	size_t taken = 0;

	*event = LINE_MORE;
	while (taken < n && *event == LINE_MORE) {
		const char c = s[taken++];

		*event = l->plain ? plain_byte(l, c) : terminal_byte(l, c);
	}
	if (*event == LINE_MORE)
		refresh(l);
	return taken;
}
