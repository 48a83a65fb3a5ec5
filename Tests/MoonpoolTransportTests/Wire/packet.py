#!/usr/bin/env python3
"""Works out, independently, the bytes that PacketTests and PreambleTests expect."""
import struct


def crc32c(data, previous=0):
    remainder = ~previous & 0xFFFFFFFF
    for byte in data:
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (0x82F63B78 if remainder & 1 else 0)
    return ~remainder & 0xFFFFFFFF


def packet(kind, first, second, payload):
    length = struct.pack("<I", len(payload) | kind << 24)
    token = struct.pack("<QQ", first, second)
    head = crc32c(length + bytes(4) + token)
    text = length + struct.pack("<I", head) + token
    return text + (payload + struct.pack("<I", crc32c(payload, head)) if payload else b"")


def preamble(newest, oldest, answer, address, port, flags, incarnation, features, connection, previous):
    text = b"MOONPOOL" + struct.pack("<HHBBH", newest, oldest, answer, 4, port) + bytes(12) + address
    text += struct.pack("<HHQQQQ", flags, 0, incarnation, features, connection, previous)
    return text + struct.pack("<I", crc32c(text))


if __name__ == "__main__":
    for text in (
        packet(2, 0x0102030405060708, 0x1112131415161718, b"\xaa\xbb\xcc"),
        packet(7, 0, 0, b""),
        preamble(2, 1, 1, bytes([10, 1, 2, 3]), 0x1194, 0, 5, 6, 0x0102, 0x0304),
    ):
        print(" ".join(f"{byte:02x}" for byte in text))
