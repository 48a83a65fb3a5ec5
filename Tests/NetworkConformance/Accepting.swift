//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  static let accepting: [ConformanceCase] = [
    ConformanceCase("who finds the backlog full gets in once others have been accepted") { bed in
      let listener = try await bed.server.network.listen(port: 0, backlog: 2)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            let connection = try await bed.client.network.connect(to: listener.localAddress)
            try await connection.write([7])
            try await requireEnd(connection, "the client's read")
          }
        }
        try await bed.pause(.milliseconds(1_500))
        for number in 0..<8 {
          let connection = try await listener.accept()
          try requireBytes(try await connection.read(exactly: 1), [7], "connection \(number)")
          connection.close()
        }
        try await group.waitForAll()
      }
    },
    ConformanceCase("who came first is accepted first") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      var clients: [Connection] = []
      for _ in 0..<5 {
        clients.append(try await bed.client.network.connect(to: listener.localAddress))
        try await bed.settle()
      }
      for (number, client) in clients.enumerated() {
        let accepted = try await listener.accept()
        try requireEqual(accepted.remoteAddress, client.localAddress, "number \(number)")
      }
    },
    ConformanceCase("what was sent before the accept can be read after it") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      let client = try await bed.client.network.connect(to: listener.localAddress)
      try await client.write(pattern(3_000))
      client.finish()
      try await bed.settle()
      let server = try await listener.accept()
      try requireBytes(try await readAll(server), pattern(3_000), "read")
    },
    ConformanceCase("who closed before the accept is accepted all the same") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      let client = try await bed.client.network.connect(to: listener.localAddress)
      try await client.write(pattern(10))
      client.close()
      try await bed.settle()
      let server = try await listener.accept()
      try requireBytes(try await readAll(server), pattern(10), "read")
    },
    ConformanceCase("who reset before the accept does no harm to those behind") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      let first = try await bed.client.network.connect(to: listener.localAddress)
      let gone = first.localAddress
      first.reset()
      try await bed.settle()
      let second = try await bed.client.network.connect(to: listener.localAddress)
      var accepted = try await listener.accept()
      if accepted.remoteAddress == gone {
        let dead = accepted
        try await requireFailure(.connectionReset, of: "read") { try await dead.read() }
        accepted = try await listener.accept()
      }
      try requireEqual(accepted.remoteAddress, second.localAddress, "the second's address")
    },
    ConformanceCase("a closed listener accepts nothing") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      listener.close()
      listener.close()
      try await requireFailure(.closed, of: "accept") { try await listener.accept() }
    },
    ConformanceCase("closing the listener ends a pending accept") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      let task = Task { try await listener.accept() }
      try await bed.settle()
      listener.close()
      try await requireFailure(.closed, of: "accept") { try await task.value }
    },
    ConformanceCase("closing the listener resets connections that wait") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      let client = try await bed.client.network.connect(to: listener.localAddress)
      try await bed.settle()
      listener.close()
      try await requireFailure(.connectionReset, of: "read") { try await client.read() }
    },
    ConformanceCase("closing the listener leaves no one connected who wasn't accepted") { bed in
      for step in 0..<12 {
        let listener = try await bed.server.network.listen(port: 0)
        let task = Task {
          let connection = try await bed.client.network.connect(to: listener.localAddress)
          return try await connection.read()
        }
        try await bed.pause(.microseconds(step * step * 150))
        listener.close()
        try await requireFailure(.connectionRefused, .connectionReset, of: "connect and read") {
          try await task.value
        }
      }
    },
  ]
}
