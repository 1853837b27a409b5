"""Where events may be sent: to the open internet, and into networks that a setting names. Never, by an address that
somebody typed, to this machine or to what stands beside it."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from lantoa.common.refused import N_, Refused

Network = IPv4Network | IPv6Network
NAT64 = ip_network("64:ff9b::/96")


def networks(text: str) -> tuple[Network, ...]:
    """Networks from a setting: "10.1.0.0/16, 127.0.0.0/8". Raises ValueError for what is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def check_address(url: str, *, allowed: Iterable[Network]) -> None:
    """Refuses an address that no event may be sent to, as far as its text tells; see also `may_reach`."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    allowed = tuple(allowed)
    if parts.scheme not in ("https", "http") or not host or port == 0 or any(ord(one) <= 32 for one in url):
        raise Refused(N_("Cannot send events to %(url)s: it is no https address."), url=url[:100])
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused(N_("Cannot send events to %(host)s: the address must hold no name, password or #."), host=host)
    if parts.scheme == "http" and not allowed:
        raise Refused(N_("Cannot send events to %(url)s: it is no https address."), url=url[:100])
    try:
        literal = ip_address(host.partition("%")[0])
    except ValueError:
        return
    if not may_reach(str(literal), allowed=allowed):
        raise Refused(N_("Cannot send events to %(host)s: it is an address of a private network."), host=host)


def may_reach(address: str, *, allowed: Iterable[Network]) -> bool:
    """Whether this very IP address may be connected to: it is one of the open internet, or in an allowed network.

    An address that wraps another (mapped, translated, tunnelled) is what it wraps.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return may_reach(str(ip.ipv4_mapped), allowed=allowed)
        if ip in NAT64:
            return may_reach(str(ip_address(int(ip) & 0xFFFFFFFF)), allowed=allowed)
        if ip.sixtofour is not None or ip.teredo is not None:
            return False
    if any(ip in network for network in allowed if network.version == ip.version):
        return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified
