#!/usr/bin/python3
"""run.py DRIVER [CASE...]: what src/queue does with a real RabbitMQ server, when all is well and when it is not."""

import collections
import queue
import subprocess
import sys
import threading
import time

import broker

SKIPPED = 77
WAIT_S = 30
SETTLE_S = 0.5
LENGTH_MAX = 10000
DELIVERIES_MAX = 10
MIB = 1 << 20


class Failure(Exception):
    """What was expected did not come; the text says what came."""


def digest(data):
    value = 0xCBF29CE484222325
    for octet in data:
        value = (value ^ octet) * 0x100000001B3 % (1 << 64)
    return f"{value:x}"


class Message:
    def __init__(self, words):
        self.kind, self.tag, self.id, redelivered, deliveries, size, self.text = words.split(" ", 6)
        self.redelivered, self.deliveries, self.size = redelivered == "1", int(deliveries), int(size)


class Driver:
    """One client. `server` gives the options that are not in `options`; a context manager. Events are kept by kind until they are asked for."""

    program = None

    def __init__(self, server, run, **options):
        given = {"hosts": server.hosts, "user": server.user, "password": server.password, "run": run, "backoff_ms": "1000"} | options
        self.process = subprocess.Popen([self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
        self.events, self.seen = queue.Queue(), collections.defaultdict(collections.deque)
        self.errors = []
        self.readers = [threading.Thread(target=self._read), threading.Thread(target=self._read_errors)]
        for reader in self.readers:
            reader.start()
        for name, value in given.items():
            if value is not None:
                self.say(name, value)
        self.say("open")

    def _read(self):
        for line in self.process.stdout:
            kind, _, rest = line.rstrip("\n").partition(" ")
            self.events.put((kind, rest))
        self.events.put(("end", ""))

    def _read_errors(self):
        self.errors.extend(self.process.stderr)

    def say(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")

    def wait(self, kind, wait_s=WAIT_S):
        """The next event of a kind; those of other kinds are kept."""
        limit = time.monotonic() + wait_s
        while not self.seen[kind]:
            try:
                got, rest = self.events.get(timeout=max(0.0, limit - time.monotonic()))
            except queue.Empty:
                raise Failure(f"no {kind} within {wait_s} s; {self._summary()}") from None
            if got in ("end", "status", "wrong"):
                raise Failure(f"{got} {rest} while waiting for {kind}; {self._summary()}: {''.join(self.errors)[:3000]}")
            self.seen[got].append(rest)
        return self.seen[kind].popleft()

    def _summary(self):
        return "; ".join(f"{kind}: {len(rest)}, the last '{rest[-1]}'" for kind, rest in self.seen.items() if rest)

    def gather(self):
        """Takes over what has come so far."""
        while not self.events.empty():
            got, rest = self.events.get()
            self.seen[got].append(rest)

    def message(self, wait_s=WAIT_S):
        return Message(self.wait("message", wait_s))

    def none(self, kind, wait_s=SETTLE_S):
        """Nothing of this kind comes; what comes a little later is another matter."""
        time.sleep(wait_s)
        self.gather()
        if self.seen[kind]:
            raise Failure(f"unexpected: {kind} {self.seen[kind][0]}")

    def confirmed(self, *ids):
        got = {self.wait("confirmed") for _ in ids}
        if got != set(ids):
            raise Failure(f"confirmed are {got}, not {ids}")

    def kill(self):
        self.process.kill()
        self._finish()

    def _finish(self):
        self.process.wait(WAIT_S)
        for reader in self.readers:
            reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        if self.process.stdin.closed:
            return
        if failed is None:
            self.say("quit")
        else:
            self.process.kill()
        self._finish()
        if failed is None and (self.process.returncode != 0 or self.errors):
            raise Failure(f"the driver ended with {self.process.returncode}: {''.join(self.errors)[:3000]}")


def equal(got, wanted, what):
    if got != wanted:
        raise Failure(f"{what}: {got!r}, not {wanted!r}")


def contains(text, *parts):
    for part in parts:
        if part not in text:
            raise Failure(f"'{part}' is not in: {text}")


# ---- when all is well


def publish_and_consume(server):
    with Driver(server, "plain") as driver:
        equal(driver.wait("up"), server.hosts, "the host")
        driver.say("publish", "jobs", "plain/1", "one two")
        driver.say("publish", "results", "plain/2", "three")
        driver.confirmed("jobs plain/1", "results plain/2")
        driver.say("consume", "jobs")
        message = driver.message()
        equal((message.kind, message.id, message.text), ("jobs", "plain/1", "one two"), "the message")
        equal((message.redelivered, message.deliveries), (False, 0), "the message")
        driver.say("ack", message.tag)
        driver.say("auto", "results")
        equal(driver.message().id, "plain/2", "the result")
        driver.say("publish", "jobs", "plain/3")
        driver.confirmed("jobs plain/3")
        message = driver.message()
        equal((message.id, message.size), ("plain/3", 0), "an empty message")
        driver.say("ack", message.tag)
    with Driver(server, "plain") as driver:
        driver.say("consume", "jobs")
        driver.say("consume", "results")
        driver.none("message")  # all of them were acknowledged, the last when the driver was closed


def large_messages(server):
    """More than any buffer on the way; and both connections are served meanwhile."""
    with Driver(server, "large") as driver:
        driver.say("consume", "jobs")
        for size in (MIB, 16 * MIB):
            driver.say("big", "jobs", f"large/{size}", size)
            message = driver.message()
            equal((message.id, message.size), (f"large/{size}", size), "the message")
            if size == MIB:
                equal(message.text, digest(bytes((i * 31 + (i >> 8)) & 255 for i in range(size))), "its data")
            driver.say("ack", message.tag)
        driver.say("remove")
        equal(driver.wait("removed"), "yes", "removed")


def prefetch(server):
    with Driver(server, "prefetch", prefetch=2) as driver:
        driver.say("many", "jobs", "p/", 0, 5)
        driver.say("consume", "jobs")
        first, second = driver.message(), driver.message()
        driver.none("message")
        driver.say("ack", second.tag)
        third = driver.message()
        equal([first.id, second.id, third.id], ["p/0", "p/1", "p/2"], "the order")
        driver.say("remove")
        equal(driver.wait("removed"), "yes", "removed")


def requeue(server):
    with Driver(server, "requeue") as driver:
        driver.say("publish", "jobs", "r/1", "x")
        driver.say("consume", "jobs")
        message = driver.message()
        driver.say("requeue", message.tag)
        again = driver.message()
        equal((again.id, again.redelivered, again.deliveries), ("r/1", True, 1), "the message")
        driver.say("reject", again.tag)
        driver.say("consume", "dead")
        dead = driver.message()
        equal((dead.kind, dead.id, dead.text, dead.deliveries), ("dead", "r/1", "x", 1), "the dead")
        driver.say("ack", dead.tag)


def worker_dies(server):
    with Driver(server, "dies") as submit:
        submit.say("many", "jobs", "d/", 0, 6)
        with Driver(server, "dies") as worker:
            worker.say("consume", "jobs")
            done = worker.message()
            worker.say("ack", done.tag)
            for _ in range(4):
                worker.message()
            worker.kill()
        with Driver(server, "dies", prefetch=10) as other:
            other.say("consume", "jobs")
            messages = [other.message() for _ in range(5)]
            equal(sorted(message.id for message in messages), [f"d/{i}" for i in range(1, 6)], "what comes again")
            equal(sum(message.redelivered for message in messages), 4, "redelivered")


def delivery_limit(server):
    with Driver(server, "limit") as driver:
        driver.say("publish", "jobs", "l/1", "poison")
        driver.say("consume", "jobs")
        for count in range(DELIVERIES_MAX + 1):
            message = driver.message()
            equal((message.id, message.deliveries), ("l/1", count), "the message")
            driver.say("requeue", message.tag)
        driver.say("consume", "dead")
        dead = driver.message()
        equal((dead.kind, dead.id, dead.text), ("dead", "l/1", "poison"), "the dead")
        driver.say("ack", dead.tag)
        driver.none("message")


def full_queue(server):
    """The length is a limit to a few: the server says it is full when it is, and takes more when it is not."""
    count = LENGTH_MAX + 2000
    with Driver(server, "full") as driver:
        driver.say("many", "jobs", "f/", 0, count)
        first = collections.Counter()
        while first.total() < count:
            driver.gather()
            for kind in ("confirmed", "full"):
                first[kind] += len(driver.seen[kind])
                if kind == "confirmed":
                    driver.seen[kind].clear()
                else:
                    first[kind] = len(driver.seen[kind])
            if driver.process.poll() is not None:
                raise Failure("the driver ended")
            time.sleep(0.05)
        refused = [line.split()[1] for line in driver.seen.pop("full")]
        if not LENGTH_MAX <= first["confirmed"] <= LENGTH_MAX + 1000:
            raise Failure(f"{first['confirmed']} messages were taken")
        driver.say("auto", "jobs")
        ids = collections.Counter(driver.message().id for _ in range(first["confirmed"]))
        for refusal in refused[:50]:
            driver.say("publish", "jobs", refusal, "again")
        ids.update(driver.message().id for _ in range(50))
        driver.none("full")
        equal(set(ids.values()), {1}, "deliveries of each")
        equal(len(ids), first["confirmed"] + 50, "messages")


def removal(server):
    """Whoever consumes or publishes is told; the queues do not come back."""
    with Driver(server, "removal") as consumer, Driver(server, "removal") as owner, Driver(server, "removal") as publisher:
        for driver in (consumer, owner, publisher):
            driver.wait("up")
        consumer.say("consume", "jobs")
        consumer.say("publish", "jobs", "r/1", "x")
        consumer.message()
        owner.say("remove")
        equal(owner.wait("removed"), "yes", "removed")
        consumer.wait("gone")
        publisher.say("publish", "jobs", "x", "x")
        publisher.wait("gone")
        publisher.none("confirmed")
    with Driver(server, "removal") as consumer, Driver(server, "removal") as owner:
        for driver in (consumer, owner):
            driver.wait("up")
        owner.say("remove")
        equal(owner.wait("removed"), "yes", "removed")
        consumer.say("consume", "jobs")
        consumer.wait("gone")
        equal("dcv.removal" in server.ctl("list_queues", "name"), False, "queues left")


# ---- who may


def refused(server, *parts, **options):
    with Driver(server, "refused", **options) as driver:
        text = driver.wait("refused")
        contains(text, *parts)
        if server.password in text:
            raise Failure(f"the password is told: {text}")
        driver.say("publish", "jobs", "x", "x")  # is taken, and comes to nothing
        driver.none("up")
        equal(len(driver.seen["confirmed"]), 0, "confirmed")


def wrong_password(server):
    refused(server, server.hosts, "ACCESS_REFUSED", password=server.password[::-1] + "x")


def no_rights(server):
    refused(server, server.hosts, "ACCESS_REFUSED", user=server.powerless)


def no_such_vhost(server):
    refused(server, server.hosts, "NOT_ALLOWED", "elsewhere", vhost="elsewhere")


def other_queue(server):
    """A queue of that name, declared in another way."""
    server.ctl("eval", 'rabbit_amqqueue:declare(rabbit_misc:r(<<"/">>, queue, <<"dcv.refused.jobs">>), true, false, [], none, <<"test">>), ok.')
    refused(server, server.hosts, "PRECONDITION_FAILED", "dcv.refused.jobs")
    server.ctl("delete_queue", "dcv.refused.jobs")


def tls(server, **options):
    return {"hosts": server.tls_hosts, "tls": 1, "ca": server.ca} | options


def external(server, **options):
    return tls(server, user=None, password=None, certificate=server.certificate, key=server.key, **options)


def wrong_ca(server):
    refused(server, server.tls_hosts, "certificate", **tls(server, ca=server.other_ca))
    refused(server, server.tls_hosts, "certificate", **tls(server, ca=None))


def wrong_host(server):
    """The certificate is for another name than the one asked for."""
    refused(server, "127.1:", "certificate", "hostname mismatch", **tls(server, hosts=f"127.1:{server.tls_port}"))
    refused(server, "[::ffff:127.0.0.1]:", "certificate", "IP address mismatch", **tls(server, hosts=f"[::ffff:127.0.0.1]:{server.tls_port}"))


def wrong_certificate(server):
    folder = server.folder
    refused(server, server.tls_hosts, **(external(server) | {"certificate": folder / "stranger.pem", "key": folder / "stranger.key"}))
    refused(server, "no key", **(external(server) | {"key": folder / "stranger.key"}))
    refused(server, "no certificate can be read", **(external(server) | {"certificate": folder / "none.pem"}))


def certificates(server):
    """PLAIN over TLS, by name and by address; and the client's certificate alone."""
    for options in (tls(server), tls(server, hosts=f"127.0.0.1:{server.tls_port}"), external(server)):
        with Driver(server, "tls", **options) as driver:
            driver.wait("up")
            driver.say("consume", "jobs")
            driver.say("big", "jobs", "t/1", 3 * MIB)
            message = driver.message()
            equal((message.id, message.size), ("t/1", 3 * MIB), "the message")
            driver.say("ack", message.tag)
            driver.confirmed("jobs t/1")


# ---- when it is not


def several_hosts(server):
    dead, = broker.free_ports(1)
    with Driver(server, "hosts", hosts=f"127.0.0.1:{dead},{server.hosts}") as driver:
        equal(driver.wait("up"), server.hosts, "the host")
        equal(len(driver.seen["down"]), 0, "down")
    refused(server, f"127.0.0.1:{dead}", "ACCESS_REFUSED", hosts=f"127.0.0.1:{dead},{server.hosts}", password="wrong")
    with Driver(server, "hosts", hosts=f"127.0.0.1:{dead}") as driver:
        contains(driver.wait("down"), f"127.0.0.1:{dead}")
        driver.none("up")
        driver.say("remove")
        equal(driver.wait("removed"), "no", "removed")


def alarm(server):
    """A server that is short of disk takes nothing, delivers all the same, and takes it later."""
    with Driver(server, "alarm") as driver:
        driver.say("many", "jobs", "a/", 0, 3)
        driver.confirmed(*(f"jobs a/{i}" for i in range(3)))
        server.ctl("set_disk_free_limit", "1000000GB")
        driver.say("publish", "jobs", "a/3", "x")
        contains(driver.wait("blocked"), "disk")
        driver.say("big", "results", "a/4", 16 * MIB)
        driver.say("auto", "jobs")
        equal([driver.message().id for _ in range(3)], [f"a/{i}" for i in range(3)], "delivered meanwhile")
        driver.none("confirmed")
        with Driver(server, "alarm") as other:
            other.say("big", "results", "a/5", 16 * MIB)
            other.wait("blocked")  # and is closed in the middle of it
        server.ctl("set_disk_free_limit", "50MB")
        driver.wait("unblocked")
        driver.confirmed("jobs a/3", "results a/4")
        equal(driver.message().id, "a/3", "delivered afterwards")
        driver.say("remove")
        equal(driver.wait("removed"), "yes", "removed")


def crash(server):
    """The server is killed in the middle of it all: what was confirmed is there, and the rest is sent again."""
    count, half = 5000, 2500
    with Driver(server, "crash") as submit, Driver(server, "crash") as worker, Driver(server, "crash", prefetch=100) as collect:
        for driver in (submit, worker):
            driver.wait("up")
        worker.say("consume", "jobs")
        submit.say("many", "jobs", "c/", 0, half)
        confirmed = {submit.wait("confirmed") for _ in range(half)}
        old = worker.message()
        submit.say("many", "jobs", "c/", half, count - half)
        confirmed.add(submit.wait("confirmed"))
        server.kill()
        for driver in (submit, worker):
            contains(driver.wait("down"), server.hosts)
        before = len(confirmed) + len(submit.seen["confirmed"])
        server.start()
        while len(confirmed) < count:
            confirmed.add(submit.wait("confirmed"))
        worker.say("ack", old.tag)  # of the connection that is no more: passed over
        worker.wait("up")
        worker.kill()
        collect.say("auto", "jobs")
        ids = collections.Counter()
        while len(ids) < count:
            ids[collect.message().id] += 1
        equal({f"jobs {name}" for name in ids}, confirmed, "delivered and confirmed")
        collect.none("message")
        print(f"    {before} confirmed before the crash, {count} after it, all delivered, {ids.total() - count} more than once")


def administrator_stops(server):
    with Driver(server, "stops") as driver:
        driver.say("consume", "jobs")
        driver.wait("up")
        server.stop()
        contains(driver.wait("down"), server.hosts)
        driver.say("publish", "jobs", "s/1", "meanwhile")
        server.start()
        driver.confirmed("jobs s/1")
        equal(driver.message().id, "s/1", "the message")


CASES = (
    publish_and_consume, large_messages, prefetch, requeue, worker_dies, delivery_limit, full_queue, removal,
    wrong_password, no_rights, no_such_vhost, other_queue, wrong_ca, wrong_host, wrong_certificate, certificates,
    several_hosts, alarm, crash, administrator_stops,
)


def main():
    Driver.program, chosen = sys.argv[1], sys.argv[2:]
    if not broker.available():
        print("rabbitmq-server is not installed")
        return SKIPPED
    failed = 0
    started = time.monotonic()
    with broker.Broker() as server:
        print(f"started in {time.monotonic() - started:.1f} s", flush=True)
        for case in CASES:
            if chosen and case.__name__ not in chosen:
                continue
            began = time.monotonic()
            try:
                case(server)
                result = "ok"
            except Failure as failure:
                result, failed = f"FAILED: {failure}", failed + 1
            print(f"{case.__name__}: {result} ({time.monotonic() - began:.1f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
