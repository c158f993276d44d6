"""The figures of the bench as text."""

COLUMNS = ("", "names", "lookups", "wall s", "names/s", "names/s CPU", "lookups/s", "CPU us/lookup", "x bare", "x dnsperf", "x peer",
           "RSS MiB", "dropped", "success")
YARDSTICKS = ("bare", "dnsperf", "peer")


def header(bench, options):
    same = bench.client == bench.server
    lines = [f"command: {bench.template}",
             f"client and server share core {bench.client}: wall clocks say little" if same
             else f"client on core {bench.client}, server on core {bench.server}",
             f"names {'in a random order' if options.shuffle else 'domain by domain'}",
             f"{options.tld_signed:.0%} of the domains below a signed registry"]
    return "\n".join(lines)


def ratio(rows, name, yardstick):
    if yardstick not in rows or name == yardstick:
        return "-"
    return f"{rows[name]['us_per_lookup'] / rows[yardstick]['us_per_lookup']:.2f}"


def memory(row):
    return f"{row['rss_mib']:.0f}" if row["rss_mib"] else "small"


def cells(rows, name):
    row = rows[name]
    names = row["names"]
    return (name, f"{names:,}" if names else "-", f"{row['lookups']:,}", f"{row['wall_s']:.2f}",
            f"{names / row['wall_s']:,.0f}" if names else "-", f"{names / row['cpu_s']:,.0f}" if names else "-",
            f"{row['lookups'] / row['wall_s']:,.0f}", f"{row['us_per_lookup']:.2f}",
            *(ratio(rows, name, yardstick) for yardstick in YARDSTICKS), memory(row), f"{row['dropped']:,}", f"{100 * row['success']:.3f}%")


def grid(lines):
    widths = [max(len(cell) for cell in column) for column in zip(*lines)]
    return "\n".join("  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]) for line in lines)


def sharing(result):
    """How many exchanges the names took, against what they would have taken one by one."""
    row, types = result["rows"][result["command"]], result["record_types"]
    names, exchanges = row["names"], row["lookups"]
    yield (f"exchanges {exchanges:,}: {exchanges / names:.2f} a name, {exchanges / names / types:.2f} of names x {types} record types "
           f"({'fewer' if exchanges < names * types else 'not fewer'}); "
           + " ".join(f"{name} {count:,}" for name, count in sorted(row["questions"].items(), key=lambda item: -item[1])))
    if row["needed"]:
        yield f"lookups that the names wanted {row['needed']:,}: {exchanges / row['needed']:.2f} of them were asked"
    if row["cached"] is not None:
        yield f"answered without asking {row['cached']:,.0f}"
    if row["said_exchanges"] is not None and row["said_exchanges"] != exchanges:
        yield f"it says that it asked {row['said_exchanges']:,.0f}"
    if row["retries"]:
        yield f"asked again {row['retries']:,.0f}"


def of_size(result):
    rows = result["rows"]
    lines = [f"\n{result['names']:,} names", grid([COLUMNS, *(cells(rows, name) for name in rows)]), *sharing(result)]
    if "dnsperf" not in rows:
        lines.append("dnsperf is not installed")
    row = rows[result["command"]]
    lines.append("verdicts: " + ", ".join(f"{word} {count:,}" for word, count in sorted(row["verdicts"].items())))
    return "\n".join(lines)


def growth(sizes):
    """CPU per name of each size, as a multiple of the first: linear is 1."""
    parts = []
    first = None
    for result in sizes:
        row = result["rows"][result["command"]]
        each = row["cpu_s"] / row["names"]
        first = first or each
        parts.append(f"{row['names']:,} names {1e6 * each:.1f} us ({each / first:.2f}), {memory(row)} MiB")
    return "\ngrowth, CPU a name: " + "; ".join(parts)
