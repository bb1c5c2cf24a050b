"""Which addresses a webhook may speak to: public ones, unless private ones are allowed by name."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from apportion.core.errors import Terminal, Transient

_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
Address = IPv4Address | IPv6Address


def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """The address of a host to connect to, as text.

    Raises Terminal where one of the host's addresses is not public, Transient where it has none now.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as why:
        raise Transient(f"its host is not found ({type(why).__name__})") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        raise Transient("its host has no address")
    if not allow_private and not all(is_public(address) for address in addresses):
        raise Terminal(
            "its host is at a private address, to which nothing is sent",
            hint="Say `allow_private: true` if that is meant.",
        )
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether an address is one of the internet's, also where it wraps an older one."""
    address = ip_address(text.partition("%")[0])
    inner = _wrapped(address)
    if inner is not None:
        return _is_public(inner)
    return _is_public(address)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address in _LOCAL_NAT64:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _wrapped(address: Address) -> IPv4Address | None:
    """The IPv4 address that a packet to this IPv6 address ends at."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
