#!/usr/bin/python3
"""A request of a hundred names is one order: looked up in one pass, each question asked once, reported on one page.

orders.py DCVREADY
"""

import collections
import json
import sys
import unicodedata

from tool import LAB, SUPPORT, Failure, run_checks

sys.path[:0] = [str(LAB), str(SUPPORT)]

import personas  # noqa: E402
import plan  # noqa: E402
import x509  # noqa: E402

BASES = ("example.jp", "example.com", "example.co.jp")
WIDTH = 80
RESELLERS = {"iij-digicert": 8, "iij-cybertrust": 2, "iij-globalsign": 4}  # how many products each sells
DAY = ("--as-of", "2026-11-21")
SMALL = "name www.example.jp\nname example.jp\nname *.example.com\nname example.com\nsubject CN=www.example.jp\n"


def require(condition, text):
    if not condition:
        raise Failure(text)


def hundred():
    """Hosts on two levels under three base domains, which are among them, and so are their wildcards."""
    names = []
    for base in BASES:
        names += [base, f"*.{base}", f"www.{base}"]
        names += [f"app{number}.{base}" for number in range(15)] + [f"n{number}.inside.{base}" for number in range(15)]
    return [*names, "sub.example.jp"]


def request(directory, names, *more):
    return x509.write(directory, "csr", "\n".join([f"name {name}" for name in names] + [f"subject CN={names[0]}", *more, ""]))


def asked(log):
    """Questions that reached the resolver since the log was so long."""
    with open(plan.query_log(), encoding="latin-1") as file:
        lines = file.read().splitlines()
    return [tuple(line.split("\t")[1:]) for line in lines[log:]]


def questions(log):
    """How often each was sent."""
    return collections.Counter((name.lower().rstrip("."), kind) for persona, _, name, kind in asked(log) if persona == "relay")


def require_once(documents, sent):
    """Each question was one lookup of one of the names; a packet that is lost on the way to the relay's log is sent again, and counted as
    a try. Returns the number of tries."""
    looked_up = {}
    for document in documents[:-1]:
        for fact in document["facts"]:
            if fact["kind"] == "dns" and not fact["cached"]:
                question = (fact["name"].lower().rstrip("."), fact["type"])
                # One lookup, of what the resolver is able to, is in every document.
                require(looked_up.setdefault(question, fact) == fact, f"{question} was looked up twice")
    looked_up = collections.Counter({question: fact["tries"] for question, fact in looked_up.items()})
    require(set(looked_up) == set(sent), f"sent and looked up differ: {sorted(set(looked_up) ^ set(sent))[:5]}")
    require(not sent - looked_up, f"sent more often than tried: {sorted(sent - looked_up)[:5]}")
    return looked_up.total()


def log_length():
    return len(asked(0)) if plan.query_log().exists() else 0


def columns(line):
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


# Lookups


def check_each_question_once(tool, directory):
    csr = request(directory, hundred())
    before = log_length()
    documents, status = tool.json("check", "--csr", csr, "--facts", "--no-authority", "--no-whois", *DAY, "--resolver", personas.ADDRESS["relay"])
    sent = questions(before)
    order = documents[-1]
    require(status == 0, f"status {status}")
    tries = require_once(documents, sent)
    require(order["dns"]["queries"] == tries, f"{order['dns']['queries']} queries are reported, {tries} were tried")
    # The bases' own records, in whatever number of names they decide.
    for base in BASES:
        for name, kind in ((base, "MX"), (base, "CAA"), (base, "SOA"), (f"_validation-contactemail.{base}", "TXT")):
            require((name, kind) in sent, f"{name} {kind} was not asked")
    cached = sum(document["dns"]["cached"] for document in documents[:-1])
    require(order["dns"]["cached"] == cached > len(sent), f"{cached} answers came from the cache")


