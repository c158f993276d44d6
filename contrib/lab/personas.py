"""Faulty servers: one persona per address, each a way to misbehave.

A behaviour is a coroutine: it gets an Exchange (one query, and a way to ask
the real server) and returns the replies to send, in order. No reply means
silence: a lost datagram on UDP, a connection that hangs on TCP.
"""

import asyncio
import collections.abc
import dataclasses
import random
import struct
import time

import plan
import wire


@dataclasses.dataclass(frozen=True)
class Exchange:
    """One query, how it came, and `await ask(query)` for the true answer.

    `ask` asks over the transport of the query, `ask_tcp` over TCP.
    """

    query: bytes
    transport: str
    ask: collections.abc.Callable
    ask_tcp: collections.abc.Callable


class FromOtherPort(bytes):
    """A reply to be sent from another port than the one that was asked."""


REMAINING_TTL_S = 77
PRIVATE_TYPE = 65400  # of RFC 6895 §3.1
CACHED_TTL_S = 3600
STARTED_S = time.monotonic()
OLD_CONTACT = b"\x13old-dcv@example.net"

# Behaviours


async def relay(exchange):
    return [await exchange.ask(exchange.query)]


async def silent(_):
    return []


def says(rcode):
    async def behave(exchange):
        return [wire.make_reply(exchange.query, rcode)]
    return behave


async def truncated(exchange):
    return [wire.make_reply(exchange.query, "NOERROR", put=wire.TC)]


async def lame_referral(exchange):
    """Not authoritative, and refers upward to the root."""
    target = wire.encode_name("ns1.")
    root_ns = b"\0" + wire.RR_FIXED.pack(
        wire.TYPES["NS"], wire.CLASS_IN, 300, len(target)) + target
    return [wire.make_reply(exchange.query, "NOERROR", authority=root_ns)]


async def garbage(exchange):
    return [exchange.query[:2] + b"\xff" * 38]


async def compression_loop(exchange):
    """An answer whose owner name is a pointer to itself."""
    here = wire.question(exchange.query).end
    owner = struct.pack("!H", 0xC000 | here)
    fixed = wire.RR_FIXED.pack(wire.TYPES["A"], wire.CLASS_IN, 300, 4)
    return [wire.make_reply(exchange.query, "NOERROR",
                            answer=owner + fixed + bytes(4))]


async def duplicate(exchange):
    return await relay(exchange) * 2


async def from_other_port(exchange):
    return [FromOtherPort(reply) for reply in await relay(exchange)]


async def spoof_first(exchange):
    """Two forgeries that say NXDOMAIN arrive before the true answer."""
    forged = wire.make_reply(exchange.query, "NXDOMAIN", put=wire.RA)
    return [wrong_id(forged), swap_case(forged), *await relay(exchange)]


async def without_do(exchange):
    """Pass the query on as a forwarder that knows nothing of DNSSEC does."""
    query = wire.with_flags(exchange.query, clear=wire.AD)
    opt = wire.find_opt(query)
    if opt:
        query = query[:opt.ttl_at + 2] + b"\0\0" + query[opt.ttl_at + 4:]
    reply = await exchange.ask(query)
    return [wire.with_flags(reply, clear=wire.AD)]


async def oversized(exchange):
    """The whole answer in one datagram, whatever size the query allows."""
    return [await exchange.ask_tcp(exchange.query)]


async def lost_when_large(exchange):
    """As oversized(), on a path that loses fragments."""
    (reply,) = await oversized(exchange)
    return [reply] if len(reply) <= wire.UDP_PAYLOAD else []


def answers(type_name, data, ttl_s=lambda: 300):
    """As a resolver: one record, whatever is true; nothing is validated."""
    async def behave(exchange):
        record = wire.record_octets(type_name, ttl_s(), data)
        return [wire.make_reply(exchange.query, "NOERROR", put=wire.RA, answer=record,
                                edns=bool(wire.find_opt(exchange.query)))]
    return behave


def denies(ttl_s=lambda: 300):
    """As a resolver: NODATA with an SOA."""
    async def behave(exchange):
        soa = wire.encode_name("ns1.") * 2 + struct.pack("!5I", 1, 7200, 900, 1209600, CACHED_TTL_S)
        record = wire.record_octets("SOA", ttl_s(), soa)
        return [wire.make_reply(exchange.query, "NOERROR", put=wire.RA, authority=record,
                                edns=bool(wire.find_opt(exchange.query)))]
    return behave


