// SPDX-License-Identifier: MIT
/* names.c - functions that are called as the kernel's and the library's are */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *malloc(size_t size);

static _Alignas(16) char memory[1 << 20];
static size_t used;
static int mallocs, end_called;

void *malloc(size_t size)
{
	void *p = memory + used;

	used += (size + 31) & ~(size_t)15;
	mallocs++;
	return used <= sizeof(memory) ? p : NULL;
}

void free(void *p)
{
}

void *realloc(void *p, size_t size)
{
	void *q = malloc(size);

	return p && q ? memcpy(q, p, size) : q;
}

void *calloc(size_t n, size_t size)
{
	return malloc(n * size);
}

int panic(int n);
int printk(int n);
int task_create(int n);
int mutex_lock(int n);
int run(int n);
int span_free(int n);
int text_equal(int n);
void end(void);

int panic(int n)
{
	return n + 1;
}

int printk(int n)
{
	return panic(n) + 1;
}

int task_create(int n)
{
	return printk(n) + 1;
}

int mutex_lock(int n)
{
	return task_create(n) + 1;
}

int run(int n)
{
	return mutex_lock(n) + 1;
}

int span_free(int n)
{
	return run(n) + 1;
}

int text_equal(int n)
{
	return span_free(n) + 1;
}

void end(void)
{
	end_called++;
}

int main(void)
{
	char *p = malloc(100), *q = strdup("copied");

	end();
	free(p);
	printf("%d %s %d %d\n", text_equal(0), q, end_called,
	       p >= memory && p < memory + sizeof(memory) && q >= memory &&
		       q < memory + sizeof(memory));
	return mallocs < 2;
}
