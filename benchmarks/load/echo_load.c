/*
 * A load generator that does not decide the result: one thread, one epoll instance, one message of 64 bytes under way per connection.
 * It takes the same command line and prints the same line of JSON as `argosy bench load`, so that either can drive a run:
 *
 *   echo_load echo     --to IPV4:PORT --connections N --seconds S [--bully cpu|slow]
 *   echo_load visits   --to IPV4:PORT --connections N --seconds S             connect, one round trip, close; N at a time
 *   echo_load download --to IPV4:PORT --connections N --seconds S --bytes B   connect, ask for the file, read B bytes, close
 *   echo_load idle     --to IPV4:PORT --connections N                         hold them until standard input ends
 *
 * The server answers a message of 'e' with itself; 'b' likewise, after using the processor for 10 ms; 'f' with its file.
 *
 * Build: gcc -O2 -o echo_load echo_load.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 64, SUB_BUCKETS = 64, BUCKETS = 64 * SUB_BUCKETS, CONNECTING_AT_ONCE = 64, EVENTS = 512 };

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

struct connection {
    int fd;
    int is_bully;
    long long left;    /* bytes of the answer still to come */
    long long sent_at; /* ns */
};

static struct sockaddr_in target;
static int epoll_fd, connections, next_source, bully;
static double seconds = 1;
static long long answer = MESSAGE, rounds, bytes_in, histogram[BUCKETS], measured_from, measured_to;
static struct connection *all;
static char message[MESSAGE], scratch[256 * 1024];

static void fail(const char *format, ...)
{
    va_list arguments;
    printf("{\"error\":\"");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\"}\n");
    exit(1);
}

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Sources rotate over 127/8, so that ports waiting in TIME_WAIT never run out. */
static void start_connecting(struct connection *c)
{
    int on = 1, source = next_source++;
    struct sockaddr_in from = { .sin_family = AF_INET };
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) fail("socket: %s", strerror(errno));
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if ((ntohl(target.sin_addr.s_addr) >> 24) == 127) {
        setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        from.sin_addr.s_addr = htonl(0x7f000000u | (1 + source % 50) << 8 | (1 + source % 250));
        if (bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0) fail("bind: %s", strerror(errno));
    }
    if (connect(c->fd, (struct sockaddr *)&target, sizeof target) < 0 && errno != EINPROGRESS) fail("connect: %s", strerror(errno));
}

static void watch(struct connection *c, int operation, unsigned events)
{
    struct epoll_event e = { .events = events, .data.ptr = c };
    if (epoll_ctl(epoll_fd, operation, c->fd, &e) < 0) fail("epoll_ctl: %s", strerror(errno));
}

static void send_message(struct connection *c)
{
    c->left = answer;
    if (send(c->fd, message, MESSAGE, MSG_NOSIGNAL) != MESSAGE) fail("send: %s", strerror(errno));
}

static int bucket_of(long long ns)
{
    int power = 63 - __builtin_clzll((unsigned long long)(ns | SUB_BUCKETS));
    return (power - 6) * SUB_BUCKETS + (int)(ns >> (power - 6));
}

static double microseconds_of(int bucket)
{
    int power = bucket < SUB_BUCKETS ? 0 : bucket / SUB_BUCKETS - 1;
    return (double)((long long)(bucket - power * SUB_BUCKETS) << power) / 1000.0;
}

static double percentile(double share)
{
    long long total = 0, seen = 0;
    for (int i = 0; i < BUCKETS; i++) total += histogram[i];
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += histogram[i]) >= share * total && seen > 0) return microseconds_of(i);
    return 0;
}

static void count_round(struct connection *c, long long t)
{
    if (c->sent_at < measured_from || t > measured_to) return;
    rounds++;
    histogram[bucket_of(t - c->sent_at)]++;
}

/* The two that behave badly: one lets the server work, one floods it and reads nothing. */
static void on_bully(struct connection *c)
{
    static char burn[MESSAGE], flood[16 * 1024];
    if (bully == 'c') {
        memset(burn, 'b', MESSAGE);
        if (c->left > 0) c->left -= recv(c->fd, scratch, MESSAGE, 0);
        if (c->left > 0) return;
        c->left = MESSAGE;
        if (send(c->fd, burn, MESSAGE, MSG_NOSIGNAL) < 0) fail("send: %s", strerror(errno));
        return;
    }
    memset(flood, 'e', sizeof flood);
    while (send(c->fd, flood, sizeof flood, MSG_NOSIGNAL) > 0) {}
    if (errno != EAGAIN) fail("send: %s", strerror(errno));
}

static void restart(struct connection *c)
{
    close(c->fd);
    start_connecting(c);
    watch(c, EPOLL_CTL_ADD, EPOLLOUT);
}

