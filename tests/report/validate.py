#!/usr/bin/python3
"""Validates JSON or JSONL output of dcvready against contrib/schema: validate.py FILE|-

A document names its schema, "dcvready/<kind>/1". The file is an array of documents, one document, or one a line.
"""

import functools
import json
import pathlib
import re
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "contrib" / "schema"


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"a key is there twice: {keys}")
    return dict(pairs)


def documents(text):
    try:
        whole = json.loads(text, object_pairs_hook=no_duplicates)
    except json.JSONDecodeError:
        return [json.loads(line, object_pairs_hook=no_duplicates) for line in text.splitlines() if line]
    return whole if isinstance(whole, list) else [whole]


@functools.lru_cache(maxsize=None)
def validator(kind):
    schemas = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.schema.json")}
    schema = schemas[f"{kind}.schema.json"]
    jsonschema.Draft202012Validator.check_schema(schema)
    resolver = jsonschema.RefResolver.from_schema(schema, store={other["$id"]: other for other in schemas.values()})
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


def beyond_schema(document):
    """What a schema cannot say: indices lead to something."""
    findings = len(document.get("findings", []))
    for ca in document.get("cas", []):
        for index in ca.get("findings", []):
            if index >= findings:
                yield f"{ca['ca']}: there is no finding {index}"
    questions = len(document.get("questions", []))
    for row in document.get("servers", []) + document.get("resolvers", []):
        for answer in row.get("answers", []):
            if answer["question"] >= questions:
                yield f"{row['server']}: there is no question {answer['question']}"
    if "facts" in document:
        count = len(document["facts"])
        for at, finding in enumerate(document.get("findings", [])):
            if any(index >= count for index in finding["facts"]):
                yield f"finding {at} rests on a fact that is not there"


def faults(document):
    match = re.fullmatch(r"dcvready/(report|order|approvers|accepts|timeline|inspect|wait|cas|cas-check|rules|audit|summary|diff|diff-summary)/1", str(document.get("schema")))
    if not match:
        yield f"unknown schema {document.get('schema')!r}"
        return
    for error in validator(match.group(1)).iter_errors(document):
        yield f"{'/'.join(str(part) for part in error.absolute_path) or '.'}: {error.message[:300]}"
    yield from beyond_schema(document)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: validate.py FILE|-")
    octets = sys.stdin.buffer.read() if sys.argv[1] == "-" else pathlib.Path(sys.argv[1]).read_bytes()
    bad = 0
    count = 0
    for number, document in enumerate(documents(octets.decode("utf-8"))):
        count += 1
        for fault in faults(document):
            print(f"document {number}: {fault}")
            bad += 1
    print(f"{count} documents, {bad} faults")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
