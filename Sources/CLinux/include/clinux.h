#pragma once
/* Not _GNU_SOURCE: these headers must look here as they do in Swift's Glibc module. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/*
 * System calls of the event loop. Each answers its result, or the negated errno: read here, where no reference
 * counting can come between the call and errno. Interrupted calls are repeated.
 */

/* One report of clinux_epoll_wait: which registration, and EPOLLIN, EPOLLOUT, ... */
struct clinux_event {
  uint64_t id;
  uint32_t events;
};

int clinux_epoll_create(void);
/* operation: EPOLL_CTL_ADD, _MOD or _DEL. */
int clinux_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t id);
/* Waits at most `timeout` milliseconds (-1: for ever); an interruption answers 0. capacity <= 512. */
int clinux_epoll_wait(int epoll, struct clinux_event *events, int capacity, int timeout);

int clinux_eventfd(void);
void clinux_eventfd_signal(int fd);

ssize_t clinux_recv(int fd, void *buffer, size_t count);
/* Never raises SIGPIPE. */
ssize_t clinux_send(int fd, const void *buffer, size_t count);
ssize_t clinux_read(int fd, void *buffer, size_t count);
int clinux_accept(int fd, struct sockaddr_storage *peer, socklen_t *length);
int clinux_connect(int fd, const struct sockaddr *address, socklen_t length);
/* A non-blocking TCP socket that is closed on exec. */
int clinux_tcp_socket(int family);
/* Binds and listens, SO_REUSEADDR set; closes the descriptor when that fails. */
int clinux_tcp_listen(const struct sockaddr *address, socklen_t length, int backlog);
/* TCP_NODELAY, keep-alive probes that notice within so many seconds that the other machine is gone, and, unless
   `may_stall`, the same limit for data that it does not take. 0 seconds: only TCP_NODELAY. */
void clinux_tcp_options(int fd, int silence_seconds, int may_stall);
/* The pending error of a socket: 0 or the errno (positive). */
int clinux_socket_error(int fd);
int clinux_local_address(int fd, struct sockaddr_storage *address, socklen_t *length);
int clinux_peer_address(int fd, struct sockaddr_storage *address, socklen_t *length);

/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t clinux_monotonic(void);

/* A pipe, both ends non-blocking and closed on exec. */
int clinux_pipe(int ends[2]);

/* From now on each `signal_number` writes its number as one byte to `fd`. */
int clinux_signal_catch(int signal_number, int fd, struct sigaction *previous);
int clinux_signal_restore(int signal_number, const struct sigaction *previous);

/* Names the calling thread, at most 15 bytes. */
void clinux_name_thread(const char *name);

/* How clinux_spawn starts a program. */
struct clinux_spawn_options {
  const char *directory;  /* NULL: the caller's */
  int standard[3];        /* descriptors for 0, 1 and 2; -1: /dev/null */
  const char *terminal;   /* not NULL: this terminal becomes 0, 1, 2 and the controlling terminal */
  int new_session;        /* detached from the caller's terminal and process group */
};

/* The process id, or the negated errno. Signals are at their defaults in the new process; nothing else is inherited. */
int clinux_spawn(const char *path, char *const arguments[], char *const environment[],
                 const struct clinux_spawn_options *options);
/* The wait status of a child: blocks. Negated errno on failure. */
int clinux_wait(int pid, int *status);
/* A new pseudo terminal: the master's descriptor, and the name of the other side. */
int clinux_open_terminal(int columns, int rows, char *name, size_t capacity);
int clinux_resize_terminal(int fd, int columns, int rows);
/* A pipe whose ends block and are closed on exec. */
int clinux_blocking_pipe(int ends[2]);

/* Locks the whole file for as long as its description is open; 0, or -EAGAIN when another description has it locked, in
   this process or another one. The kernel releases the lock when the last holder of the description dies. */
int clinux_lock_file(int fd);
/* 1: another open description has the file locked; 0: none has. */
int clinux_is_locked(int fd);
