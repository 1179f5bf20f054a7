"""Nobody is asked but hosts of the public internet, unless it is wanted."""

import pytest

from kb.asking.addresses import is_public, refusal


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_addresses_of_the_public_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1",
        "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::7f00:1", "2002:7f00:1::", "no address",
    ],
)  # fmt: skip
def test_addresses_that_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://example.org/", ""),
        ("http://example.org:8080/", ""),
        ("https://93.184.216.34/", ""),
        ("http://example.org:22/", "port 22 is none of the web"),
        ("http://10.1.2.3/", "it is an address of a private network"),
        ("http://[fe80::1%25eth0]/", "it is an address of a private network"),
        ("http://printer.local/", "it is an address of a private network"),
        ("http://metadata.google.internal/", "it is an address of a private network"),
        ("http://me:secret@example.org/", "the address holds a name or a password"),
        ("ftp://example.org/", "only http and https are asked"),
        ("http:///x", "only http and https are asked"),
        ("http://example.org:99999/", "the address is malformed"),
        ("http://[::1/", "the address is malformed"),
    ],
)
def test_what_is_asked(url: str, why: str) -> None:
    assert refusal(url, private=False) == why


def test_private_networks_may_be_wanted_but_no_passwords() -> None:
    assert refusal("http://10.1.2.3:22/", private=True) == ""
    assert refusal("http://localhost/", private=True) == ""
    assert refusal("http://a:b@localhost/", private=True) != ""