def check_siblings_share(tool, directory):
    """The sibling of a name costs what is its own, and no more."""
    before = log_length()
    documents, _ = tool.json("check", "--order", "example.jp", "--facts", "--no-whois", *DAY, "--also-www", "--resolver", personas.ADDRESS["relay"], status=0)
    sent = questions(before)
    require_once(documents, sent)
    require(sent["example.jp", "MX"] >= 1 and sent["www.example.jp", "MX"] >= 1, f"{sent}")


# The document


def check_document(tool, directory):
    names = hundred()
    documents, _ = tool.json("check", "--csr", request(directory, names), *DAY)
    order = documents[-1]
    require(len(names) == 100 and len(documents) == 101, f"{len(documents)} documents")
    require([document["name"] for document in documents[:-1]] == names, "the names are not in the order of the request")
    require([row["name"] for row in order["names"]] == names, "the order lists other names")
    require({row["origin"] for row in order["names"]} == {"csr"}, "origins differ")
    require(order["schema"] == "dcvready/order/1" and order["verdict"] == "ready", f"{order['schema']} {order['verdict']}")
    for ca in order["cas"]:
        check_coverage(ca, names)
    # A CA that mails addresses at the very name only has none for most.
    exact = next(ca for ca in order["cas"] if ca["ca"] == "cybertrust")
    require(exact["verdict"] == "not-ready" and len(exact["uncovered"]) == 91 == exact["names"]["not_ready"], f"{exact['names']}")


def check_coverage(ca, names):
    """One table at each CA: what is at the base domains approves all, and three mailboxes are enough."""
    title = ca["ca"]
    under = {base: [number for number, name in enumerate(names) if name.endswith(base)] for base in BASES}
    rows = {row["adn"]: row for row in ca["adns"]}
    require(len(rows) == len(ca["adns"]), f"{title}: an ADN has two rows")
    approved = set().union(*(mailbox["names"] for mailbox in ca["mailboxes"]))
    require(approved == set(range(100)) - set(ca["uncovered"]), f"{title}: {sorted(approved)}")
    counts = [len(mailbox["names"]) for mailbox in ca["mailboxes"]]
    require(counts == sorted(counts, reverse=True), f"{title}: those of most names are not first")
    chosen = [mailbox for mailbox in ca["mailboxes"] if mailbox["address"] in ca["smallest"]["addresses"]]
    require(set().union(*(mailbox["names"] for mailbox in chosen)) == approved, f"{title}: the smallest set does not approve all")
    require(ca["smallest"]["proven"], f"{title}: not proven")
    if title in ("sectigo", "globalsign", "digicert"):
        require(ca["names"]["ready"] == 100, f"{title}: {ca['names']}")
        require(len(chosen) == 3 and not ca["uncovered"], f"{title}: {ca['smallest']}")
        for base in BASES:
            require(rows[base]["names"] == under[base], f"{title}: {base} approves {rows[base]['names']}")


def check_record(tool, directory):
    csr, tape = request(directory, hundred()), directory / "tape"
    for form in (("--format", "json", "--facts"), ("--ca", "sectigo"), ("--format", "jsonl"), ("-v", "--lang", "ja")):
        recorded = tool.run("check", "--csr", csr, *DAY, *form, "--record", tape)
        replayed = tool.run("check", "--csr", csr, *DAY, *form, "--replay", tape, status=recorded.returncode)
        require(recorded.stdout == replayed.stdout, f"{form}: the replay differs from the recording")
        tape.unlink()
    # A tape tells where its names come from: it need not be said again.
    cert = x509.write(directory, "cert", SMALL + "ip 192.0.2.1\n")
    for given, again in ((("--cert", cert), ("--cert", cert)), (("--also-www", "example.jp"), ()), (("--csr", csr, "--also-www"), ("--product", "org-auth-wildcard"))):
        tool.run("check", *given, *DAY, "--ca", "iij-globalsign", "--record", tape)
        replayed, _ = tool.json("check", *again, *DAY, "--ca", "iij-globalsign", "--replay", tape)
        live, _ = tool.json("check", *given, *DAY, "--ca", "iij-globalsign", "--replay", tape)
        for document, other in zip(replayed, live):
            for key in ("name", "also_www", "names", "verdict"):
                require(document.get(key) == other.get(key) or key not in other, f"{given}: {key} differs")
        tape.unlink()


