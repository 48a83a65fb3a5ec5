//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import ArgumentParser
import Foundation

/// The command line, parsed and checked. Where it can't be, this prints one line and ends the
/// program; help is printed here, too.
package func checked<Arguments: ParsableCommand, Request>(
  _ program: String, _ check: (Arguments) throws(Refusal) -> Request
) -> Request {
  do {
    return try check(parsed())
  } catch {
    FileHandle.standardError.write(Data("\(program): \(error.message)\n".utf8))
    exit(error.exitCode)
  }
}

private func parsed<Arguments: ParsableCommand>() throws(Refusal) -> Arguments {
  do {
    return try Arguments.parse()
  } catch {
    if Arguments.exitCode(for: error).rawValue == 0 { Arguments.exit(withError: error) }
    throw .usage(Arguments.message(for: error))
  }
}

/// Refuses more than one of several options that exclude each other.
package func exclusive(_ options: KeyValuePairs<String, String?>) throws(Refusal) {
  let given = options.filter { $0.value != nil }
  if given.count > 1 { throw .usage("\(given[0].key) and \(given[1].key) exclude each other") }
}

/// What was chosen by name, each once; all if nothing was.
package func chosen<Item>(
  _ names: [String], of all: [Item], called kind: String, name: (Item) -> String
) throws(Refusal) -> [Item] {
  var items: [Item] = []
  for wanted in names {
    guard let item = all.first(where: { name($0) == wanted }) else {
      let known = all.map(name).joined(separator: ", ")
      throw .usage("--example: there is no \(kind) \(quoted(wanted)): choose from \(known)")
    }
    if !items.contains(where: { name($0) == wanted }) { items.append(item) }
  }
  return items.isEmpty ? all : items
}
