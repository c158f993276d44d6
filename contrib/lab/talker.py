#!/usr/bin/python3
"""Registries, mail hosts and the odd web servers, all in one process, which saves the others' start."""

import argparse
import asyncio
import pathlib

import mail
import registry
import talks
import web


async def _serve(directory, log):
    await asyncio.gather(*(part.serve(directory, log) for part in (registry, mail, web)))
    (directory / talks.READY).touch()
    await asyncio.Event().wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", required=True)
    parser.add_argument("directory", type=pathlib.Path, help="of keys and registrations")
    args = parser.parse_args()
    asyncio.run(_serve(args.directory, talks.Log(args.log)))


if __name__ == "__main__":
    main()
