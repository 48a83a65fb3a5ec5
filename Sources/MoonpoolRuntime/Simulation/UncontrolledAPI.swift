//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime

/// Something that a simulation cannot control, by the name that people know it by.
///
/// A run that calls one fails with ``Verdict/uncontrolled(_:)`` unless its options allow it.
/// ``all`` lists the names.
public struct UncontrolledAPI: Sendable, Hashable, CustomStringConvertible {
  /// Position in the list that the interposers share.
  let index: UInt32

  init(_ api: mp_api) { index = api.rawValue }

  /// The API with this name, such as `"pthread_create"`; nil if a simulation controls it or never
  /// heard of it.
  public init?(named name: String) {
    guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// Such as `"pthread_create"`.
  public var name: String { String(cString: mp_api_name(mp_api(rawValue: index))) }

  /// What to do instead, as half a sentence.
  public var advice: String { String(cString: mp_api_advice(mp_api(rawValue: index))) }

  public var description: String { name }

  /// Every API that is watched, in the order of the list.
  public static var all: [UncontrolledAPI] {
    (0..<MP_API_COUNT.rawValue).map { UncontrolledAPI(mp_api(rawValue: $0)) }
  }

  /// A thread outside the simulation resumes one of its tasks.
  public static var foreignResume: UncontrolledAPI { UncontrolledAPI(MP_API_foreign_resume) }
}
