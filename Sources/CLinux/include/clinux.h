#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
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
/* TCP_NODELAY, and what notices a machine that has gone silent: keep-alive probes and a limit for unacknowledged data. */
void clinux_tcp_options(int fd, int silence_seconds);
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