def check_record_certificate(tool, directory):
    """The names of a certificate come from the tape: as names of the certificate, which is not compared with them then."""
    cert = x509.write(directory, "cert", "name example.jp\nname EXAMPLE.jp\nip 192.0.2.1\nsubject CN=www.example.jp\n")
    tape = directory / "tape"
    for form in (("--format", "json"), ("-q",), ()):
        command = ("check", "--cert", cert, "--also-www", "--ca", "sectigo", *DAY, *form)
        recorded = tool.run(*command, "--record", tape, status=1)
        replayed = tool.run(*command, "--replay", tape, status=1)
        require(recorded.stdout == replayed.stdout, f"{form}: the replay differs from the recording")
        tape.unlink()


# The page


def check_page(tool, directory):
    csr = request(directory, hundred(), "subject O=\\xe6\\xa0\\xaa\\xe5\\xbc\\x8f\\xe4\\xbc\\x9a\\xe7\\xa4\\xbe")
    for language in ("en", "ja"):
        for arguments, most in ((("--ca", "sectigo"), 70), ((), 130), (("--ca", "iij-globalsign,iij-digicert"), 140),
                                (("--ca", "letsencrypt"), 60), (("--product", "quick-auth"), 90), (("--also-www", "--ca", "sectigo"), 90)):
            page = tool.run("check", "--csr", csr, *DAY, *arguments, "--lang", language).stdout.splitlines()
            wide = [line for line in page if columns(line) > WIDTH and " IN " not in line]  # zone-file lines are to be copied
            require(not wide, f"{arguments} {language}: wider than {WIDTH}: {wide[:2]}")
            require(len(page) <= most, f"{arguments} {language}: {len(page)} lines")


def check_forms(tool, directory):
    names = hundred()
    csr = request(directory, names)
    quiet = tool.run("check", "--csr", csr, *DAY, "--ca", "sectigo", "-q", status=0).stdout.splitlines()
    require(quiet == [f"{name}\tready\t1/1\t-" for name in names] + ["order\tready\t1/1\t100\t-"], f"-q: {quiet[:2]} … {quiet[-1:]}")
    lines = [json.loads(line) for line in tool.run("check", "--csr", csr, *DAY, "--format", "jsonl", status=0).stdout.splitlines()]
    array, _ = tool.json("check", "--csr", csr, *DAY)
    require([line["schema"] for line in lines] == ["dcvready/report/1"] * 100 + ["dcvready/order/1"], "jsonl: other documents")
    require([line.get("name") for line in lines] == [document.get("name") for document in array], "jsonl and json differ")
    verbose = tool.run("check", "--csr", csr, *DAY, "--ca", "sectigo", "-v", status=0).stdout.splitlines()
    require([line for line in verbose if line in names] == names, "-v does not show each name")
    require(verbose.index("Order of 100 names") > verbose.index(names[-1]), "-v does not end with the order")


# What goes with an order


def check_also_www(tool, directory):
    names = [name for name in hundred() if not name.startswith(("n", "app"))]
    documents, status = tool.json("check", "--csr", request(directory, names), "--ca", "sectigo", "--also-www", *DAY)
    rows = documents[-1]["names"]
    added = [row["name"] for row in rows if row["origin"] == "also-www"]
    require(status == 0 and added == ["www.sub.example.jp"], f"status {status}, added {added}")
    require([document["name"] for document in documents[:-1] if document["also_www"]] == added, "the reports say other names are added")
    documents, _ = tool.json("check", "--also-www", "--ca", "sectigo", *DAY, "example.jp", "www.caa-other.example", "*.example.com", "co.jp", "a..b")
    got = [(document["name"], document.get("also_www")) for document in documents]
    require(got == [("example.jp", False), ("www.example.jp", True), ("www.caa-other.example", False), ("caa-other.example", True),
                    ("*.example.com", False), ("co.jp", False), ("a..b", None)], f"{got}")
    documents, status = tool.json("check", "--order", "www.caa-other-ok.example,example.jp", "--also-www", "--ca", "sectigo", *DAY)
    require(status == 0 and len(documents[-1]["names"]) == 4, f"status {status}: {documents[-1]['names']}")
    # A sibling that is not ready is one of the names: the whole is not ready.
    documents, status = tool.json("check", "--order", "www.caa-wildcard-denied.example", "--also-www", "--ca", "sectigo", *DAY)
    require(len(documents) == 3, f"{len(documents)} documents")


