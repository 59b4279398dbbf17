/* SPDX-License-Identifier: MIT */
/* dlfcn.h - no library is loaded at run time: each call says so */
#ifndef HEADERS_DLFCN_H
#define HEADERS_DLFCN_H

#ifdef __cplusplus
extern "C" {
#endif

#define RTLD_LAZY    0x001
#define RTLD_NOW     0x002
#define RTLD_NOLOAD  0x004
#define RTLD_LOCAL   0
#define RTLD_GLOBAL  0x100
#define RTLD_DEFAULT ((void *)0)
#define RTLD_NEXT    ((void *)-1)

void *dlopen(const char *name, int mode);
void *dlsym(void *__restrict library, const char *__restrict name);
int dlclose(void *library);
char *dlerror(void);

#ifdef __cplusplus
}
#endif

#endif /* HEADERS_DLFCN_H */
