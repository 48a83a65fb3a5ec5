//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

/// The examples of RFC 8949, appendix A.
@Suite struct RFC8949Tests {
  private let codec = BinaryCodec()

  private func check<T: Codable & Equatable>(
    _ value: T, _ hex: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(try codec.encode(value).hex == hex, sourceLocation: sourceLocation)
    #expect(
      try codec.decode(T.self, from: [UInt8](hex: hex)) == value, sourceLocation: sourceLocation)
  }

  @Test func `integers`() throws {
    try check(0, "00")
    try check(1 as UInt8, "01")
    try check(10 as Int8, "0a")
    try check(23 as UInt16, "17")
    try check(24 as Int16, "1818")
    try check(25 as UInt32, "1819")
    try check(100 as Int32, "1864")
    try check(1000 as UInt64, "1903e8")
    try check(1_000_000 as Int64, "1a000f4240")
    try check(1_000_000_000_000 as UInt, "1b000000e8d4a51000")
    try check(UInt64.max, "1bffffffffffffffff")
    try check(UInt128(18_446_744_073_709_551_616), "c249010000000000000000")
    try check(Int128(-18_446_744_073_709_551_616), "3bffffffffffffffff")
    try check(Int128(-18_446_744_073_709_551_617), "c349010000000000000000")
    try check(-1, "20")
    try check(-10 as Int8, "29")
    try check(-100 as Int16, "3863")
    try check(-1000 as Int32, "3903e7")
  }

  @Test func `floating-point numbers`() throws {
    try check(0.0, "f90000")
    try check(1.0, "f93c00")
    try check(1.1, "fb3ff199999999999a")
    try check(1.5 as Float, "f93e00")
    try check(65504.0, "f97bff")
    try check(100_000.0, "fa47c35000")
    try check(3.4028234663852886e+38, "fa7f7fffff")
    try check(1.0e+300, "fb7e37e43c8800759c")
    try check(5.960464477539063e-8, "f90001")
    try check(0.00006103515625 as Float, "f90400")
    try check(-4.0, "f9c400")
    try check(-4.1, "fbc010666666666666")
    try check(Double.infinity, "f97c00")
    try check(-Float.infinity, "f9fc00")
    let minusZero = try codec.encode(-0.0)
    #expect(minusZero.hex == "f98000")
    #expect(try codec.decode(Double.self, from: minusZero).sign == .minus)
    #expect(try codec.encode(Double.nan).hex == "f97e00")
    #expect(try codec.decode(Double.self, from: [0xF9, 0x7E, 0x00]).isNaN)
    #expect(try codec.decode(Float.self, from: [0xF9, 0x7E, 0x00]).isNaN)
  }

  @Test func `simple values, bytes and text`() throws {
    try check(false, "f4")
    try check(true, "f5")
    try check(nil as Int?, "f6")
    try check([] as [UInt8], "40")
    try check([1, 2, 3, 4] as [UInt8], "4401020304")
    try check("", "60")
    try check("a", "6161")
    try check("IETF", "6449455446")
    try check("\"\\", "62225c")
    try check("\u{FC}", "62c3bc")
    try check("\u{6C34}", "63e6b0b4")
    try check("\u{10151}", "64f0908591")
  }

  @Test func `arrays and maps`() throws {
    try check([] as [Int], "80")
    try check([1, 2, 3], "83010203")
    try check(
      Item.array([
        .integer(1), .array([.integer(2), .integer(3)]), .array([.integer(4), .integer(5)]),
      ]), "8301820203820405")
    try check(
      Array(1...25), "98190102030405060708090a0b0c0d0e0f101112131415161718181819")
    try check([:] as [String: Int], "a0")
    try check([1: 2, 3: 4], "a201020304")
    struct Message: Codable, Equatable { var a = 1, b = [2, 3] }
    try check(Message(), "a26161016162820203")
    try check(
      Item.array([.text("a"), .map([.init(stringValue: "b"): .text("c")])]), "826161a161626163")
    try check(
      ["a": "A", "b": "B", "c": "C", "d": "D", "e": "E"],
      "a56161614161626142616361436164614461656145")
  }

  /// Appendix A has them too, and they are not the deterministic form, or have no use here.
  @Test(arguments: [
    "fa7f800000", "fa7fc00000", "faff800000", "fb7ff0000000000000", "fb7ff8000000000000",
    "fbfff0000000000000", "f7", "f0", "f8ff",
    "c074323031332d30332d32315432303a30343a30305a", "c11a514b67b0", "c1fb41d452d9ec200000",
    "d74401020304", "d818456449455446", "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
    "5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff",
    "9f01820203820405ff", "83018202039f0405ff", "83019f0203ff820405", "bf61610161629f0203ffff",
    "826161bf61626163ff", "bf6346756ef563416d7421ff",
  ])
  func `other forms are refused`(hex: String) {
    #expect(throws: CodecError.self) { try codec.decode(Item.self, from: [UInt8](hex: hex)) }
  }
}
