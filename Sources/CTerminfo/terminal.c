#include "cterminfo.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

bool ct_window_size(int descriptor, int *rows, int *columns) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return false;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return true;
}

static volatile sig_atomic_t watch_descriptor[65];
static volatile sig_atomic_t watch_byte[65];

static void watch_handler(int signal) {
  int saved = errno;
  unsigned char byte = (unsigned char)watch_byte[signal];
  if (watch_descriptor[signal] > 0) {
    ssize_t written = write(watch_descriptor[signal] - 1, &byte, 1);
    (void)written;
  }
  errno = saved;
}

void ct_watch_signal(int signal, int descriptor, unsigned char byte) {
  if (signal < 1 || signal > 64) return;
  watch_byte[signal] = byte;
  watch_descriptor[signal] = descriptor + 1;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = descriptor < 0 ? SIG_DFL : watch_handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, NULL);
}

static volatile sig_atomic_t guard_descriptor = -1;
static struct termios guard_mode;
static pid_t guard_process;
static char guard_texts[2][64];
static volatile sig_atomic_t guard_lengths[2];
static volatile sig_atomic_t guard_text_descriptors[2];

void ct_guard_begin(int descriptor) {
  if (guard_descriptor >= 0 || tcgetattr(descriptor, &guard_mode) != 0) return;
  guard_process = getpid();
  guard_descriptor = descriptor;
  atexit(ct_guard_restore);
}

void ct_guard_text(int slot, int descriptor, const char *text) {
  if (slot < 0 || slot > 1) return;
  guard_lengths[slot] = 0;
  if (text == NULL) return;
  size_t length = strlen(text);
  if (length >= sizeof guard_texts[slot]) return;
  memcpy(guard_texts[slot], text, length);
  guard_text_descriptors[slot] = descriptor;
  guard_lengths[slot] = (sig_atomic_t)length;
}

void ct_guard_restore(void) {
  for (int slot = 0; slot < 2; slot++) {
    if (guard_lengths[slot] == 0) continue;
    ssize_t written = write(guard_text_descriptors[slot], guard_texts[slot], (size_t)guard_lengths[slot]);
    (void)written;
    guard_lengths[slot] = 0;
  }
  // A child that was forked off must not touch its parent's terminal; nor one that is in the background.
  if (guard_descriptor < 0 || getpid() != guard_process || tcgetpgrp(guard_descriptor) != getpgrp()) return;
  tcsetattr(guard_descriptor, TCSANOW, &guard_mode);
}
