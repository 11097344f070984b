#pragma once
#include <stdint.h>

/* What only C can do for the benchmark: it counts allocations, and starts programs from a process that is small. */

/* Calls of malloc, calloc, realloc and their aligned kin made by the calling thread so far; C++'s new included. */
uint64_t cbench_allocations(void);

/* Nanoseconds of processor time of the calling thread. */
int64_t cbench_thread_time(void);

/* Makes the calling process die when its parent does. */
void cbench_die_with_parent(void);

struct cbench_usage {
  int status;        /* as of wait(2) */
  int64_t wall;      /* nanoseconds from start to end */
  int64_t user;      /* microseconds */
  int64_t system;    /* microseconds */
  int64_t peak_kib;  /* largest resident set */
  int64_t switches;  /* context switches, both kinds */
};

/* Runs a program to its end; it inherits everything and dies with the caller. 0, or the negated errno. */
int cbench_run(const char *path, char *const arguments[], struct cbench_usage *usage);