def check_products(tool, directory):
    for reseller, count in RESELLERS.items():
        profile, _ = tool.json("cas", reseller)
        profile = profile[0] if isinstance(profile, list) else profile
        products = profile["products"] if "products" in profile else profile["cas"][0]["products"]
        require(len(products) == count, f"{reseller} sells {len(products)} products")
        for product in products:
            check_product(tool, reseller, product["id"], "example.jp,www.example.jp", 0)
            check_product(tool, reseller, product["id"], "*.example.jp,example.jp", 0 if product["wildcard"] else 1)


def check_product(tool, reseller, product, names, status):
    title = f"{product} for {names}"
    documents, _ = tool.json("check", "--product", product, "--order", names, *DAY, status=status)
    order = documents[-1]
    require([ca["ca"] for ca in order["cas"]] == [reseller], f"{title}: judged for {[ca['ca'] for ca in order['cas']]}")
    require(order["product"]["id"] == product and len(order["product"]["steps"]) >= 5, f"{title}: {order['product']}")
    ids = {finding["id"] for finding in order["findings"]}
    require(("product-no-wildcard" in ids) == (status != 0), f"{title}: {ids}")
    for language, lead in (("en", f"  Product {product}: "), ("ja", f"  製品 {product}: ")):
        page = tool.run("check", "--product", product, "--order", names, *DAY, "--lang", language, status=status).stdout.splitlines()
        require(any(line.startswith(lead) for line in page), f"{title}: the page has no line {lead!r}: {page}")
        require(all(columns(line) <= WIDTH for line in page if " IN " not in line), f"{title}: a line is too wide")
    # In whatever case, and beside other CAs.
    documents, _ = tool.json("check", "--product", product.upper(), "--ca", f"sectigo,{reseller}", "--order", names, *DAY)
    require([ca["ca"] for ca in documents[-1]["cas"]] == ["sectigo", reseller], f"{title}: --ca is not heeded")


def check_other_commands(tool, directory):
    names = [line.removeprefix("name ") for line in SMALL.splitlines() if line.startswith("name ")]
    csr, cert = x509.write(directory, "csr", SMALL), x509.write(directory, "cert", SMALL)
    for command in (("approvers",), ("approvers", "--all"), ("accepts", "admin@example.jp"), ("check", "-q", "--ca", "sectigo")):
        typed = tool.run(*command, *DAY, "--", *names)
        for given in (("--csr", csr), ("--cert", cert), ("--order", ",".join(names)), ("--order", names[0], "--order", ",".join(names[1:]))):
            done = tool.run(*command, *DAY, *given, status=typed.returncode if command[0] != "check" else None)
            got = "".join(line for line in done.stdout.splitlines(keepends=True) if not line.startswith("order\t"))
            require(got == typed.stdout, f"{command} {given[0]}: {got[:200]!r}, not {typed.stdout[:200]!r}")
    done = tool.run("accepts", "admin@example.jp", "--csr", csr, "--ca", "sectigo", *DAY, status=1)
    require(done.stdout.count("\nyes: sectigo\n") == 2 and done.stdout.count("\nno: sectigo\n") == 2, done.stdout)


