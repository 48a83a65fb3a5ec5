//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  package import MoonpoolCore
  package import NIOCore

  /// One end of a stream between the tasks that use it and the loop that serves it.
  ///
  /// A kernel's rules: what arrived is read before an error is told; an error is told once, to
  /// whoever asks first; after it reads find the end, and writes a broken pipe.
  package struct StreamState {
    /// Bytes that wait to be read, above which the loop reads no more: the peer's window closes.
    package static let receiveLimit = 256 << 10
    /// Bytes that wait to be sent, above which writers wait.
    package static let sendLimit = 256 << 10
    /// Smaller pieces are copied, so that a few bytes don't hold a whole receive buffer.
    private static let pieceWorthKeeping = 4_096

    package init() {}

    private var inbox = ByteBuffer()
    package private(set) var outbox = ByteBuffer()
    package private(set) var inFlight = 0
    package private(set) var isClosed = false
    /// Closed without a word: the channel is the reset's alone.
    private var isReset = false
    package private(set) var isFinished = false
    /// The peer will send nothing more.
    package private(set) var hasEnded = false
    /// The other end has been told that nothing more comes.
    private var outputHasEnded = false
    /// Writes go nowhere.
    private var isBroken = false
    /// What nobody has been told.
    private var untold: NetworkError.Code?
    /// The loop reads no more until it is asked to.
    package private(set) var isPaused = false
    /// A batch is scheduled or under way.
    private var isSending = false
    /// Bytes came that nobody can read any more.
    package private(set) var hasDiscarded = false
    private var readers: [Waiter<Void>] = []
    private var writers: [Waiter<Void>] = []

    /// How many bytes hold what waits to be read, empty places included.
    package var storageForReading: Int { inbox.storageCapacity }

    // MARK: Reading

    package var isReadable: Bool { inbox.readableBytes > 0 || untold != nil || hasEnded }

    package enum Taken {
      /// Bytes, and whether the loop is to read on.
      case bytes([UInt8], resumes: Bool)
      case nothing
      case failure(NetworkError.Code)
    }

    package mutating func take(atMost maximum: Int) -> Taken {
      if isClosed { return .failure(.closed) }
      if maximum < 1 { return .failure(.invalidArgument) }
      if let bytes = inbox.readBytes(length: min(maximum, inbox.readableBytes)), !bytes.isEmpty {
        // Idle connections hold no large buffer.
        if inbox.readableBytes == 0 && inbox.capacity > Self.pieceWorthKeeping {
          inbox = ByteBuffer()
        }
        let resumes = isPaused && inbox.readableBytes <= Self.receiveLimit / 2
        if resumes { isPaused = false }
        return .bytes(bytes, resumes: resumes)
      }
      if let code = tell() { return .failure(code) }
      return hasEnded ? .bytes([], resumes: false) : .nothing
    }

    /// The error, the first time.
    private mutating func tell() -> NetworkError.Code? {
      defer { untold = nil }
      return untold
    }

    package mutating func arrived(_ piece: ByteBuffer) {
      if isClosed {
        hasDiscarded = true
      } else if inbox.readableBytes > 0 {
        if inbox.readerIndex > inbox.readableBytes { inbox.discardReadBytes() }
        inbox.writeImmutableBuffer(piece)
      } else if piece.readableBytes >= Self.pieceWorthKeeping {
        inbox = piece
      } else {
        inbox.clear(minimumCapacity: piece.readableBytes)
        inbox.writeImmutableBuffer(piece)
      }
    }

    /// Whether the loop is to read on; if not, somebody will ask it to.
    package mutating func readsOn() -> Bool {
      isPaused = isClosed || inbox.readableBytes >= Self.receiveLimit
      return !isPaused
    }

    // MARK: Writing

    private var room: Int { Self.sendLimit - inFlight - outbox.readableBytes }

    /// A write has something to say: there is room, or it fails.
    package var isWritable: Bool { room > 0 || isBroken || untold != nil || isFinished }

    package enum Given {
      /// How many bytes were taken, and whether the loop must be told.
      case bytes(Int, starts: Bool)
      case failure(NetworkError.Code)
    }

    package mutating func give(_ bytes: [UInt8], from start: Int) -> Given {
      if isClosed { return .failure(.closed) }
      if isFinished { return .failure(.brokenPipe) }
      if let code = tell() { return .failure(code) }
      if isBroken { return .failure(.brokenPipe) }
      if start < 0 || start > bytes.count { return .failure(.invalidArgument) }
      let count = min(bytes.count - start, room)
      if count <= 0 { return .bytes(0, starts: false) }
      outbox.writeBytes(bytes[start..<start + count])
      return .bytes(count, starts: startSending())
    }

    /// True if nothing is under way: the loop must be told.
    private mutating func startSending() -> Bool {
      defer { isSending = true }
      return !isSending
    }

    package enum Sending {
      case batch(ByteBuffer)
      case end
      case close
      case nothing
    }

    /// What the loop is to do next.
    package mutating func nextToSend() -> Sending {
      if isReset { return .nothing }
      if isBroken {
        outbox = ByteBuffer()
        isSending = false
        return isClosed ? .close : .nothing
      }
      if outbox.readableBytes > 0 {
        let batch = outbox
        outbox = ByteBuffer()
        inFlight = batch.readableBytes
        return .batch(batch)
      }
      isSending = false
      if isClosed { return .close }
      if !isFinished { return .nothing }
      outputHasEnded = true
      return .end
    }

    /// The batch under way has gone to the kernel, or nowhere.
    package mutating func sent() { inFlight = 0 }

    /// No more will be written.
    ///
    /// - Returns: Whether the loop must be told.
    package mutating func finish() -> Bool {
      if isClosed || isFinished { return false }
      isFinished = true
      return startSending()
    }

    // MARK: Ends

    package enum Closing {
      case wasClosed
      /// Once all has been sent; `starts` says whether the loop must be told.
      case politely(starts: Bool)
      /// Without a word, but a reset.
      case abruptly
    }

    package mutating func close(abruptly: Bool = false) -> Closing {
      if isClosed { return .wasClosed }
      isClosed = true
      let leavesUnread = inbox.readableBytes > 0
      inbox = ByteBuffer()
      untold = nil
      if abruptly || leavesUnread {
        isReset = true
        outbox = ByteBuffer()
        return .abruptly
      }
      return .politely(starts: startSending())
    }

    package mutating func ended() { hasEnded = true }

    /// The channel has gone without an error: both ends of the stream are over, or somebody else
    /// closed it.
    package mutating func gone() {
      if outputHasEnded { hasEnded = true }
      failed(.connectionReset)
    }

    /// The connection is gone.
    package mutating func failed(_ code: NetworkError.Code) {
      // Who has seen the end of the stream knows that nothing more comes.
      if !hasEnded && !isBroken && !isClosed && code != .brokenPipe { untold = code }
      isBroken = true
      hasEnded = true
    }

    // MARK: Waiting

    package enum Direction {
      case reading
      case writing
    }

    /// Puts down who waits; false if there is nothing to wait for.
    mutating func add(_ waiter: Waiter<Void>, for direction: Direction) -> Bool {
      switch direction {
      case .reading:
        if isReadable { return false }
        readers.append(waiter)
      case .writing:
        if isWritable { return false }
        writers.append(waiter)
      }
      return true
    }

    /// A wait was given up.
    mutating func forget(_ waiter: Waiter<Void>) {
      readers.removeAll { $0 === waiter }
      writers.removeAll { $0 === waiter }
    }

    /// Who waits and need not any more.
    mutating func woken() -> [Waiter<Void>] {
      var woken: [Waiter<Void>] = []
      if !readers.isEmpty && (isReadable || isClosed) {
        woken += readers
        readers = []
      }
      if !writers.isEmpty && (isWritable || isClosed) {
        woken += writers
        writers = []
      }
      return woken
    }
  }
#endif
