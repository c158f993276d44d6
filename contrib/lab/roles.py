"""The words for name servers in the option `ns` of a zone: who answers there, and where.

A word is a server of the lab, a persona, an address, `none` (a name without
an address), or the name of a host elsewhere, with a final dot.
"""

import personas
import plan

# Honest servers: the address that zones give them, and which server that is.
HONEST = {
    "root": (plan.ROOT, "root"),
    "tld": (None, "tld"),
    "first": (plan.FIRST, "first"),
    "second": (plan.SECOND, "second"),
    "near": (plan.NEAR, "second"),
    "ipv6": (plan.IPV6, "ipv6"),
    **{f"crowd{number}": (address, "first") for number, address in enumerate(plan.CROWD, 1)},
}
NOT_THERE = {
    "nobody": plan.NOBODY,
    "none": None,
    **{f"silent{number}": address for number, address in enumerate(plan.SILENT, 1)},
}


def expand(words):
    """`crowd*3` becomes `crowd1`, `crowd2`, `crowd3`."""
    for word in words:
        name, star, count = word.partition("*")
        if star:
            yield from (f"{name}{number}" for number in range(1, int(count) + 1))
        else:
            yield word


def address(word):
    """Where the server is; None where it has no address of its own. Raises KeyError."""
    if word in HONEST:
        return HONEST[word][0]
    if word in NOT_THERE:
        return NOT_THERE[word]
    return word if word[0].isdigit() else personas.ADDRESS[word]


def holder(word):
    """The honest server that holds the zone for it, or None."""
    if word in HONEST:
        return HONEST[word][1]
    return "first" if word in personas.BY_NAME else None
