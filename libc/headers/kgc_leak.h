/* SPDX-License-Identifier: MIT */
/* kgc_leak.h - ask for the report of malloc=leak before the program ends */
#ifndef KGC_LEAK_H
#define KGC_LEAK_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Write a line for each block of malloc that nothing refers to and nobody
 * freed, and one with their number, which is returned.  0 in other modes.
 */
size_t kgc_leak_report(void);

#ifdef __cplusplus
}
#endif

#endif /* KGC_LEAK_H */
