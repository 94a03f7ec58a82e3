"""What Python's selectors does in each scenario, one line each: kind, scenario, outcome, separated by tabs.

SelectorSemantics.cs runs the same scenarios against Selector; SelectorSemanticsTests compares the two.
"""
import os, resource, selectors, signal, socket, struct, tempfile, time
from selectors import EVENT_READ as R, EVENT_WRITE as W

KINDS = {"Select": selectors.SelectSelector, "Poll": selectors.PollSelector, "Epoll": selectors.EpollSelector}
SHORT = 0.02


def text(ready):
    names = {R: "R", W: "W", R | W: "R+W"}
    return "[" + " ".join(sorted(names[events] for key, events in ready)) + "]"


def tried(call):
    try:
        call()
        return "ok"
    except Exception:
        return "error"


def outcome(call):
    try:
        return call()
    except Exception:
        return "error"


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


class Pair:
    """A connected pair over TCP."""

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.far = socket.create_connection(listener.getsockname())
            self.near, _ = listener.accept()
        return self

    def __exit__(self, *_):
        self.near.close()
        self.far.close()

    def fill(self):
        self.far.send(b"x")
        self.near.recv(1, socket.MSG_PEEK)


def register_twice(s):
    with Pair() as p:
        s.register(p.near, R)
        return tried(lambda: s.register(p.near, W))


def register_for_nothing(s):
    with Pair() as p:
        return tried(lambda: s.register(p.near, 0)) + " " + tried(lambda: s.register(p.near, 4))


def register_closed(s):
    with Pair() as p:
        p.near.close()
        return tried(lambda: s.register(p.near, R))


def unregister_unknown(s):
    with Pair() as p:
        return tried(lambda: s.unregister(p.near))


def modify_unknown(s):
    with Pair() as p:
        return tried(lambda: s.modify(p.near, R))


def modify_for_nothing(s):
    with Pair() as p:
        s.register(p.near, R)
        return tried(lambda: s.modify(p.near, 0))


def modify_events_and_data(s):
    with Pair() as p:
        s.register(p.near, R, "old")
        before = text(s.select(0))
        s.modify(p.near, W, "new")
        return before + " " + text(s.select(1)) + " " + s.get_key(p.near).data


def get_key(s):
    with Pair() as p:
        unknown = tried(lambda: s.get_key(p.near))
        key = s.register(p.near, R, "data")
        return unknown + " " + ("same" if s.get_key(p.near) == key else "other")


def get_map(s):
    with Pair() as p:
        view = s.get_map()
        s.register(p.near, R, "data")
        s.register(p.far, R)
        found = view[p.near].data
        s.unregister(p.far)
        return f"{len(view)} {found}"


def unregister_returns(s):
    with Pair() as p:
        key = s.register(p.near, R, "data")
        return ("same" if s.unregister(p.near) == key else "other") + " " + str(len(s.get_map()))


def nothing_ready(s):
    with Pair() as p:
        s.register(p.near, R)
        return text(s.select(0)) + " " + text(s.select(-5)) + " " + text(s.select(SHORT))


def empty(s):
    start = time.monotonic()
    ready = text(s.select(SHORT))
    return ready + (" waited" if time.monotonic() - start >= SHORT * 0.95 else " did not wait")


def ready_for_both(s):
    with Pair() as p:
        p.fill()
        s.register(p.near, R | W)
        return text(s.select(1))


def only_what_was_asked(s):
    with Pair() as p:
        p.fill()
        s.register(p.near, R)
        return text(s.select(1))


def unread_again(s):
    with Pair() as p:
        p.fill()
        s.register(p.near, R)
        return " ".join(text(s.select(1)) for _ in range(3))


def writable_again(s):
    with Pair() as p:
        s.register(p.near, W)
        return " ".join(text(s.select(1)) for _ in range(3))


def end_unhandled(s):
    with Pair() as p:
        s.register(p.near, R)
        p.far.shutdown(socket.SHUT_WR)
        s.select(1)
        p.near.recv(1)
        return " ".join(text(s.select(1)) for _ in range(3))


def reset_of(events):
    def run(s):
        with Pair() as p:
            s.register(p.near, events)
            if events == R:
                reset(p.far)
                return " ".join(text(s.select(1)) for _ in range(2))
            reset(p.far)
            time.sleep(SHORT)
            return " ".join(text(s.select(1)) for _ in range(2))

    return run


def pipe_without_writer(s):
    r, w = os.pipe()
    os.close(w)
    try:
        s.register(r, R)
        return text(s.select(1)) + " " + text(s.select(1))
    finally:
        os.close(r)


