#!/usr/bin/python3
"""Every #include of src/ keeps to src/LAYERS, and only the modules named below reach for the world."""

import re

import source

# The row of LAYERS calls a library by this name; a header that no row of this table matches is of libc or POSIX.
THIRD_PARTY = (
    ("uthash", r"ut(hash|list|array|string|ringbuffer)\.h"),
    ("unistring", r"uni(str|width|ctype|norm|case|conv|name|wbrk|lbrk|stdio|types)\.h"),
    ("icu", r"unicode/.*"),
    ("psl", r"libpsl\.h"),
    ("cyaml", r"cyaml/.*"),
    ("yaml", r"yaml\.h"),
    ("ldns", r"ldns/.*"),
    ("jansson", r"jansson.*\.h"),
    ("ares", r"ares.*\.h"),
    ("curl", r"curl/.*"),
    ("openssl", r"openssl/.*"),
    ("sqlite3", r"sqlite3\.h"),
    ("rabbitmq", r"amqp.*\.h|rabbitmq-c/.*"),
    ("libintl", r"libintl\.h"),
)

CALL = r"(?<![\w.>])(?:{})\s*\("
# What it is, who may, and how it looks.
WORLD = (
    (
        "names FILE or opens a file",
        {"base", "report", "cli"},
        re.compile(r"\bFILE\b|" + CALL.format("fopen|fdopen|freopen|open_memstream")),
    ),
    (
        "names a socket",
        {"net"},
        re.compile(CALL.format("socket|connect|bind|listen|accept4?|sendto|recvfrom|getaddrinfo|gethostbyname")),
    ),
    (
        "reads the clock",
        {"base"},
        re.compile(CALL.format("clock_gettime|clock|time|gettimeofday|timespec_get|ftime")),
    ),
)
SOCKET_HEADER = re.compile(r"sys/(socket|un|epoll)\.h|netdb\.h|poll\.h|resolv\.h|arpa/nameser\.h")
# They wait for the sockets of a library, which they do not make, and for pipes.
MAY_POLL = {"base", "queue", "api"}


def words(field):
    return set() if field.strip() == "-" else set(field.split())


def read_layers():
    modules = {}
    for line in (source.TOP / "src" / "LAYERS").read_text(encoding="utf-8").splitlines():
        if line[:1].isdigit():
            layer, module, uses, headers, _ = (field.strip() for field in line.split("|"))
            modules[module] = {"layer": int(layer), "uses": words(uses), "headers": words(headers)}
    return modules


def faults_of_table(modules):
    for name, module in modules.items():
        for used in sorted(module["uses"]):
            if used not in modules:
                yield f"{name} may include {used}, which has no row"
            elif modules[used]["layer"] >= module["layer"]:
                yield f"{name} may include {used}, which is in no lower layer"
    if "policy" in modules.get("report", {"uses": set()})["uses"]:
        yield "report may include policy"


def third_party(header):
    return next((name for name, pattern in THIRD_PARTY if re.fullmatch(pattern, header)), None)


def fault_of_include(modules, name, header):
    """What is wrong with this include in the module `name`; None when nothing is."""
    module = modules[name]
    first = header.split("/")[0]
    if header.startswith("dcvready/"):
        # The status codes are those of base; the rest of the interface is implemented by api and used by cli.
        allowed = name in ("api", "cli") or (name == "base" and header == "dcvready/status.h")
        return None if allowed else f"{name} may not include <{header}>"
    if "/" in header and first in modules:
        if first == name or first in module["uses"] or (first == "base" and name != "cli"):
            return None
        return f"{name} may not include {first}"
    library = third_party(header)
    if library is not None and library not in module["headers"]:
        return f"{name} may not include <{header}> ({library})"
    if SOCKET_HEADER.fullmatch(header) and name != "net" and not (header == "poll.h" and name in MAY_POLL):
        return f"{name} may not include <{header}>: only net names a socket"
    return None


def faults_of_includes(modules, name, path):
    for number, header, system in source.includes(path):
        fault = fault_of_include(modules, name, header)
        if fault is None and not system and "/" not in header:
            fault = f'"{header}" does not say its module: headers of ours are named from src/'
        if fault:
            yield path, number, fault


def faults_of_world(name, path):
    for number, line in source.lines(path):
        if line.lstrip().startswith("#"):
            continue
        for what, allowed, pattern in WORLD:
            if name not in allowed and pattern.search(line):
                yield path, number, f"{name} {what}; only {', '.join(sorted(allowed))} may"


def main():
    modules = read_layers()
    table = source.TOP / "src" / "LAYERS"
    faults = [(table, 1, text) for text in faults_of_table(modules)]
    checked = 0
    for path in source.c_files("src"):
        name = path.relative_to(source.TOP / "src").parts[0]
        checked += 1
        if name not in modules:
            faults.append((path, 1, f"{name} has no row in src/LAYERS"))
            continue
        faults.extend(faults_of_includes(modules, name, path))
        faults.extend(faults_of_world(name, path))
    source.finish(faults, checked)


if __name__ == "__main__":
    main()
