//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import MoonpoolCore

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  /// Asks the system's resolver, and waits for it.
  func lookUp(_ name: String) throws -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    #if canImport(Darwin) || canImport(Musl)
      hints.ai_socktype = SOCK_STREAM
    #else
      hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(name, nil, &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    if status == EAI_AGAIN { throw NetworkError(.timedOut, "resolve", name) }
    var addresses: [IPAddress] = []
    var next = status == 0 ? list : nil
    while let entry = next {
      if let address = IPAddress(entry.pointee), !addresses.contains(address) {
        addresses.append(address)
      }
      next = entry.pointee.ai_next
    }
    if addresses.isEmpty { throw NetworkError(.nameNotFound, "resolve", name) }
    return addresses
  }

  extension IPAddress {
    /// The address of an entry; nil of another family.
    fileprivate init?(_ entry: addrinfo) {
      guard let address = entry.ai_addr, [AF_INET, AF_INET6].contains(entry.ai_family) else {
        return nil
      }
      self.init(UnsafeRawPointer(address), isV6: entry.ai_family == AF_INET6)
    }
  }
#endif
