#!/usr/bin/env python3
"""Talks to the server of ForeignClientTests, and prints what it got: a JSON object a line.

It is written against WireFormat.md, and against nothing else: what it needs to know and isn't there
is missing there. It needs nothing but Python's own library.

usage: client.py ADDRESS PORT
"""
import json
import signal
import socket
import struct
import sys

MESSAGE, REQUEST, REPLY, CANCEL, ELEMENT, CREDIT, PING, PONG = range(1, 9)
ASKS, ACCEPTED = 0, 1
STATUSES = (
    "value", "failed", "brokenPromise", "endpointNotFound", "undecodable", "deadlineExceeded",
    "overloaded", "unsendable", "finished",
)
WELL_KNOWN = 2**64 - 1
NOWHERE = (0xDEADBEEF, 1)


def crc32c(data, previous=0):
    remainder = ~previous & 0xFFFFFFFF
    for byte in data:
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (0x82F63B78 if remainder & 1 else 0)
    return ~remainder & 0xFFFFFFFF


# CBOR, in its one deterministic form.


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise ValueError("too large for CBOR")


def encode_float(value):
    for code, form in ((0xF9, ">e"), (0xFA, ">f"), (0xFB, ">d")):
        try:
            packed = struct.pack(form, value)
        except OverflowError:
            continue
        if struct.unpack(form, packed)[0] == value:
            return bytes([code]) + packed
    raise ValueError("no number")


def encode(value):
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, float):
        return encode_float(value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(encode, value))
    members = sorted((encode(key), encode(member)) for key, member in value.items())
    return head(5, len(value)) + b"".join(key + member for key, member in members)


def decode(data):
    value, end = decode_item(data, 0)
    if end != len(data):
        raise ValueError("bytes follow the value")
    return value


def decode_item(data, at):
    major, code = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        if code in (20, 21, 22):
            return {20: False, 21: True, 22: None}[code], at
        form, size = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}[code]
        return struct.unpack(form, data[at:at + size])[0], at + size
    size = 0 if code < 24 else 1 << code - 24
    number = int.from_bytes(data[at:at + size], "big") if size else code
    at += size
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        content = data[at:at + number]
        return (content if major == 2 else content.decode()), at + number
    items = []
    for _ in range(number if major == 4 else 2 * number):
        item, at = decode_item(data, at)
        items.append(item)
    return (items if major == 4 else dict(zip(items[::2], items[1::2]))), at


# Connections.


class Ended(Exception):
    """The other side has ended the connection."""


