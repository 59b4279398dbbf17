// SPDX-License-Identifier: MIT
/* list.c - a list that stays, so that a shell has something to look at */
#include <stdio.h>
#include <stdlib.h>

struct node {
	struct node *next;
	int number;
};
struct node *list_head;

int main(int argc, char **argv)
{
	struct node *n;
	int i;

	for (i = 0; i < 5; i++) {
		n = malloc(sizeof(*n));
		n->next = list_head;
		n->number = i;
		list_head = n;
		printf("node %d at %p\n", i, (void *)n);
	}
	for (i = 0; i < argc; i++)
		printf("argv[%d] = <%s>\n", i, argv[i]);
	return argc;
}