def remaining_ttl_s():
    """Of what was cached when the lab started."""
    return max(0, CACHED_TTL_S - int(time.monotonic() - STARTED_S))


def answers_nxdomain(behaviour):
    """As filters and captive portals do: an answer where there is none."""
    async def behave(exchange):
        (reply,) = await relay(exchange)
        return await behaviour(exchange) if wire.rcode_name(reply) == "NXDOMAIN" else [reply]
    return behave


async def wrong_alias(exchange):
    """The CNAME that was made from a DNAME leads to another name than it must."""
    (reply,) = await relay(exchange)
    octets = bytearray(reply)
    answer = [record for record in wire.records(reply) if record.section == 0]
    if any(record.rrtype == wire.TYPES["DNAME"] for record in answer):
        for record in answer:
            if record.rrtype == wire.TYPES["CNAME"]:
                # The first letter of its target.
                octets[record.rdata_at + 1] ^= 1
    return [bytes(octets)]


async def wrong_denial(exchange):
    """Denies with the NSEC of another name than the one that was asked for."""
    reply = await exchange.ask(exchange.query)
    zone = wire.denied_in(reply)
    if zone is None:
        return [reply]
    other = await exchange.ask(wire.with_name(exchange.query, b"\3www" + zone))
    return [wire.with_name(other, wire.question_name(exchange.query))]


def slow(seconds, behaviour=relay):
    """Half of the delay on the way in, half on the way out."""
    async def behave(exchange):
        await asyncio.sleep(seconds / 2)
        replies = await behaviour(exchange)
        await asyncio.sleep(seconds / 2)
        return replies
    return behave


def lossy(share):
    """Lose this share of the UDP exchanges, the same ones in every run."""
    dice = random.Random(share)

    async def behave(exchange):
        lost = exchange.transport == "udp" and dice.random() < share
        return await (silent if lost else relay)(exchange)
    return behave


# Combinators


def edited(edit):
    """Relay, and edit the answer."""
    async def behave(exchange):
        return [edit(reply) for reply in await relay(exchange)]
    return behave


def only(type_name, behaviour, otherwise=relay):
    """Misbehave only when asked for one type."""
    async def behave(exchange):
        hit = wire.question(exchange.query).type_name == type_name
        return await (behaviour if hit else otherwise)(exchange)
    return behave


def within(zone, behaviour):
    """Misbehave only for names in one zone."""
    async def behave(exchange):
        name = "." + wire.question(exchange.query).name.lower()
        return await (behaviour if name.endswith("." + zone) else relay)(exchange)
    return behave


def if_edns(behaviour):
    """Misbehave only when the query has an OPT record."""
    async def behave(exchange):
        return await (behaviour if wire.find_opt(exchange.query) else relay)(exchange)
    return behave


def per_transport(udp, tcp):
    async def behave(exchange):
        return await (udp if exchange.transport == "udp" else tcp)(exchange)
    return behave


# Ids seen by wrong_id(), by question.
SEEN_IDS = {}

# Edits of a reply


def wrong_id(reply):
    """An id that no packet with this question had lately: another one under way could have it by chance."""
    key, taken = reply[wire.HEADER.size:wire.question(reply).end], int.from_bytes(reply[:2], "big")
    ids = SEEN_IDS.setdefault(bytes(key).lower(), set())
    ids.add(taken)
    other = taken ^ 0x5500
    while other in ids:
        other = (other + 1) & 0xFFFF
    return other.to_bytes(2, "big") + reply[2:]


def edit_question_name(reply, edit):
    end = wire.question(reply).end - 4
    start = wire.HEADER.size
    return reply[:start] + edit(reply[start:end]) + reply[end:]


def wrong_question(reply):
    """The first letter of the question becomes another one."""
    def edit(name):
        return name[:1] + (b"z" if name[1:2] != b"z" else b"y") + name[2:] if name[0] else name
    return edit_question_name(reply, edit)


def swap_case(reply):
    # Length octets are below 64 and so never letters.
    return edit_question_name(reply, bytes.swapcase)


def lower_case(reply):
    return edit_question_name(reply, bytes.lower)


def strip_ad(reply):
    return wire.with_flags(reply, clear=wire.AD)


def strip_aa(reply):
    return wire.with_flags(reply, clear=wire.AA)