static void on_event(struct connection *c, unsigned events, int visits)
{
    if (c->is_bully) { on_bully(c); return; }
    if (events & EPOLLOUT) { /* connected, or refused: sending tells */
        watch(c, EPOLL_CTL_MOD, EPOLLIN);
        send_message(c);
        return;
    }
    long long n = recv(c->fd, scratch, answer > MESSAGE ? sizeof scratch : MESSAGE, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) fail("the server closed a connection: %s", n == 0 ? "end of stream" : strerror(errno));
    c->left -= n;
    long long t = now();
    if (t >= measured_from && t <= measured_to) bytes_in += n;
    if (c->left > 0) return;
    count_round(c, t);
    c->sent_at = t;
    if (visits) restart(c);
    else send_message(c);
}

/* Connects all, a few at a time, each with one round trip: a connection counts when the server serves it. */
static void connect_all(int count)
{
    struct epoll_event events[EVENTS];
    int begun = 0, done = 0;
    long long limit = now() + 60000000000LL;
    while (done < count) {
        while (begun < count && begun - done < CONNECTING_AT_ONCE) {
            start_connecting(&all[begun]);
            watch(&all[begun++], EPOLL_CTL_ADD, EPOLLOUT);
        }
        int n = epoll_wait(epoll_fd, events, EVENTS, 1000);
        if (now() > limit) fail("only %d of %d connections were served within 60 s", done, count);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) {
                watch(c, EPOLL_CTL_MOD, EPOLLIN);
                c->left = MESSAGE;
                if (send(c->fd, message, MESSAGE, MSG_NOSIGNAL) != MESSAGE) fail("connect: %s", strerror(errno));
                continue;
            }
            ssize_t got = recv(c->fd, scratch, MESSAGE, 0);
            if (got <= 0) fail("the server closed connection %d of %d", done + 1, count);
            if ((c->left -= got) == 0) done++;
        }
    }
}

static void begin_measuring(void)
{
    measured_from = now() + (long long)(seconds * 0.2e9); /* the first part warms up */
    measured_to = measured_from + (long long)(seconds * 1e9);
}

/* A figure needs one answer at least: where none came in the time given, it takes as much again, up to ten seconds. */
static int extend(void)
{
    if (rounds > 0 || measured_to - measured_from > 10000000000LL) return 0;
    measured_to += (long long)(seconds * 1e9);
    return 1;
}

static void run(int visits)
{
    struct epoll_event events[EVENTS];
    while (now() < measured_to || extend()) {
        int n = epoll_wait(epoll_fd, events, EVENTS, 100);
        for (int i = 0; i < n; i++) on_event(events[i].data.ptr, events[i].events, visits);
    }
}

static void report(void)
{
    printf("{\"connections\":%d,\"seconds\":%.3f,\"count\":%lld,\"bytes\":%lld,\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f}\n",
           connections, (measured_to - measured_from) / 1e9, rounds, bytes_in, percentile(0.5), percentile(0.99), percentile(0.999));
}

static void parse(int argc, char **argv)
{
    for (int i = 2; i + 1 < argc; i += 2) {
        char *colon;
        if (!strcmp(argv[i], "--connections")) connections = atoi(argv[i + 1]);
        else if (!strcmp(argv[i], "--seconds")) seconds = atof(argv[i + 1]);
        else if (!strcmp(argv[i], "--bytes")) answer = atoll(argv[i + 1]);
        else if (!strcmp(argv[i], "--bully")) bully = argv[i + 1][0];
        else if (!strcmp(argv[i], "--to") && (colon = strchr(argv[i + 1], ':'))) {
            *colon = 0;
            target.sin_family = AF_INET;
            target.sin_port = htons(atoi(colon + 1));
            if (inet_pton(AF_INET, argv[i + 1], &target.sin_addr) != 1) fail("not an address: %s", argv[i + 1]);
        }
        else fail("unknown option %s", argv[i]);
    }
    if (connections < 1 || target.sin_port == 0) fail("--to IPV4:PORT and --connections N are needed");
}

int main(int argc, char **argv)
{
    struct rlimit files;
    if (argc < 2) fail("usage: echo_load echo|visits|download|idle --to IPV4:PORT --connections N --seconds S");
    parse(argc, argv);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    all = calloc(connections + 1, sizeof *all);
    memset(message, 'e', MESSAGE);

    int visits = !strcmp(argv[1], "visits") || !strcmp(argv[1], "download");
    if (!strcmp(argv[1], "download")) memset(message, 'f', MESSAGE);
    if (visits) {
        begin_measuring();
        for (int i = 0; i < connections; i++) {
            all[i].sent_at = now();
            start_connecting(&all[i]);
            watch(&all[i], EPOLL_CTL_ADD, EPOLLOUT);
        }
        run(1);
        report();
        return 0;
    }

    connect_all(connections + (bully ? 1 : 0));
    if (!strcmp(argv[1], "idle")) {
        printf("{\"connections\":%d}\n", connections);
        fflush(stdout);
        while (read(0, scratch, sizeof scratch) > 0) {}
        return 0;
    }
    if (bully) {
        all[connections].is_bully = 1;
        watch(&all[connections], EPOLL_CTL_MOD, bully == 'c' ? EPOLLIN : EPOLLOUT);
        on_bully(&all[connections]);
    }
    begin_measuring();
    for (int i = 0; i < connections; i++) {
        all[i].sent_at = now();
        send_message(&all[i]);
    }
    run(0);
    report();
    return 0;
}
