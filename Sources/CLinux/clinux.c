#define _GNU_SOURCE 1
#include "clinux.h"

#include <stdlib.h>
#include <string.h>

int clinux_epoll_create(void) {
  int fd = epoll_create1(EPOLL_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

int clinux_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t id) {
  struct epoll_event event = {.events = events, .data.u64 = id};
  return epoll_ctl(epoll, operation, fd, &event) < 0 ? -errno : 0;
}

int clinux_epoll_wait(int epoll, struct clinux_event *events, int capacity, int timeout) {
  struct epoll_event ready[512];
  int count = epoll_wait(epoll, ready, capacity < 512 ? capacity : 512, timeout);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  for (int i = 0; i < count; i++) {
    events[i].id = ready[i].data.u64;
    events[i].events = ready[i].events;
  }
  return count;
}

int clinux_eventfd(void) {
  int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

void clinux_eventfd_signal(int fd) {
  uint64_t one = 1;
  ssize_t written;
  do written = write(fd, &one, sizeof one);
  while (written < 0 && errno == EINTR);
}

ssize_t clinux_recv(int fd, void *buffer, size_t count) {
  ssize_t result;
  do result = recv(fd, buffer, count, MSG_DONTWAIT);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : result;
}

ssize_t clinux_send(int fd, const void *buffer, size_t count) {
  ssize_t result;
  do result = send(fd, buffer, count, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : result;
}

ssize_t clinux_read(int fd, void *buffer, size_t count) {
  ssize_t result;
  do result = read(fd, buffer, count);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : result;
}

int clinux_accept(int fd, struct sockaddr_storage *peer, socklen_t *length) {
  *length = sizeof *peer;
  int accepted;
  do accepted = accept4(fd, (struct sockaddr *)peer, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  while (accepted < 0 && (errno == EINTR || errno == ECONNABORTED));
  return accepted < 0 ? -errno : accepted;
}

int clinux_connect(int fd, const struct sockaddr *address, socklen_t length) {
  /* An interrupted connect goes on by itself, like one that would block. */
  if (connect(fd, address, length) == 0) return 0;
  return errno == EINTR ? -EINPROGRESS : -errno;
}

int clinux_tcp_socket(int family) {
  int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  return fd < 0 ? -errno : fd;
}

int clinux_tcp_listen(const struct sockaddr *address, socklen_t length, int backlog) {
  int fd = clinux_tcp_socket(address->sa_family);
  if (fd < 0) return fd;
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->sa_family == AF_INET6) {
    int off = 0;
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (bind(fd, address, length) < 0 || listen(fd, backlog) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

void clinux_tcp_options(int fd, int silence_seconds, int may_stall) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (silence_seconds <= 0) return;
  int interval = silence_seconds / 4 > 0 ? silence_seconds / 4 : 1;
  int probes = 3;
  unsigned milliseconds = (unsigned)silence_seconds * 1000;
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &interval, sizeof interval);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
  if (!may_stall) setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
}

int clinux_socket_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return errno;
  return error;
}

int clinux_local_address(int fd, struct sockaddr_storage *address, socklen_t *length) {
  *length = sizeof *address;
  return getsockname(fd, (struct sockaddr *)address, length) < 0 ? -errno : 0;
}

int clinux_peer_address(int fd, struct sockaddr_storage *address, socklen_t *length) {
  *length = sizeof *address;
  return getpeername(fd, (struct sockaddr *)address, length) < 0 ? -errno : 0;
}

int64_t clinux_monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int clinux_pipe(int ends[2]) {
  return pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0 ? -errno : 0;
}

static volatile int signal_pipe = -1;

static void report_signal(int signal_number) {
  int saved = errno;
  unsigned char byte = (unsigned char)signal_number;
  ssize_t ignored = write(signal_pipe, &byte, 1);
  (void)ignored;
  errno = saved;
}

int clinux_signal_catch(int signal_number, int fd, struct sigaction *previous) {
  signal_pipe = fd;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = report_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  return sigaction(signal_number, &action, previous) < 0 ? -errno : 0;
}

int clinux_signal_restore(int signal_number, const struct sigaction *previous) {
  return sigaction(signal_number, previous, NULL) < 0 ? -errno : 0;
}

void clinux_name_thread(const char *name) {
  pthread_setname_np(pthread_self(), name);
}

int clinux_spawn(const char *path, char *const arguments[], char *const environment[],
                 const struct clinux_spawn_options *options) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  if (options->directory) posix_spawn_file_actions_addchdir_np(&actions, options->directory);
  if (options->terminal) {
    posix_spawn_file_actions_addopen(&actions, 0, options->terminal, O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, 0, 1);
    posix_spawn_file_actions_adddup2(&actions, 0, 2);
  } else {
    for (int target = 0; target < 3; target++) {
      if (options->standard[target] >= 0) {
        posix_spawn_file_actions_adddup2(&actions, options->standard[target], target);
      } else {
        posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0);
      }
    }
  }
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (options->new_session || options->terminal) flags |= POSIX_SPAWN_SETSID;
  posix_spawnattr_setflags(&attributes, flags);
  pid_t pid;
  int error = posix_spawn(&pid, path, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error ? -error : pid;
}

int clinux_wait(int pid, int *status) {
  pid_t result;
  do result = waitpid(pid, status, 0);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : result;
}

int clinux_open_terminal(int columns, int rows, char *name, size_t capacity) {
  int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return -errno;
  if (grantpt(fd) < 0 || unlockpt(fd) < 0 || ptsname_r(fd, name, capacity) != 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  clinux_resize_terminal(fd, columns, rows);
  return fd;
}

int clinux_resize_terminal(int fd, int columns, int rows) {
  struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
  return ioctl(fd, TIOCSWINSZ, &size) < 0 ? -errno : 0;
}

int clinux_blocking_pipe(int ends[2]) {
  return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
}

int clinux_lock_file(int fd) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  int result;
  do result = fcntl(fd, F_OFD_SETLK, &lock);
  while (result < 0 && errno == EINTR);
  if (result == 0) return 0;
  return errno == EACCES ? -EAGAIN : -errno;
}

int clinux_is_locked(int fd) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(fd, F_OFD_GETLK, &lock) < 0) return -errno;
  return lock.l_type != F_UNLCK;
}
