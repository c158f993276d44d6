"""All WHOIS and RDAP servers of the lab; Thread serves WHOIS for a world."""

import asyncio
import json
import threading

import plan
import rdap
import talks
import whois

BACKLOG = 128


def read_book(path):
    return whois.Book(json.loads(path.read_text(encoding="utf-8")), whois.REGISTRY_SERVERS)


def servers_of(domains):
    """The WHOIS servers of the top-level domains of these."""
    tlds = {domain.rpartition(".")[2] for domain in domains}
    return {tld: whois.REGISTRY_SERVERS.get(tld, f"whois.nic.{tld}") for tld in sorted(tlds)}


async def serve(directory, log):
    book = read_book(plan.registrations_file(directory))
    contexts = {name: talks.tls_context(directory / "tls", name) for name in {files for _, files in rdap.ROLES.values()}}
    for name, (role, files) in rdap.ROLES.items():
        await asyncio.start_server(rdap.handler(name, role, book, log), plan.SERVICES[name], plan.HTTPS_PORT,
                                   ssl=contexts[files], backlog=BACKLOG)
    for name, role in whois.ROLES.items():
        await asyncio.start_server(whois.handler(name, role, book, log), plan.SERVICES[name], plan.WHOIS_PORT, backlog=BACKLOG)


class Thread:
    """WHOIS for a world, on one address, until it is closed."""

    def __init__(self, domains, address, log_path):
        book = whois.Book(domains, servers_of(domains))
        handler = whois.handler("whois", whois.everything, book, talks.Log(log_path))
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(self._listen(handler, address))
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @staticmethod
    async def _listen(handler, address):
        return await asyncio.start_server(handler, address, plan.WHOIS_PORT, backlog=BACKLOG)

    def close(self):
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self):
        """Hang up on everybody."""
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
