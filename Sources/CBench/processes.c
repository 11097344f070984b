#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cbench.h"

static int64_t nanoseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t cbench_thread_time(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

void cbench_die_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

static int64_t microseconds(struct timeval time) { return (int64_t)time.tv_sec * 1000000 + time.tv_usec; }

int cbench_run(const char *path, char *const arguments[], struct cbench_usage *usage) {
  int64_t start = nanoseconds(CLOCK_MONOTONIC);
  volatile int failure = 0;
  pid_t pid = vfork();
  if (pid < 0) return -errno;
  if (pid == 0) {
    cbench_die_with_parent();
    execv(path, arguments);
    failure = errno;
    _exit(127);
  }
  struct rusage resources;
  int status;
  pid_t ended;
  do ended = wait4(pid, &status, 0, &resources);
  while (ended < 0 && errno == EINTR);
  if (ended < 0) return -errno;
  if (failure) return -failure;
  usage->status = status;
  usage->wall = nanoseconds(CLOCK_MONOTONIC) - start;
  usage->user = microseconds(resources.ru_utime);
  usage->system = microseconds(resources.ru_stime);
  usage->peak_kib = resources.ru_maxrss;
  usage->switches = resources.ru_nvcsw + resources.ru_nivcsw;
  return 0;
}