def check_exit(tool, directory):
    """One CA is wanted for all names: that each name has some CA is not enough."""
    split = "example.jp,www.caa-other.example"
    names, status = tool.json("check", "--ca", "sectigo", *DAY, *split.split(","))
    require(status == 1, f"names: {status}")
    for arguments, expected in (((), 3), (("--ca", "sectigo"), 1), (("--ca", "fujissl"), 3), (("--ca", "sectigo,fujissl"), 1)):
        done = tool.run("check", "--order", split, *DAY, *arguments, "-q")
        require(done.returncode == expected, f"{arguments}: {done.returncode}")
    done = tool.run("check", "--order", "example.jp,a..b", *DAY, "--ca", "sectigo", "-q", status=2)
    require(done.stdout.splitlines()[-1] == "order\tnot-ready\t0/1\t2\t-", done.stdout)
    done = tool.run("check", "--order", "example.jp", *DAY, "--ca", "sectigo", "-q", status=0)
    require(done.stdout.splitlines()[-1] == "order\tready\t1/1\t1\t-", done.stdout)


def check_certificate_unread(tool, directory):
    """Where a server shows no certificate its names are not known, and nothing is ready; beside names it is said."""
    tape = directory / "tape"
    for command in (("check", "-q"), ("check", "--format", "json"), ("approvers",), ("accepts", "admin@example.jp")):
        arguments = (*command, "--connect", "example.jp:1", "--ca", "sectigo", *DAY)
        live = tool.run(*arguments, "--record", tape, status=3)
        replayed = tool.run(*arguments, "--replay", tape, status=3)
        require((live.stdout, live.stderr) == (replayed.stdout, replayed.stderr), f"{command}: the replay differs from the recording")
        require("example.jp:1 could not be read" in live.stderr, f"{command}: {live.stderr}")
        tape.unlink()
    tool.run("check", "-q", "--connect", "example.jp:1", "--ca", "sectigo", *DAY, "example.jp", status=0)


# Hostile requests


HOSTILE = ("\\x1b[31mred.example.jp", "a\\x00b.example.jp", "{subject}.example.jp", "a\"b'.example.jp", "\\xe2\\x80\\xaee.example.jp",
           "%s%n.example.jp", "x\\ny.example.jp", "\\x9b0m.jp", "a\\x7f.jp", "<script>.jp", "{}", "{0}", "\\\\", "$(id).jp", "a" * 300 + ".jp")


def check_hostile(tool, directory):
    """What the request holds is shown escaped and breaks nothing."""
    lines = [f"{key} {prefix}{text}" for text in HOSTILE for key, prefix in (("name", ""), ("email", ""), ("uri", "http://"))]
    lines += [f"subject {kind}={text}" for text in HOSTILE if text != "\\x9b0m.jp" for kind in ("CN", "O")]
    csr = x509.write(directory, "csr", "\n".join([*lines, "name www.example.jp", ""]))
    for form in ((), ("-v",), ("-v", "--lang", "ja"), ("-q",), ("--format", "json"), ("--format", "jsonl")):
        done = tool.run("check", "--csr", csr, "--ca", "iij-globalsign,sectigo", *DAY, *form, status=1)
        bad = [char for char in done.stdout if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and char not in "\n\t"]
        require(not bad, f"{form}: {bad[:3]}")
    documents, _ = tool.json("check", "--csr", csr, "--ca", "iij-globalsign", *DAY)
    order = documents[-1]
    said = {finding["subject"] for finding in order["findings"] if finding["id"] == "san-invalid"}
    require(len(said) == len(HOSTILE), f"{len(said)} of {len(HOSTILE)} names are refused: {sorted(said)}")
    texts = [finding["text"] for finding in order["findings"] if finding["id"] == "san-invalid"]
    require(any("'{subject}.example.jp'" in text for text in texts), f"a name was taken for a place: {texts}")
    require(len(order["request"]["alternative_names"]) == 3 * len(HOSTILE) + 1, "names are missing from the document")


CHECKS = (check_each_question_once, check_siblings_share, check_document, check_record, check_record_certificate, check_page, check_forms,
          check_also_www, check_products, check_other_commands, check_exit, check_certificate_unread, check_hostile)


if __name__ == "__main__":
    run_checks(CHECKS, __doc__)
