//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import MoonpoolCore
  import MoonpoolNIO
  import NIOCore
  import Testing

  /// What tasks and the loop tell each other, without either.
  @Suite struct StreamStateTests {
    @Test func `the loop pauses at the limit, and goes on when half has been read`() {
      var state = StreamState()
      let piece = ByteBuffer(repeating: 7, count: StreamState.receiveLimit / 4)
      for number in 1...4 {
        state.arrived(piece)
        let readsOn = state.readsOn()
        #expect(readsOn == (number < 4))
      }
      let part = StreamState.receiveLimit / 2 - 1
      guard case .bytes(let first, let early) = state.take(atMost: part),
        case .bytes(_, let now) = state.take(atMost: 1),
        case .bytes(_, let again) = state.take(atMost: 1)
      else {
        Issue.record("a take gave no bytes")
        return
      }
      #expect(first == [UInt8](repeating: 7, count: part))
      #expect(!early && now && !again)
    }

    @Test func `room is what neither waits nor is under way`() {
      var state = StreamState()
      let block = [UInt8](repeating: 1, count: StreamState.sendLimit + 5)
      guard case .bytes(StreamState.sendLimit, starts: true) = state.give(block, from: 0),
        case .bytes(0, starts: false) = state.give(block, from: StreamState.sendLimit),
        case .batch(let batch) = state.nextToSend(),
        case .bytes(0, starts: false) = state.give(block, from: StreamState.sendLimit)
      else {
        Issue.record("a batch under way made room")
        return
      }
      #expect(batch.readableBytes == StreamState.sendLimit)
      #expect(!state.isWritable)
      state.sent()
      #expect(state.isWritable)
      guard case .bytes(5, starts: false) = state.give(block, from: StreamState.sendLimit) else {
        Issue.record("a batch that was sent made no room")
        return
      }
    }

    @Test func `an error comes behind the bytes, once; then there is the end`() {
      var state = StreamState()
      state.arrived(ByteBuffer(bytes: [1, 2]))
      state.failed(.timedOut)
      state.failed(.connectionReset)
      guard case .bytes([1, 2], _) = state.take(atMost: 9),
        case .failure(.timedOut) = state.take(atMost: 9),
        case .bytes([], _) = state.take(atMost: 9),
        case .failure(.brokenPipe) = state.give([1], from: 0)
      else {
        Issue.record("another order")
        return
      }
    }

    @Test func `a channel that goes without an error is a reset, unless both ends are over`() {
      var cut = StreamState()
      cut.gone()
      guard case .failure(.connectionReset) = cut.take(atMost: 1) else {
        Issue.record("no reset")
        return
      }
      var over = StreamState()
      let starts = over.finish()
      #expect(starts)
      guard case .end = over.nextToSend() else {
        Issue.record("no end")
        return
      }
      over.gone()
      guard case .bytes([], _) = over.take(atMost: 1) else {
        Issue.record("not the end of the stream")
        return
      }
    }

    @Test func `closing waits for what was written, a reset doesn't`() {
      for leavesUnread in [false, true] {
        var state = StreamState()
        if leavesUnread { state.arrived(ByteBuffer(bytes: [1])) }
        _ = state.give([1, 2, 3], from: 0)
        switch (state.close(), state.nextToSend()) {
        case (.politely(starts: false), .batch(let batch)):
          #expect(!leavesUnread && batch.readableBytes == 3)
          guard case .close = state.nextToSend() else {
            Issue.record("it never closes")
            return
          }
        case (.abruptly, .nothing):
          #expect(leavesUnread)
        default:
          Issue.record("neither polite nor abrupt")
        }
      }
    }

    @Test func `many small pieces take no more memory than their bytes`() {
      var state = StreamState()
      var buffer = ByteBufferAllocator().buffer(capacity: 65_536)
      buffer.writeBytes([9])
      for _ in 0..<10_000 { state.arrived(buffer) }
      #expect(state.storageForReading < 64 << 10)
    }
  }
#endif