class Connection:
    """One connection, of a client that can be called at an address, or not (None)."""

    def __init__(self, server, address, incarnation, number, previous=0, versions=(1, 1), damage=0):
        self.socket = socket.create_connection(server)
        self.number = number
        self.incarnation = incarnation
        self.requests = 0
        self.waiting = set()
        self.replies = {}
        self.elements = {}
        self.pings = 0
        self.pongs = 0
        text = b"MOONPOOL" + struct.pack("<HHB", *versions, ASKS)
        if address is None:
            text += struct.pack("<BH", 0, 0) + bytes(16)
        else:
            text += struct.pack("<BH", 4, address[1]) + bytes(12) + socket.inet_aton(address[0])
        text += struct.pack("<HHQQQQ", 0, 0, incarnation, 0, number, previous)
        self.socket.sendall(text + struct.pack("<I", crc32c(text) ^ damage))

    def read(self, count):
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except ConnectionResetError:
                raise Ended("reset")
            if not more:
                raise Ended("closed" if not data else "cut")
            data += more
        return data

    def greeting(self):
        data = self.read(72)
        assert data[:8] == b"MOONPOOL" and crc32c(data[:68]) == struct.unpack("<I", data[68:])[0]
        newest, oldest, answer, family, port = struct.unpack("<HHBBH", data[8:16])
        incarnation, features, number, previous = struct.unpack("<QQQQ", data[36:68])
        assert family == 4 and data[16:28] == bytes(12)
        return {
            "versions": [oldest, newest], "answer": answer, "features": features,
            "address": [socket.inet_ntoa(data[28:32]), port], "alive": incarnation > 0,
            "repeated": number == self.number,
        }

    def end(self):
        """How the other side ends it, after whatever it says before."""
        try:
            while True:
                self.receive()
        except Ended as reason:
            return str(reason)

    # Packets

    def send(self, kind, token, payload, damage=0):
        start = struct.pack("<I", len(payload) | kind << 24)
        place = struct.pack("<QQ", *token)
        checksum = crc32c(start + bytes(4) + place)
        packet = start + struct.pack("<I", checksum) + place
        if payload:
            packet += payload + struct.pack("<I", crc32c(payload, checksum) ^ damage)
        self.socket.sendall(packet)

    def receive(self):
        start = self.read(24)
        length, checksum = struct.unpack("<II", start[:8])
        kind, length = length >> 24, length & 0xFFFFFF
        assert crc32c(start[:4] + bytes(4) + start[8:]) == checksum
        payload = b""
        if length:
            payload = self.read(length)
            assert crc32c(payload, checksum) == struct.unpack("<I", self.read(4))[0]
        number, incarnation = struct.unpack("<QQ", start[8:])
        if kind == PING:
            self.pings += 1
            self.send(PONG, (0, 0), b"")
        elif kind == PONG:
            self.pongs += 1
        elif kind in (REPLY, ELEMENT):
            assert incarnation == self.incarnation
            if kind == ELEMENT:
                self.elements.setdefault(number, []).append(decode(payload))
            else:
                assert number in self.waiting, "an answer that nobody waits for"
                self.waiting.remove(number)
                self.replies[number] = (STATUSES[payload[0]], payload[1:])
        else:
            raise ValueError(f"a server doesn't send packets of kind {kind}")

    # Requests

    def ask(self, token, body, milliseconds=0, credit=0, kind=REQUEST, again=None):
        """Sends a request; its number."""
        number = again
        if number is None:
            self.requests += 1
            number = self.requests
        if kind == REQUEST:
            self.waiting.add(number)
        oldest = min(self.waiting | {number})
        payload = struct.pack("<QQQII", number, oldest, self.incarnation, milliseconds, credit)
        self.send(kind, token, payload + body)
        return number

    def tell(self, kind, token, number, count=0):
        self.send(kind, token, struct.pack("<QQI", number, self.incarnation, count))
        if kind == CANCEL:
            self.waiting.remove(number)

    def reply(self, number):
        while number not in self.replies:
            self.receive()
        status, body = self.replies.pop(number)
        if status in ("undecodable", "unsendable"):
            return [status, body.decode()]
        if status == "failed":
            failure = decode(body)
            value = decode(failure[2]) if failure.get(2) is not None else None
            return [status, failure[0], failure[1], value]
        return [status, decode(body)] if body else [status]

    def call(self, token, body, **options):
        return self.reply(self.ask(token, body, **options))


def say(what, got):
    print(json.dumps({"what": what, "got": got}), flush=True)


def well_known(number):
    return (WELL_KNOWN, number)


ADD, DIVIDE, LOG, GATE, OPEN, SLEEP, COUNT, CALLER, PONGS, ECHO, FORGET, LONG, ONCE = map(
    well_known, range(10, 23))


def simple_requests(peer):
    numbers = [peer.ask(ADD, encode({0: n, 1: 10**n})) for n in range(4)]
    say("several at once", [peer.reply(number) for number in reversed(numbers)])
    say("unknown token", peer.call(NOWHERE, encode(1)))
    say("unknown service", peer.call(well_known(60), encode(1)))
    say("other type", peer.call(ADD, encode("two and three")))
    say("other form", peer.call(ADD, b"\xa2\x00\x18\x02\x01\x03"))
    say("quotient", peer.call(DIVIDE, encode({0: -12, 1: 4})))
    say("error", peer.call(DIVIDE, encode({0: 1, 1: 0})))
    everything = {
        "text": "für", "numbers": [0, -1, 23, 24, 255, 256, 65536, -2**63, 2**63 - 1],
        "bytes": b"\x00\xff", "ratio": 0.5, "third": 1 / 3, "isOn": True,
    }
    status, echo = peer.call(ECHO, encode(everything))
    say("everything", [status, echo == everything])
    say("no answer", peer.call(FORGET, encode({})))
    say("answer too long", peer.call(LONG, encode({})))
    peer.ask(LOG, encode({0: "a"}), kind=MESSAGE)
    peer.ask(LOG, encode({0: "b"}), kind=MESSAGE)
    say("messages before", peer.call(LOG, encode({0: "c"})))
    say("caller", peer.call(CALLER, encode({})))


