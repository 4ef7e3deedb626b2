"""CRC32C and CRC64NVME in plain Python, for the rare client that chooses them."""

from __future__ import annotations

import functools

# Reflected polynomials. Sources: RFC 3720 (Castagnoli); NVM Express specification, 64-bit CRC.
_CRC32C = 0x82F63B78
_CRC64NVME = 0x9A6C9329AC4BC9B5


@functools.cache
def _table(polynomial: int) -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
        table.append(value)
    return table


def _crc(body: bytes, polynomial: int, mask: int) -> int:
    table = _table(polynomial)
    value = mask
    for byte in body:
        value = (value >> 8) ^ table[(value ^ byte) & 0xFF]
    return value ^ mask


def crc32c(body: bytes) -> int:
    """CRC32C (Castagnoli) of `body`."""
    return _crc(body, _CRC32C, 0xFFFFFFFF)


def crc64nvme(body: bytes) -> int:
    """CRC64NVME of `body`."""
    return _crc(body, _CRC64NVME, 0xFFFFFFFFFFFFFFFF)
