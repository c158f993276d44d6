"""A strict reader of iCalendar (RFC 5545), as far as a timeline needs it: what it lets pass, calendars import."""

import re

LINE_OCTETS = 75
NAME = re.compile(r"[A-Z][A-Z0-9-]*")
PARAMETER = re.compile(r';([A-Z0-9-]+)=("[^"\x00-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]*)')
DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
MOMENT = re.compile(r"\d{8}T\d{6}Z")
DURATION = re.compile(r"[+-]?P\d+[DW]")
ESCAPES = {"\\": "\\", ";": ";", ",": ",", "n": "\n", "N": "\n"}
# Of each component: properties that must be there once, those that may, and components inside.
COMPONENTS = {
    "VCALENDAR": ({"VERSION", "PRODID"}, {"CALSCALE", "METHOD"}, {"VEVENT", "VTIMEZONE"}),
    "VEVENT": ({"UID", "DTSTAMP", "DTSTART"}, {"SUMMARY", "DESCRIPTION", "TRANSP"}, {"VALARM"}),
    "VALARM": ({"ACTION", "TRIGGER", "DESCRIPTION"}, set(), set()),
    "VTIMEZONE": ({"TZID"}, set(), {"STANDARD"}),
    "STANDARD": ({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"}, set(), set()),
}
TEXTS = {"SUMMARY", "DESCRIPTION", "UID", "PRODID"}


class Fault(Exception):
    """What a reader would refuse."""


def unfold(octets):
    """The content lines: each ends with CRLF, has at most 75 octets and is UTF-8 by itself."""
    if not octets.endswith(b"\r\n"):
        raise Fault("does not end with CRLF")
    lines = []
    for number, line in enumerate(octets[:-2].split(b"\r\n"), 1):
        if b"\r" in line or b"\n" in line:
            raise Fault(f"line {number}: a CR or LF alone")
        if len(line) > LINE_OCTETS:
            raise Fault(f"line {number}: {len(line)} octets")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Fault(f"line {number}: a character is cut: {error}") from error
        if any(ord(character) < 32 or ord(character) == 127 for character in text):
            raise Fault(f"line {number}: a control character")
        if text.startswith(" "):
            if not lines:
                raise Fault("the first line is folded")
            lines[-1] += text[1:]
        elif not text:
            raise Fault(f"line {number}: empty")
        else:
            lines.append(text)
    return lines


def split(line):
    """(name, parameters, value)"""
    match = NAME.match(line)
    if not match:
        raise Fault(f"no name: {line!r}")
    at, parameters = match.end(), {}
    while line[at : at + 1] == ";":
        parameter = PARAMETER.match(line, at)
        if not parameter:
            raise Fault(f"no parameter: {line!r}")
        parameters[parameter.group(1)] = parameter.group(2).strip('"')
        at = parameter.end()
    if line[at : at + 1] != ":":
        raise Fault(f"no colon: {line!r}")
    return match.group(0), parameters, line[at + 1 :]


def unescape(value):
    out, at = "", 0
    while at < len(value):
        if value[at] in ";,":
            raise Fault(f"not escaped: {value!r}")
        if value[at] == "\\":
            at += 1
            if value[at : at + 1] not in ESCAPES or at == len(value):
                raise Fault(f"no escape: {value!r}")
            out += ESCAPES[value[at]]
        else:
            out += value[at]
        at += 1
    return out


def read_value(component, name, parameters, value):
    if name in TEXTS:
        return unescape(value)
    if name == "DTSTAMP" and not MOMENT.fullmatch(value):
        raise Fault(f"DTSTAMP is no moment: {value}")
    if name == "DTSTART" and component == "VEVENT":
        match = DATE.fullmatch(value)
        if parameters != {"VALUE": "DATE"} or not match:
            raise Fault(f"DTSTART is no day: {parameters} {value}")
        return "-".join(match.groups())
    if name == "TRIGGER" and not DURATION.fullmatch(value):
        raise Fault(f"TRIGGER is no duration: {value}")
    return value


def read_component(lines, at):
    """((kind, properties, components), index after it)"""
    name, _, kind = split(lines[at])
    if name != "BEGIN" or kind not in COMPONENTS:
        raise Fault(f"no component: {lines[at]!r}")
    needed, allowed, inside = COMPONENTS[kind]
    properties, parts = {}, []
    at += 1
    while at < len(lines):
        name, parameters, value = split(lines[at])
        if name == "END":
            if value != kind:
                raise Fault(f"{kind} ends as {value}")
            missing = needed - set(properties)
            if missing:
                raise Fault(f"{kind} without {missing}")
            if kind == "VCALENDAR" and not parts:
                raise Fault("a calendar without components")
            return (kind, properties, parts), at + 1
        if name == "BEGIN":
            part, at = read_component(lines, at)
            if part[0] not in inside:
                raise Fault(f"{part[0]} inside {kind}")
            parts.append(part)
            continue
        if name not in needed | allowed or name in properties:
            raise Fault(f"{kind} has {name}, or has it twice")
        if parts and kind == "VCALENDAR":
            raise Fault(f"{name} after components")
        properties[name] = read_value(kind, name, parameters, value)
        at += 1
    raise Fault(f"{kind} does not end")


def read(octets):
    """The events of a calendar, as dictionaries with "alarm"; raises Fault."""
    lines = unfold(octets)
    (kind, properties, parts), end = read_component(lines, 0)
    if kind != "VCALENDAR" or end != len(lines):
        raise Fault("more than a calendar")
    if properties["VERSION"] != "2.0":
        raise Fault(f"version {properties['VERSION']}")
    events = [dict(values, alarm=alarms[0][1]["TRIGGER"] if alarms else None) for kind, values, alarms in parts if kind == "VEVENT"]
    uids = [event["UID"] for event in events]
    if len(set(uids)) != len(uids):
        raise Fault("a UID is there twice")
    return events