def pipe_without_reader(s):
    r, w = os.pipe()
    os.close(r)
    try:
        s.register(w, W)
        return text(s.select(1)) + " " + text(s.select(1))
    finally:
        os.close(w)


def taken_out_in_batch(s):
    with Pair() as a, Pair() as b:
        a.fill()
        b.fill()
        s.register(a.near, R)
        s.register(b.near, R)
        time.sleep(SHORT)
        ready = s.select(1)
        s.unregister(a.near)
        return text(ready) + " " + text(s.select(1))


def closed_first(s):
    with Pair() as p:
        p.fill()
        s.register(p.near, R)
        p.near.close()
        return " ".join(outcome(lambda: text(s.select(SHORT))) for _ in range(2)) + f" {len(s.get_map())} registered"


def closed_then_unregistered(s):
    with Pair() as p:
        s.register(p.near, R)
        p.near.close()
        return tried(lambda: s.unregister(p.near)) + " " + text(s.select(SHORT))


def closed_then_modified(s):
    with Pair() as p:
        s.register(p.near, R)
        p.near.close()
        return tried(lambda: s.modify(p.near, W))


def number_again(s):
    with Pair() as p, Pair() as q:
        s.register(p.near, R)
        number = p.near.fileno()
        p.near.close()
        assert os.dup(q.near.fileno()) == number
        try:
            return tried(lambda: s.register(number, R))
        finally:
            os.close(number)


def duplicate_lives(s):
    with Pair() as p:
        copy = p.near.dup()
        s.register(p.near, R)
        p.near.close()
        p.far.send(b"x")
        copy.recv(1, socket.MSG_PEEK)
        try:
            return " ".join(outcome(lambda: text(s.select(SHORT))) for _ in range(2))
        finally:
            copy.close()


def regular_file(s):
    with tempfile.TemporaryFile() as file:
        return outcome(lambda: (s.register(file, R), text(s.select(1)))[1])


def high_number(s):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2000:
        return "not applicable"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2000), hard))
    with Pair() as p:
        high = 1500
        os.dup2(p.near.fileno(), high)
        try:
            return tried(lambda: s.register(high, W)) + " " + outcome(lambda: text(s.select(1)))
        finally:
            os.close(high)


def signalled(s):
    calls = []
    signal.signal(signal.SIGALRM, lambda *_: calls.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    start = time.monotonic()
    ready = text(s.select(0.2))
    return ready + (" waited" if calls and time.monotonic() - start >= 0.19 else " came back early")


def closed_selector(s):
    with Pair() as p:
        with s:
            s.register(p.near, R)
        after = tried(lambda: s.register(p.near, R)) + " " + tried(lambda: s.get_key(p.near)) + " " + tried(s.close)
        p.fill()
        return after + " " + p.near.recv(1).decode()


SCENARIOS = {
    "register twice": register_twice,
    "register for nothing, for an unknown event": register_for_nothing,
    "register what is closed": register_closed,
    "unregister what is not registered": unregister_unknown,
    "modify what is not registered": modify_unknown,
    "modify to nothing": modify_for_nothing,
    "modify events and data": modify_events_and_data,
    "get_key before and after registering": get_key,
    "get_map is a live view": get_map,
    "unregister returns the key": unregister_returns,
    "nothing ready: limits zero, negative, positive": nothing_ready,
    "an empty selector": empty,
    "readable and writable": ready_for_both,
    "readable and writable, registered for reading": only_what_was_asked,
    "left unread, three calls": unread_again,
    "writable and never taken out, three calls (busy loop)": writable_again,
    "the peer's end, never handled, three calls (busy loop)": end_unhandled,
    "reset by the peer, registered for reading, two calls": reset_of(R),
    "reset by the peer, registered for writing, two calls": reset_of(W),
    "a pipe without a writer, registered for reading, two calls": pipe_without_writer,
    "a pipe without a reader, registered for writing, two calls": pipe_without_reader,
    "taken out while a batch is worked on: that batch, the next": taken_out_in_batch,
    "closed first: two calls, then the map": closed_first,
    "closed first, then unregistered; a call": closed_then_unregistered,
    "closed first, then modified": closed_then_modified,
    "closed first, its number registered anew": number_again,
    "closed first while a duplicate lives, two calls": duplicate_lives,
    "a regular file": regular_file,
    "descriptor 1500: register, call": high_number,
    "a signal during a call": signalled,
    "closed selector: register, get_key, close; its source": closed_selector,
}

for kind, make in KINDS.items():
    for name, run in SCENARIOS.items():
        with make() as selector:
            print(kind, name, outcome(lambda: run(selector)), sep="\t")
