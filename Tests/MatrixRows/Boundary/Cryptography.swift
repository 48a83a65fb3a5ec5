//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Crypto
import Foundation

extension Row {
  static let cryptoRows: [Row] = [
    drawing("SymmetricKey") { SymmetricKey(size: .bits256).withUnsafeBytes { hexadecimal($0) } },
    drawing("AES.GCM.Nonce") { hexadecimal(AES.GCM.Nonce()) },
    drawing("AES.GCM.seal") {
      let key = SymmetricKey(data: [UInt8](repeating: 1, count: 32))
      return hexadecimal(try AES.GCM.seal(Array("hello".utf8), using: key).combined!)
    },
    drawing("ChaChaPoly.seal") {
      let key = SymmetricKey(data: [UInt8](repeating: 1, count: 32))
      return hexadecimal(try ChaChaPoly.seal(Array("hello".utf8), using: key).combined)
    },
    drawing("P256.Signing.PrivateKey") {
      hexadecimal(P256.Signing.PrivateKey().rawRepresentation)
    },
    drawing("P256 signature") {
      let key = try P256.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 7, count: 32))
      let message = Array("hello".utf8)
      let signature = try key.signature(for: message)
      let isValid = key.publicKey.isValidSignature(signature, for: message)
      return "\(hexadecimal(signature.rawRepresentation)) \(isValid)"
    },
    drawing("P256.KeyAgreement") {
      let (a, b) = (P256.KeyAgreement.PrivateKey(), P256.KeyAgreement.PrivateKey())
      let secret = try a.sharedSecretFromKeyAgreement(with: b.publicKey)
      return secret.withUnsafeBytes { hexadecimal($0) }
    },
    drawing("Curve25519.Signing.PrivateKey") {
      hexadecimal(Curve25519.Signing.PrivateKey().rawRepresentation)
    },
    drawing("Curve25519 signature") {
      let key = Curve25519.Signing.PrivateKey()
      let signature = try key.signature(for: Array("hello".utf8))
      return hexadecimal(signature)
    },
    drawing("Curve25519.KeyAgreement.PrivateKey") {
      hexadecimal(Curve25519.KeyAgreement.PrivateKey().rawRepresentation)
    },
  ]
}
