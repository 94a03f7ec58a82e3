/*
 * The yardstick for one large file: a sender and a receiver with nothing around them. read and send, recv and write, 256 KiB at a time; nothing is
 * verified, nobody logs in, a name is a path.
 *
 *     bare_copy serve                  prints "ready PORT" (127.0.0.1); one client after the other
 *     bare_copy put PORT FROM TO       TO is a file on the server's side
 *     bare_copy get PORT FROM TO       FROM is
 *
 * Build: gcc -O2 -o bare_copy bare_copy.c
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 256 * 1024 };

/* What a client asks for: 'p' or 'g', and the path on the server's side. */
struct request { char verb; char path[4095]; };

static char buffer[PIECE];

static void require(int holds, const char *what)
{
    if (holds) return;
    perror(what);
    exit(1);
}

static void send_all(int to, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t n = send(to, bytes, count, MSG_NOSIGNAL);
        require(n > 0, "send");
        bytes += n;
        count -= n;
    }
}

static void send_file(int to, const char *path)
{
    int file = open(path, O_RDONLY);
    require(file >= 0, path);
    for (ssize_t n; (n = read(file, buffer, PIECE)) != 0;) {
        require(n > 0, "read");
        send_all(to, buffer, n);
    }
    close(file);
    shutdown(to, SHUT_WR);
}

static void receive_file(int from, const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    require(file >= 0, path);
    for (ssize_t n; (n = recv(from, buffer, PIECE, 0)) != 0;) {
        require(n > 0, "recv");
        for (ssize_t done = 0, written; done < n; done += written) {
            written = write(file, buffer + done, n - done);
            require(written > 0, "write");
        }
    }
    close(file);
}

static void serve(void)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof here;
    require(bind(listener, (struct sockaddr *)&here, size) == 0 && listen(listener, 8) == 0, "listen");
    getsockname(listener, (struct sockaddr *)&here, &size);
    printf("ready %d\n", ntohs(here.sin_port));
    fflush(stdout);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        require(client >= 0, "accept");
        struct request request;
        if (recv(client, &request, sizeof request, MSG_WAITALL) == sizeof request) {
            if (request.verb == 'p') receive_file(client, request.path);
            else send_file(client, request.path);
        }
        close(client);
    }
}

int main(int count, char **words)
{
    if (count == 2 && strcmp(words[1], "serve") == 0) serve();
    require(count == 5, "usage: bare_copy serve | put PORT FROM TO | get PORT FROM TO");
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(atoi(words[2])) };
    require(connect(server, (struct sockaddr *)&there, sizeof there) == 0, "connect");
    int is_put = words[1][0] == 'p';
    struct request request = { .verb = words[1][0] };
    strncpy(request.path, words[is_put ? 4 : 3], sizeof request.path - 1);
    send_all(server, (char *)&request, sizeof request);
    if (is_put) send_file(server, words[3]);
    else receive_file(server, words[4]);
    /* The server closes when all of it is written. */
    return is_put && recv(server, buffer, 1, 0) != 0;
}