def from_cache(reply):
    """As a resolver has it: not authoritative, with what remains of the TTL."""
    octets = bytearray(wire.with_flags(reply, clear=wire.AA, put=wire.RA))
    for record in wire.records(reply):
        if record.rrtype != wire.TYPES["OPT"]:
            struct.pack_into("!I", octets, record.ttl_at, REMAINING_TTL_S)
    return bytes(octets)


def without_soa(reply):
    """NODATA, and no SOA to say for how long."""
    if wire.denied_in(reply) is None or wire.rcode_name(reply) != "NOERROR":
        return reply
    return wire.without_authority(reply)


def without_denials(reply):
    """NSEC and NSEC3 with their signatures become records of a private type: as good as gone."""
    octets, gone = bytearray(reply), {wire.TYPES["NSEC"], wire.TYPES["NSEC3"]}
    for record in wire.records(reply):
        covered = struct.unpack_from("!H", reply, record.rdata_at)[0] if record.rrtype == wire.TYPES["RRSIG"] else record.rrtype
        if covered in gone:
            struct.pack_into("!H", octets, record.ttl_at - 4, PRIVATE_TYPE)
    return bytes(octets)


def cut_short(reply):
    """Half of what follows the question is missing, TC is not set."""
    end = wire.question(reply).end
    return reply[:end + (len(reply) - end) // 2]


# The table


@dataclasses.dataclass(frozen=True)
class Persona:
    """`tcp` is False where TCP connections are refused.

    `upstream`: the honest server behind it in the lab, if not the usual one.
    """

    name: str
    behaviour: collections.abc.Callable
    text: str
    tcp: bool = True
    upstream: str = ""


RESOLVER_SIDE = (
    Persona("relay", relay, "honest; for counting queries"),
    Persona("drop", silent, "never answers"),
    Persona("refused", says("REFUSED"), "REFUSED to everything"),
    Persona("servfail", says("SERVFAIL"), "SERVFAIL to everything"),
    Persona("garbage", garbage, "the right id, then 0xff"),
    Persona("wrong-id", edited(wrong_id), "answers with another id"),
    Persona("wrong-question", edited(wrong_question), "answers another question"),
    Persona("spoof-first", per_transport(spoof_first, relay),
            "wrong id and wrong case, both NXDOMAIN, then the true answer"),
    Persona("lower-case", edited(lower_case), "question lower-cased in the answer"),
    Persona("tcp-only", per_transport(truncated, relay), "UDP answers are TC=1 and empty"),
    Persona("tc-tcp-dead", truncated, "UDP TC=1, TCP refused", tcp=False),
    Persona("tc-tcp-hang", per_transport(truncated, silent), "UDP TC=1, TCP silent"),
    Persona("slow-50ms", slow(0.050), "50 ms round trip"),
    Persona("loss-30", lossy(0.30), "30 % of the UDP exchanges are lost"),
    Persona("duplicate", per_transport(duplicate, relay), "every UDP answer twice"),
    Persona("no-edns", if_edns(says("FORMERR")), "FORMERR without OPT to EDNS queries"),
    Persona("drops-edns", if_edns(silent), "silent to EDNS queries"),
    Persona("strips-dnssec", without_do, "no RRSIG, no NSEC, no AD, whatever DO says"),
    Persona("strips-ad", edited(strip_ad), "AD is never set"),
    Persona("short", edited(cut_short), "the packet ends within a record"),
    Persona("compression-loop", compression_loop, "an owner name points to itself"),
    Persona("wrong-source", per_transport(from_other_port, relay),
            "UDP answers come from another port"),
    Persona("slow-servfail", slow(3.0, says("SERVFAIL")), "SERVFAIL after 3 s"),
    Persona("hides-dnssec", only("DS", denies(), only("DNSKEY", denies(), without_do)),
            "as strips-dnssec, and NODATA to DS and DNSKEY"),
    Persona("stale-txt", only("TXT", answers("TXT", OLD_CONTACT, remaining_ttl_s)),
            "an old contact to all TXT, with what remains of an hour"),
    Persona("stale-nodata", only("TXT", denies(remaining_ttl_s)),
            "NODATA to all TXT, with what remains of an hour"),
    Persona("split-view", within("split-view.example.", only(
        "A", answers("A", bytes([10, 53, 0, 80])), only("TXT", answers("TXT", OLD_CONTACT)))),
            "another A and TXT for split-view.example"),
    Persona("nxdomain-a", answers_nxdomain(only(
        "A", answers("A", bytes([192, 0, 2, 99])), denies())),
            "192.0.2.99 instead of NXDOMAIN, NODATA for other types"),
    Persona("wrong-alias", wrong_alias, "CNAMEs that do not follow from their DNAME"),
    Persona("strips-denials", edited(without_denials), "no NSEC and NSEC3; all other signatures"),
    Persona("no-dnskey", only("DNSKEY", denies()), "NODATA to DNSKEY"),
    Persona("no-ds", only("DS", denies()), "NODATA to DS"),
)

AUTHORITY_SIDE = (
    Persona("auth-relay", relay, "honest; for counting queries"),
    Persona("auth-drop", silent, "never answers"),
    Persona("auth-refused", says("REFUSED"), "REFUSED to everything"),
    Persona("auth-servfail", says("SERVFAIL"), "SERVFAIL to everything"),
    Persona("auth-servfail-caa", only("CAA", says("SERVFAIL")), "SERVFAIL to CAA"),
    Persona("auth-drop-caa", only("CAA", silent), "silent to CAA"),
    Persona("auth-refused-caa", only("CAA", says("REFUSED")), "REFUSED to CAA"),
    Persona("auth-notimp-caa", only("CAA", says("NOTIMP")), "NOTIMP to CAA"),
    Persona("auth-drop-mx", only("MX", silent), "silent to MX"),
    Persona("auth-lame", lame_referral, "upward referral, not authoritative"),
    Persona("auth-no-aa", edited(strip_aa), "the right data without AA"),
    Persona("auth-slow", slow(0.300), "300 ms round trip"),
    Persona("auth-tcp-dead", relay, "TCP refused", tcp=False),
    Persona("auth-no-edns", if_edns(says("FORMERR")), "FORMERR without OPT to EDNS queries"),
    Persona("auth-lower-case", edited(lower_case), "question lower-cased in the answer"),
    Persona("auth-wrong-denial", wrong_denial, "denies with the NSEC of www"),
    Persona("auth-parent", relay, "holds only example., and refers",
            upstream=plan.TLD_ADDRESS["example"]),
    Persona("auth-recursive", edited(from_cache), "a resolver's answers: RA, no AA, TTLs of a cache"),
    Persona("auth-udp-dead", per_transport(silent, relay), "UDP silent, TCP answers"),
    Persona("auth-tcp-hang", per_transport(relay, silent), "TCP accepts and is silent"),
    Persona("auth-truncates", per_transport(truncated, relay), "UDP answers are TC=1 and empty"),
    Persona("auth-drops-edns", if_edns(silent), "silent to EDNS queries"),
    Persona("auth-refused-txt", only("TXT", says("REFUSED")), "REFUSED to TXT"),
    Persona("auth-no-soa", edited(without_soa), "NODATA without SOA"),
    Persona("auth-strips-dnssec", without_do, "no RRSIG, no NSEC, whatever DO says"),
    Persona("auth-oversize", per_transport(oversized, relay), "UDP answers of any size"),
    Persona("auth-drops-large", per_transport(lost_when_large, relay),
            f"UDP answers of more than {wire.UDP_PAYLOAD} octets are lost"),
    Persona("auth-slow-1s", slow(1.0), "1 s round trip"),
    Persona("auth-loss-30", lossy(0.30), "30 % of the UDP exchanges are lost"),
    Persona("auth-duplicate", per_transport(duplicate, relay), "every UDP answer twice"),
    Persona("auth-servfail-dnskey", only("DNSKEY", says("SERVFAIL")), "SERVFAIL to DNSKEY"),
)

BY_NAME = {persona.name: persona for persona in RESOLVER_SIDE + AUTHORITY_SIDE}


def _addresses():
    for table, (prefix, first) in ((RESOLVER_SIDE, plan.RESOLVER_PERSONA_BASE),
                                   (AUTHORITY_SIDE, plan.AUTHORITY_PERSONA_BASE)):
        for number, persona in enumerate(table, first):
            yield persona.name, f"{prefix}.{number}"


ADDRESS = dict(_addresses())


def upstream(persona):
    """The honest server behind a persona in the lab."""
    return persona.upstream or (plan.RESOLVER if persona in RESOLVER_SIDE else plan.FIRST)
