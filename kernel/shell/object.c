// SPDX-License-Identifier: MIT
/*
 * object.c - the shell's commands on one object, and on finalizers
 *
 * Who asks for an address has it on the stack, and a search would find it
 * there: words of this task below the shell's own frame are left out.
 */
#include <kernel/panic.h>
#include <kernel/symbols.h>
#include <kernel/task.h>
#include <kgc/kgc.h>
#include <lib/format.h>
#include <lib/noroot.h>

#include "internal.h"

enum { WORDS = 8, NAME = 96 };

/* What is said of an address that lies in no object. */
static bool is_object(const char *command, uintptr_t p, struct kgc_object *o)
{
	if (kgc_describe((void *)p, o) == 0)
		return true;
	shell_printf("%s: 0x%lx is ", command, (unsigned long)p);
	kgc_explain(p, shell_write, NULL);
	shell_printf("\n");
	return false;
}

/* --- obj --- */

static void show_records(const struct kgc_object *o)
{
	if (o->finalizer)
		shell_printf("  has a finalizer\n");
	if (o->due)
		shell_printf("  its finalizer is due\n");
	if (o->weak)
		shell_printf("  a weak link is cleared when it dies\n");
	if (o->ephemeron)
		shell_printf("  keeps another by an ephemeron\n");
}

static void show_site(const struct kgc_object *o)
{
	char name[NAME];
	unsigned int i;

	if (!o->npc) {
		shell_printf("  where it was allocated was not sampled\n");
		return;
	}
	shell_printf("  allocated by\n");
	for (i = 0; i < o->npc; i++) {
		symbol_format(name, sizeof(name), o->pc[i]);
		shell_printf("    %s\n", name);
	}
}

/* A word, and what it is the address of. */
static void show_word(const uintptr_t *word, size_t offset)
{
	static struct kgc_object o NOROOT;
	char name[NAME];

	shell_printf("  +0x%02zx 0x%0*lx", offset, (int)sizeof(*word) * 2,
		     (unsigned long)*word);
	if (kgc_describe((void *)*word, &o) == 0)
		shell_printf("  object 0x%lx of %zu", (unsigned long)o.base,
			     o.size);
	else if (symbol_name(*word, NULL) &&
		 symbol_format(name, sizeof(name), *word))
		shell_printf("  %s", name);
	shell_printf("\n");
}

static void obj_run(int argc, char **argv)
{
	static struct kgc_object o NOROOT;
	uintptr_t p;
	size_t i;

	if (!shell_address(argv[1], &p) || !is_object("obj", p, &o))
		return;
	shell_printf("object 0x%lx of %zu bytes, %s, ", (unsigned long)o.base,
		     o.size, o.kind);
	if (o.sizeclass)
		shell_printf("class %u of %zu\n", o.sizeclass, o.block);
	else
		shell_printf("%zu pages of its own\n", o.block / 4096);
	if (p != (uintptr_t)o.base)
		shell_printf("  the address is at +0x%lx\n",
			     (unsigned long)(p - (uintptr_t)o.base));
	show_records(&o);
	show_site(&o);
	if (o.flags & KGC_NOGC) /* a stack's first page is not mapped */
		return;
	for (i = 0; i < WORDS && (i + 1) * sizeof(uintptr_t) <= o.size; i++)
		show_word((uintptr_t *)o.base + i, i * sizeof(uintptr_t));
}

/* --- why --- */

static void show_link(const struct kgc_link *link, void *arg)
{
	const uintptr_t word = (uintptr_t)link->word;

	if (link->root)
		shell_printf("  %s", link->root);
	else if (word)
		shell_printf("  +0x%lx",
			     (unsigned long)(word - (uintptr_t)link->holder));
	else
		shell_printf("  by an ephemeron");
	shell_printf(" -> object 0x%lx\n", (unsigned long)link->target);
}

static void why_run(int argc, char **argv)
{
	static struct kgc_object o NOROOT;
	uintptr_t p;
	int n;

	if (!shell_address(argv[1], &p) || !is_object("why", p, &o))
		return;
	n = kgc_why((void *)p, show_link, NULL);
	if (n == 0)
		shell_printf("why: no root reaches it\n");
	else if (n == -KGC_ENOMEM)
		shell_printf("why: no memory for the search\n");
	else if (n < 0)
		shell_printf("why: it has just gone\n");
}

/* --- who --- */

static bool is_our_own(const struct kgc_link *link)
{
	const struct task *task = task_current();
	const uintptr_t word = (uintptr_t)link->word;

	return link->root && word >= task->stack_lo && word < shell_frame();
}

/* The world is stopped: printing waits for nobody. */
static void show_referrer(const struct kgc_link *link, void *arg)
{
	unsigned int *n = arg;

	if (is_our_own(link))
		return;
	++*n;
	if (link->root)
		shell_printf("  %s\n", link->root);
	else
		shell_printf("  object 0x%lx, +0x%lx\n",
			     (unsigned long)link->holder,
			     (unsigned long)((uintptr_t)link->word -
					     (uintptr_t)link->holder));
}

static void who_run(int argc, char **argv)
{
	static struct kgc_object o NOROOT;
	unsigned int n = 0;
	uintptr_t p;

	if (!shell_address(argv[1], &p) || !is_object("who", p, &o))
		return;
	kgc_referrers((void *)p, show_referrer, &n);
	shell_printf("%u word%s refer%s to object 0x%lx\n", n,
		     n == 1 ? "" : "s", n == 1 ? "s" : "",
		     (unsigned long)o.base);
}

/* --- finalizers --- */

static void show_finalizer(void *p, const struct kgc_finalizer *f, bool due,
			   void *arg)
{
	char name[NAME];

	symbol_format(name, sizeof(name), (uintptr_t)f->fn);
	shell_printf("  object 0x%lx  %s(%p)%s\n", (unsigned long)p, name,
		     f->arg, due ? "  due" : "");
}

static void finalizers_run(int argc, char **argv)
{
	const size_t n = kgc_finalizers(show_finalizer, NULL);

	shell_printf("%zu finalizer%s\n", n, n == 1 ? "" : "s");
}

static const struct shell_command commands[] = {
	{ .name = "obj",
	  .args = "ADDRESS",
	  .help = "the object there: size, kind, site, first words",
	  .run = obj_run,
	  .least = 1,
	  .most = 1 },
	{ .name = "why",
	  .args = "ADDRESS",
	  .help = "a path from a root to it",
	  .run = why_run,
	  .least = 1,
	  .most = 1 },
	{ .name = "who",
	  .args = "ADDRESS",
	  .help = "every word that refers to it",
	  .run = who_run,
	  .least = 1,
	  .most = 1 },
	{ .name = "finalizers",
	  .args = "",
	  .help = "what has one, and whether it is due",
	  .run = finalizers_run },
};
const struct shell_group shell_object_group = SHELL_GROUP("Objects", commands);
