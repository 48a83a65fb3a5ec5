//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ArgumentParser
import CalculatorPrograms
import CalculatorScenarios
import MoonpoolCore
import ServiceSupport

/// A calculator that others call: as a simulation, or as processes on real sockets.
@main
struct Calculator: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calculator", abstract: "Calculates for others.",
    subcommands: [Simulate.self, Serve.self, Call.self])

  static func main() { runService(Self.self, CalculatorScenario.calculator) }
}

extension Calculator {
  struct Simulate: ParsableCommand {
    static let configuration = SimulateOptions.configuration

    @OptionGroup var options: SimulateOptions

    func run() throws { try options.run(CalculatorScenario.calculator) }
  }

  struct Serve: ParsableCommand {
    static let configuration = ServeOptions.configuration

    @OptionGroup var options: ServeOptions

    func run() throws { try options.run { CalculatorServer(port: $0) } }
  }

  struct Call: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Asks the server for a result.",
      discussion: "Put '--' before negative numbers: call -- add -2 3")

    @OptionGroup var options: CallOptions

    @Argument(help: "add, subtract, multiply or divide.")
    var operation: Operation

    @Argument var left: Int

    @Argument var right: Int

    func run() throws {
      let calculation = Calculation(operation, Operands(left, right))
      try options.run { server, timeout, output in
        CalculatorClient(server: server, [calculation], timeout: timeout) { _, outcome in
          switch outcome {
          case .value(let value): output.say("\(value)")
          case .refused(let error): output.fail("\(error)")
          case .failed(let reason): output.fail(reason)
          }
        }
      }
    }
  }
}

extension Operation: ExpressibleByArgument {}
