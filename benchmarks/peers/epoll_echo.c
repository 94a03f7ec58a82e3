/*
 * The yardstick: what the kernel allows one thread to do. A level-triggered epoll loop that echoes, written without any framework.
 *
 * Build: gcc -O2 -o epoll_echo epoll_echo.c     Prints "ready 127.0.0.1:PORT"; ends when standard input does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 512, FILE_BYTES = 4 * 1024 * 1024 };

static char buffer[64 * 1024];
static long long to_send[1 << 20]; /* by descriptor: how much of the file it has still to get */
static int epoll_fd, file_fd;

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void watch(int fd, int operation, unsigned events)
{
    struct epoll_event e = { .events = events, .data.fd = fd };
    epoll_ctl(epoll_fd, operation, fd, &e);
}

static void send_file(int fd)
{
    while (to_send[fd] > 0) {
        off_t offset = FILE_BYTES - to_send[fd];
        ssize_t n = sendfile(fd, file_fd, &offset, to_send[fd]);
        if (n < 0 && errno == EAGAIN) { watch(fd, EPOLL_CTL_MOD, EPOLLOUT); return; }
        if (n <= 0) { close(fd); return; }
        to_send[fd] -= n;
    }
    watch(fd, EPOLL_CTL_MOD, EPOLLIN);
}

/* What the client does not take now is dropped: a full echo would need a queue, which the measured load never fills. */
static void answer(int fd)
{
    ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) { close(fd); return; }
    if (buffer[0] == 'f') { to_send[fd] = FILE_BYTES; send_file(fd); return; }
    if (buffer[0] == 'b') for (long long until = now() + 10000000; now() < until;) {}
    send(fd, buffer, n, MSG_NOSIGNAL);
}

static void accept_all(int listener)
{
    int on = 1, fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

int main(void)
{
    struct epoll_event events[EVENTS];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 512) < 0) { perror("listen"); return 1; }
    getsockname(listener, (struct sockaddr *)&address, &length);
    file_fd = memfd_create("file", MFD_CLOEXEC);
    if (file_fd < 0 || ftruncate(file_fd, FILE_BYTES) < 0) { perror("file"); return 1; }
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    watch(0, EPOLL_CTL_ADD, EPOLLIN);
    printf("ready 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int n = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == 0) { if (read(0, buffer, sizeof buffer) <= 0) return 0; }
            else if (fd == listener) accept_all(listener);
            else if (events[i].events & EPOLLOUT) send_file(fd);
            else answer(fd);
        }
    }
}
