//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The text of a file. Bytes that are not UTF-8 become replacement characters.
func readTextFile(_ path: String) throws(SeedsError) -> String {
  func unreadable() -> SeedsError {
    let reason = String(cString: strerror(errno))
    return SeedsError(code: .unreadableFile, message: "cannot read the seeds in \(path): \(reason)")
  }
  guard let file = fopen(path, "r") else { throw unreadable() }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    bytes.append(contentsOf: buffer[..<count])
    if count < buffer.count { break }
  }
  if ferror(file) != 0 { throw unreadable() }
  return String(decoding: bytes, as: UTF8.self)
}
