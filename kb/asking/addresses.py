"""Which addresses may be asked: links come from notes, and notes are not to be trusted.

A link into the network that kb runs in (a router, a cloud's metadata service, a program on this
machine) must not be followed because some note has it. Ranges: the IANA special-purpose address
registries, as the standard library knows them.
"""

import ipaddress
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an address of IPv4."""
_PRIVILEGED = 1024
_WEB = frozenset({80, 443})


def is_public(address: str) -> bool:
    """Return whether the IP address is one of the public internet."""
    try:
        found: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast for one in _meant(found))


def _meant(address: Address) -> tuple[Address, ...]:
    """Return the address, and those of IPv4 that it stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address, address.sixtofour)
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return (address,)


def refusal(url: str, *, private: bool) -> str:
    """Return why `url` is not asked, `""` where it may be.

    With `private`, addresses of this machine and its networks may be asked, too. What a name
    stands for is judged when it is looked up.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "the address is malformed"
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return "only http and https are asked"
    if parts.username is not None or parts.password is not None:
        return "the address holds a name or a password"
    if private:
        return ""
    if port is not None and port < _PRIVILEGED and port not in _WEB:
        return f"port {port} is none of the web"
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".lan")):
        return "it is an address of a private network"
    if _is_literal(name) and not is_public(name):
        return "it is an address of a private network"
    return ""


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
