"""The questions of the yardsticks: of the types that dcvready asked, as many of each, about the same names, in their order."""

# Where a type is asked at another name than the one in the list.
LABELS = {"TXT": ("_validation-contactemail.", "_acme-challenge.", "_dnsauth.", "_validation-persist.", ""), "TLSA": ("_25._tcp.",)}
TYPES = ("A", "AAAA", "CAA", "CNAME", "DNSKEY", "DS", "MX", "NS", "SOA", "TLSA", "TXT")


def share_out(total, names):
    """For each name, how many of `total` things are its."""
    return ((i + 1) * total // names - i * total // names for i in range(names))


def write(source, names, counts, questions, owners):
    """`source`: the file of names, so many; `counts`: type → how many. Writes "NAME TYPE" lines to `questions`, and the names alone to `owners`."""
    wanted = {name: count for name, count in sorted(counts.items()) if name in TYPES and count}
    shares = [(name, LABELS.get(name, ("",)), share_out(count, names)) for name, count in wanted.items()]
    asked = dict.fromkeys(wanted, 0)
    with open(source, encoding="ascii") as file, open(questions, "w", encoding="ascii") as out, open(owners, "w", encoding="ascii") as bare:
        for line in file:
            owner = line.strip()
            for name, labels, share in shares:
                for _ in range(next(share)):
                    asked_owner = labels[asked[name] % len(labels)] + owner
                    asked[name] += 1
                    out.write(f"{asked_owner} {name}\n")
                    bare.write(f"{asked_owner}\n")
    return sum(asked.values())
