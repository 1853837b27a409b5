"""Which peers are front servers of ours, so that what they say of the caller is believed."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network


def is_proxy(peer: str, proxies: Iterable[str]) -> bool:
    """Is this peer on this machine, or among the addresses and networks of the front servers?"""
    try:
        address = ip_address(peer.strip().strip("[]"))
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or any(address in ip_network(one, strict=False) for one in proxies)


def is_local(peer: str, headers: Iterable[str]) -> bool:
    """Does somebody on this machine ask, not through a front server? Those name the caller they ask for."""
    forwarded = {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA"}
    return is_proxy(peer, ()) and not forwarded & set(headers)
