#!/usr/bin/python3
"""Denials in a zone with every kind of name, by every chain of records and by parts of it: test_zone_model.py DENIALS"""

import sys

import zone_model

ZONE = """
example. 300 IN SOA ns.example. admin.example. 1 2 3 4 5
example. 300 IN NS ns.example.
a.example. 300 IN NS ns.a.example.
a.example. 300 IN DS 1 13 2 00
ns.a.example. 300 IN A 192.0.2.1
alias.example. 300 IN CNAME ns.example.
b.example. 300 IN NS ns.b.example.
ns.b.example. 300 IN A 192.0.2.2
d.example. 300 IN DNAME example.com.
c.f.example. 300 IN NS ns.example.
h.g.f.example. 300 IN NS ns.example.
ns.example. 300 IN A 192.0.2.3
x.*.t.example. 300 IN MX 1 ns.example.
*.w.example. 300 IN MX 1 ns.example.
k.w.example. 300 IN AAAA 2001:db8::1
x.y.w.example. 300 IN MX 1 ns.example.
*.z.example. 300 IN CNAME ns.example.
"""


def main():
    zone = zone_model.Zone(ZONE)
    names = zone_model.names_around(zone, ZONE)
    chains = {
        "NSEC": zone_model.Nsec(zone),
        "NSEC3": zone_model.Nsec3(zone, 0, b"", False),
        "NSEC3 with salt": zone_model.Nsec3(zone, 2, b"\xaa\xbb", False),
        "NSEC3 with opt-out": zone_model.Nsec3(zone, 0, b"", True),
    }
    # A list: every chain is to be asked, whatever the ones before it gave.
    good = [zone_model.report(title, *zone_model.compare(sys.argv[1], chain, names)) for title, chain in chains.items()]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
