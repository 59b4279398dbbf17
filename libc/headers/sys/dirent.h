/* SPDX-License-Identifier: MIT */
/* sys/dirent.h - another name of dirent.h */
#include <dirent.h>
