//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A floating-point number in the shortest of three forms that keeps its value.
///
/// Half precision is done on bits, because `Float16` is missing on Intel Macs.
enum CBORFloat {
  case half(UInt16)
  case single(Float)
  case double(Double)

  static let nan: UInt16 = 0x7E00

  /// Chooses the form.
  init(_ value: Double) {
    guard !value.isNaN else {
      self = .half(Self.nan)
      return
    }
    let single = Float(value)
    if Double(single) != value {
      self = .double(value)
    } else if let half = Self.half(exactly: single) {
      self = .half(half)
    } else {
      self = .single(single)
    }
  }

  /// Reads the form that a head of 25...27 names; the form need not be the shortest.
  init(information: UInt8, argument: UInt64) {
    switch information {
    case 25: self = .half(UInt16(truncatingIfNeeded: argument))
    case 26: self = .single(Float(bitPattern: UInt32(truncatingIfNeeded: argument)))
    default: self = .double(Double(bitPattern: argument))
    }
  }

  var value: Double {
    switch self {
    case .half(let bits): Double(Self.single(half: bits))
    case .single(let single): Double(single)
    case .double(let double): double
    }
  }

  /// Whether an encoder would have written the number like this.
  var isShortest: Bool {
    switch (self, CBORFloat(value)) {
    case (.half(let mine), .half(let best)): mine == best
    case (.single, .single), (.double, .double): true
    default: false
    }
  }

  /// The bits of a number in half precision; nil if it has no place there. NaN has none.
  static func half(exactly value: Float) -> UInt16? {
    let sign = UInt16(value.bitPattern >> 16) & 0x8000
    let exponent = Int(value.bitPattern >> 23 & 0xFF) - 127
    let fraction = value.bitPattern & 0x7F_FFFF
    switch exponent {
    case -14...15:
      guard fraction & 0x1FFF == 0 else { return nil }
      return sign | UInt16(exponent + 15) << 10 | UInt16(fraction >> 13)
    case -24 ... -15:
      // Below the normal numbers, a half counts units of 2^-24.
      let significand = fraction | 0x80_0000
      let shift = UInt32(-1 - exponent)
      guard significand & (1 << shift - 1) == 0 else { return nil }
      return sign | UInt16(significand >> shift)
    case -127: return fraction == 0 ? sign : nil
    case 128: return fraction == 0 ? sign | 0x7C00 : nil
    default: return nil
    }
  }

  /// The number that bits in half precision stand for.
  static func single(half bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
