//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation

extension Row {
  static let hashingRows: [Row] = [
    Row("Hasher", .none) { log in
      var hasher = Hasher()
      hasher.combine(42)
      hasher.combine("moon")
      log(hasher.finalize())
    },
    Row("hashValue", .none) { log in
      log(7.hashValue)
      log("pool".hashValue)
      log([1, 2, 3].hashValue)
      log(Optional("x").hashValue)
      log(Fruit.apple.hashValue)
      log(1.5.hashValue)
      log(AnyHashable("any").hashValue)
    },
    Row("Set order", .none) { log in
      log("\(Set((0..<50).map { $0 &* 7919 }).map { $0 })")
      log("\(Set(["a", "b", "c", "d", "e", "f", "g"]).map { $0 })")
      log("\(Set<Fruit>([.apple, .pear, .plum]).map(\.rawValue))")
    },
    Row("Dictionary order", .none) { log in
      var prices: [String: Int] = [:]
      for i in 0..<40 { prices["item \(i)"] = i }
      for i in stride(from: 0, to: 40, by: 3) { prices["item \(i)"] = nil }
      log("\(prices.map { "\($0.key)=\($0.value)" })")
      log("\(prices)")
      log("\(Dictionary(grouping: 0..<20, by: { $0 % 7 }).map { $0 })")
    },
    Row("Set order, filled by racing tasks", .values) { log in
      let members = await withTaskGroup(of: Int.self) { group in
        for i in 0..<6 { group.addTask { i } }
        return await group.reduce(into: [Int]()) { $0.append($1) }
      }
      var set = Set<Int>(minimumCapacity: 6)
      for member in members { set.insert(member) }
      log("\(members) \(set.map { $0 })")
    },
    Row("JSONEncoder key order", .none) { log in
      let encoder = JSONEncoder()
      log(String(decoding: try encoder.encode(Record()), as: UTF8.self))
      log(String(decoding: try encoder.encode(Record().tags), as: UTF8.self))
      encoder.outputFormatting = .sortedKeys
      log(String(decoding: try encoder.encode(Record()), as: UTF8.self))
    },
    Row("JSONDecoder, dictionary order", .none) { log in
      let text = #"{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}"#
      let decoded = try JSONDecoder().decode([String: Int].self, from: Data(text.utf8))
      log("\(decoded.map { "\($0.key)=\($0.value)" })")
    },
  ]
}

private enum Fruit: String { case apple, pear, plum }

private struct Record: Encodable {
  var name = "moon"
  var size = 3
  var tags = ["tide": 1, "crater": 2, "phase": 3, "orbit": 4]
  var nested = ["a": ["x": 1, "y": 2], "b": [:]]
}
