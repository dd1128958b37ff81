"""Connections to receivers: a name is resolved once, every address is checked, and the one checked is connected to.

An address inside the house (loopback, private) is reached only where config.yml says ``internal: true``; a link-local
one, behind which clouds keep their credentials, never. IPv4 in the clothes of IPv6 is unclothed first.

An answer that comes in drops is given up: httpcore's own time-outs are for each drop.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore

NAT64 = IPv6Network("64:ff9b::/96")
Address = IPv4Address | IPv6Address
LONGEST = 60.0  # seconds for one answer


class Inside(Exception):
    """A receiver's name leads to an address that is not to be reached."""


def fault_of_address(text: str, *, internal: bool) -> str:
    """Why an address is not to be reached, in a few words; '' for one that may be."""
    address = _unclothed(ip_address(text.partition("%")[0]))
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return "is link-local, multicast or no address of a host"
    if address.is_global or (internal and (address.is_private or address.is_loopback)):
        return ""
    return "is inside the house: say `internal: true` if that is meant"


def _unclothed(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return IPv4Address(address.packed[-4:])
        return address.ipv4_mapped or address.sixtofour or address
    return address


class Outward(httpcore.SyncBackend):
    """The network as httpcore sees it. Raises Inside before anything is sent."""

    def __init__(self, *, internal: bool) -> None:
        self.internal = internal

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host}: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:  # one that leads inside is enough: which of them is used is chance
            if fault := fault_of_address(address, internal=self.internal):
                raise Inside(f"{host} leads to {address}, which {fault}")
        return Bounded(super().connect_tcp(addresses[0], port, timeout, local_address, socket_options))


class Bounded(httpcore.NetworkStream):
    """A connection on which the answer to what was last said has an end."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self.stream, self.until = stream, time.monotonic() + LONGEST

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout)
        self.until = time.monotonic() + LONGEST

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(f"no whole answer within {LONGEST:.0f} s")
        return self.stream.read(max_bytes, left if timeout is None else min(timeout, left))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Bounded(self.stream.start_tls(ssl_context, server_hostname, timeout))

    def close(self) -> None:
        self.stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)