def time_and_room(peer):
    """One is at work and one waits; there is no room for a third."""
    first = peer.ask(GATE, encode({}))
    second = peer.ask(GATE, encode({}), milliseconds=1)
    third = peer.ask(GATE, encode({}))
    say("no room", peer.reply(third))
    # It is opened when that time is over.
    say("gate", peer.call(OPEN, encode({})))
    say("at work", peer.reply(first))
    say("too late", peer.reply(second))


def cancels(peer):
    number = peer.ask(SLEEP, encode({0: True}))
    peer.tell(CANCEL, SLEEP, number)
    # One after the other is carried out there: an answer to the first would have come before.
    say("after a cancel", peer.call(SLEEP, encode({0: False})))


def streams(peer):
    number = peer.ask(COUNT, encode({0: 5}), credit=2)
    while len(peer.elements.get(number, [])) < 2:
        peer.receive()
    peer.call(CALLER, encode({}))
    say("credit of 2", peer.elements[number])
    peer.tell(CREDIT, COUNT, number, 1)
    while len(peer.elements[number]) < 3:
        peer.receive()
    peer.tell(CREDIT, COUNT, number, 9)
    say("stream", peer.reply(number) + peer.elements[number])
    number = peer.ask(COUNT, encode({0: 10**9}), credit=1)
    while number not in peer.elements:
        peer.receive()
    peer.tell(CANCEL, COUNT, number)
    say("after a stream was left", peer.call(COUNT, encode({0: 0}), credit=1))
    say("it had sent", peer.elements[number])


def duplicates(peer):
    number = peer.ask(ONCE, encode({}))
    got = [peer.reply(number)]
    peer.ask(ONCE, encode({}), again=number)
    got.append(peer.reply(number))
    got.append(peer.call(ONCE, encode({})))
    say("carried out once", got)


def signs_of_life(peer):
    peer.send(PING, (0, 0), b"")
    while peer.pongs == 0:
        peer.receive()
    say("pongs", peer.pongs)
    # Answered when the server has heard a pong of this side's.
    say("pong heard", peer.call(PONGS, encode({})) + [peer.pings > 0])


def connections(server, address, peer):
    """What becomes of other connections of the same client."""
    other = Connection(server, address, 1000, 2)
    say("another one", [other.greeting()["answer"], other.end()])
    past = Connection(server, address, 999, 3)
    say("past life", [past.greeting()["answer"], past.end()])
    again = Connection(server, address, 1000, 4, previous=1)
    say("instead of the first", [again.greeting()["answer"], peer.end()])
    later = Connection(server, address, 1001, 5)
    say("later life", [later.greeting()["answer"], again.end()])
    say("its request", later.call(ADD, encode({0: 1, 1: 2})))


def main():
    # Nothing takes so long that works: then this process ends.
    signal.alarm(120)
    server = (sys.argv[1], int(sys.argv[2]))
    # Nobody listens there; but nobody else gets the port.
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        address = place.getsockname()
        say("other version", Connection(server, address, 1000, 9, versions=(2, 2)).end())
        say("damaged preamble", Connection(server, address, 1000, 9, damage=1).end())
        peer = Connection(server, address, 1000, 1)
        say("preamble", peer.greeting())
        say("own address", address[1])
        for part in (simple_requests, time_and_room, cancels, streams, duplicates, signs_of_life):
            part(peer)
        connections(server, address, peer)
    nobody = Connection(server, None, 77, 6)
    say("without an address", [nobody.greeting()["answer"], nobody.call(CALLER, encode({}))])
    nobody.send(REQUEST, ADD, b"damaged", damage=1)
    say("damaged packet", nobody.end())


if __name__ == "__main__":
    main()
