//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import MoonpoolCore
  import NIOCore

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  extension SocketAddress {
    /// The same for the kernel.
    init(_ address: NetworkAddress) throws {
      try self.init(
        packedIPAddress: ByteBuffer(bytes: address.ip.bytes), port: Int(address.port))
    }
  }

  extension NetworkAddress {
    /// The same for programs; nil of what isn't IP.
    init?(_ address: SocketAddress?) {
      guard let address, let port = address.port else { return nil }
      let ip = address.withSockAddr { pointer, _ in
        IPAddress(UnsafeRawPointer(pointer), isV6: address.protocol == .inet6)
      }
      self.init(ip: ip, port: UInt16(truncatingIfNeeded: port))
    }
  }

  extension IPAddress {
    /// Reads the address out of a `sockaddr_in` or `sockaddr_in6`.
    ///
    /// By the offsets of its bytes, which are the same everywhere: the names of the members
    /// belong to whichever module imports the headers first.
    init(_ socketAddress: UnsafeRawPointer, isV6: Bool) {
      func word<Word: FixedWidthInteger>(_ offset: Int, _ type: Word.Type) -> Word {
        Word(bigEndian: socketAddress.loadUnaligned(fromByteOffset: offset, as: type))
      }
      if isV6 {
        self.init(v6High: word(8, UInt64.self), low: word(16, UInt64.self))
      } else {
        self.init(v4: word(4, UInt32.self))
      }
    }
  }

  extension NetworkError.Code {
    /// What an error of the kernel or of the channel is called; nil if it only says that the
    /// channel is closed.
    init?(_ error: any Error) {
      guard let error = error as? IOError else { return nil }
      self.init(errno: error.errnoCode)
    }

    /// What an error number is called. Numbers without a name of their own say that there is no
    /// way.
    init(errno: CInt) {
      switch errno {
      case ECONNREFUSED: self = .connectionRefused
      case ECONNRESET, ECONNABORTED: self = .connectionReset
      case ETIMEDOUT: self = .timedOut
      case EPIPE: self = .brokenPipe
      case EADDRINUSE: self = .addressInUse
      // A port that needs a privilege is as good as another's address.
      case EADDRNOTAVAIL, EACCES: self = .addressNotAvailable
      case EMSGSIZE: self = .messageTooLarge
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: self = .tooManyConnections
      case EBADF: self = .closed
      case EINVAL, EAFNOSUPPORT, EPROTONOSUPPORT: self = .invalidArgument
      default: self = .hostUnreachable
      }
    }
  }
#endif
