// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "moonpool",
  products: [
    .library(name: "MoonpoolAssertions", targets: ["MoonpoolAssertions"]),
    .library(name: "MoonpoolCore", targets: ["MoonpoolCore"]),
    .library(name: "MoonpoolHistory", targets: ["MoonpoolHistory"]),
    .library(name: "MoonpoolNIO", targets: ["MoonpoolNIO"]),
    .library(name: "MoonpoolRunner", targets: ["MoonpoolRunner"]),
    .library(name: "MoonpoolRuntime", targets: ["MoonpoolRuntime"]),
    .library(name: "MoonpoolSim", targets: ["MoonpoolSim"]),
    .library(name: "MoonpoolSimTesting", targets: ["MoonpoolSimTesting"]),
    .library(name: "MoonpoolTesting", targets: ["MoonpoolTesting"]),
    .library(name: "MoonpoolTransport", targets: ["MoonpoolTransport"]),
    // For the package in `Fuzzing`, which builds it with libFuzzer. Not for users.
    .library(name: "_FuzzTargets", targets: ["FuzzTargets"]),
  ],
  traits: [
    .trait(name: "NIO", description: "Production providers on SwiftNIO: MoonpoolNIO.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // For tests alone: what users bring. No library target depends on them.
    .package(url: "https://github.com/apple/swift-async-algorithms", exact: "1.1.4"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
  ],
  targets: [
    // C: runtime hooks, libc interposition, private layouts of the Swift runtime.
    .target(name: "CMoonpoolRuntime"),
    // The deterministic executor, virtual time, decisions. Knows nothing of networks or disks.
    .target(
      name: "MoonpoolRuntime",
      dependencies: ["CMoonpoolAssertions", "CMoonpoolRuntime", "MoonpoolAssertions"]),
    // What programs are written against: nodes, providers, addresses, codecs. Links no simulator.
    .target(
      name: "MoonpoolCore",
      dependencies: ["CMoonpoolCore", .product(name: "Logging", package: "swift-log")]),
    .target(name: "CMoonpoolCore"),
    // Links between nodes, and calls over them.
    .target(
      name: "MoonpoolTransport",
      dependencies: [
        "MoonpoolCore",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
      ]),
    .testTarget(
      name: "MoonpoolTransportTests",
      dependencies: [
        "MoonpoolCore", "MoonpoolRuntime", "MoonpoolSim", "MoonpoolTransport",
        "TransportPrograms", "TransportScenarios",
      ],
      exclude: ["Wire/packet.py"]),
    // The providers of production. Links no simulator. Sockets only with the trait `NIO`.
    .target(
      name: "MoonpoolNIO",
      dependencies: [
        "MoonpoolCore",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .testTarget(
      name: "MoonpoolNIOTests",
      dependencies: [
        "MoonpoolCore", "MoonpoolNIO", "MoonpoolTransport", "NetworkConformance",
        "StorageConformance",
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["NIO"])),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      exclude: ["Transport/client.py"]),
    // What production code says for simulations to use. Knows no simulator, costs next to nothing.
    .target(name: "CMoonpoolAssertions"),
    .target(name: "MoonpoolAssertions", dependencies: ["CMoonpoolAssertions"]),
    // The simulated world: network, storage, processes, chaos.
    .target(
      name: "MoonpoolSim",
      dependencies: [
        "CMoonpoolAssertions", "MoonpoolAssertions", "MoonpoolCore", "MoonpoolRuntime",
        "CMoonpoolRuntime", .product(name: "Logging", package: "swift-log"),
      ]),
    // Many seeds: workers, triage, reports.
    .target(
      name: "MoonpoolRunner",
      dependencies: [
        "CMoonpoolRuntime", "MoonpoolAssertions", "MoonpoolCore", "MoonpoolRuntime", "MoonpoolSim",
      ], resources: [.embedInCode("Reports/HTML/Page")]),
    // What campaigns found, kept in a database beside the project. Only the command line needs it.
    .target(
      name: "MoonpoolHistory",
      dependencies: [
        "CMoonpoolRuntime", "MoonpoolAssertions", "MoonpoolCore", "MoonpoolRunner",
        "MoonpoolRuntime", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    // Swift Testing traits.
    .target(name: "MoonpoolTesting", dependencies: ["MoonpoolRuntime", "CMoonpoolRuntime"]),
    // The same for scenarios: what needs the runner stays out of MoonpoolTesting.
    .target(
      name: "MoonpoolSimTesting",
      dependencies: ["MoonpoolRunner", "MoonpoolRuntime", "MoonpoolSim", "MoonpoolTesting"]),
    .testTarget(
      name: "MoonpoolSimTestingTests",
      dependencies: [
        "CampaignScenarios", "MoonpoolAssertions", "MoonpoolCore", "MoonpoolRunner",
        "MoonpoolRuntime", "MoonpoolSim", "MoonpoolSimTesting", "MoonpoolTesting",
      ]),
    .testTarget(
      name: "MoonpoolRuntimeTests", dependencies: ["MoonpoolRuntime", "CMoonpoolRuntime"]),
    .testTarget(
      name: "MoonpoolTestingTests", dependencies: ["MoonpoolTesting", "MoonpoolRuntime"]),
    .testTarget(name: "MoonpoolCoreTests", dependencies: ["CMoonpoolCore", "MoonpoolCore"]),
    .testTarget(
      name: "MoonpoolSimTests",
      dependencies: [
        "CMoonpoolAssertions", "MoonpoolAssertions", "MoonpoolSim", "MoonpoolCore",
        "MoonpoolRuntime", "CMoonpoolRuntime", "NetworkConformance", "StorageConformance",
        .product(name: "Logging", package: "swift-log"),
      ]),
    // What a kernel's network and files do, for every implementation of the providers.
    .target(
      name: "NetworkConformance", dependencies: ["MoonpoolCore", "ConformanceSupport"],
      path: "Tests/NetworkConformance"),
    .target(
      name: "StorageConformance", dependencies: ["MoonpoolCore", "ConformanceSupport"],
      path: "Tests/StorageConformance"),
    .target(name: "ConformanceSupport", path: "Tests/ConformanceSupport"),
    .testTarget(
      name: "MoonpoolAssertionsTests",
      dependencies: ["MoonpoolAssertions", "MoonpoolRuntime", "CMoonpoolAssertions"]),
    .target(
      name: "CampaignScenarios",
      dependencies: ["MoonpoolAssertions", "MoonpoolCore", "MoonpoolRuntime", "MoonpoolSim"],
      path: "Tests/CampaignScenarios"),
    .executableTarget(
      name: "campaign-host",
      dependencies: [
        "CampaignScenarios", "MoonpoolCommand", "MoonpoolHistory", "MoonpoolRunner",
        "MoonpoolRuntime", "MoonpoolSim",
      ],
      path: "Tests/campaign-host-tool"),
    .testTarget(
      name: "MoonpoolRunnerTests",
      dependencies: [
        "CampaignScenarios", "MoonpoolRunner", "MoonpoolAssertions", "MoonpoolCore",
        "MoonpoolRuntime", "MoonpoolSim",
      ]),
    .testTarget(
      name: "MoonpoolHistoryTests",
      dependencies: [
        "CampaignScenarios", "MoonpoolHistory", "MoonpoolRunner", "MoonpoolRuntime", "MoonpoolSim",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    // Reports in headless Chromium, which `Scripts/setup --tests` installs.
    .testTarget(
      name: "MoonpoolReportTests",
      dependencies: [
        "ClusterScenarios", "MoonpoolCore", "MoonpoolRunner", "MoonpoolRuntime", "MoonpoolSim",
      ]),
    // What reads bytes from anyone, and what must hold: for libFuzzer (the package in `Fuzzing`),
    // and for the test that replays what it found.
    .target(
      name: "FuzzTargets",
      dependencies: ["MoonpoolCore", "MoonpoolRuntime", "MoonpoolTransport"],
      path: "Tests/FuzzTargets"),
    .testTarget(name: "FuzzCorpusTests", dependencies: ["FuzzTargets"]),
    .testTarget(name: "TidinessTests"),
    // One row for each construct of the language and each call below it, for a test and for the
    // second process that it compares itself with.
    .target(
      name: "MatrixRows",
      dependencies: [
        "MoonpoolRuntime",
        .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
        .product(name: "Crypto", package: "swift-crypto"),
      ], path: "Tests/MatrixRows"),
    .executableTarget(
      name: "matrix-rows", dependencies: ["MatrixRows"], path: "Tests/matrix-rows-tool"),
    .executableTarget(
      name: "double-run", dependencies: ["MatrixRows"], path: "Tests/double-run-tool"),
    .testTarget(
      name: "MatrixTests", dependencies: ["MatrixRows", "MoonpoolRuntime", "CMoonpoolRuntime"]),
  ],
  swiftLanguageModes: [.v6]
)

// Examples: ordinary programs with a race in them, and `race-hunt`, which finds them all.
package.dependencies.append(
  .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"))
package.products += [
  .library(name: "MoonpoolCommand", targets: ["MoonpoolCommand"]),
  .plugin(name: "Simulate", targets: ["Simulate"]),
  .executable(name: "race-hunt", targets: ["RaceHunt"]),
]
package.targets += [
  // A command line for executables that list scenarios.
  .target(
    name: "MoonpoolCommand",
    dependencies: [
      "MoonpoolHistory", "MoonpoolRunner", "MoonpoolRuntime", "MoonpoolSim",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
  // `swift package simulate`: that command line, for all such executables of a package.
  .plugin(
    name: "Simulate",
    capability: .command(
      intent: .custom(
        verb: "simulate", description: "Runs the simulations of this package's executables."))),
  // Knows nothing of Moonpool.
  .target(name: "RaceCatalog", path: "Examples/RaceCatalog"),
  // The manners of both tools: colours, seeds, refusals in one line.
  .target(
    name: "HuntSupport",
    dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
    path: "Examples/HuntSupport"),
  .executableTarget(
    name: "RaceHunt",
    dependencies: [
      "HuntSupport", "MoonpoolRuntime", "RaceCatalog",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Examples/RaceHunt"),
  .testTarget(
    name: "ExamplesTests",
    dependencies: ["ClusterHunt", "MoonpoolRuntime", "RaceCatalog", "RaceHunt"]),
]
for name in ["Overdraft", "Stampede", "Retry", "LastElement", "RateLimiter", "Needle"] {
  package.targets.append(
    .executableTarget(
      name: name, dependencies: ["MoonpoolRuntime", "RaceCatalog"], path: "Examples/\(name)"))
}

// Examples: clusters with one mistake in them, and `cluster-hunt`, which finds them all.
package.targets += [
  // The systems under test: what goes into production sees no simulator.
  .target(
    name: "ClusterPrograms", dependencies: ["MoonpoolCore"],
    path: "Examples/ClusterCatalog/Programs"),
  // What tests them.
  .target(
    name: "ClusterScenarios",
    dependencies: ["ClusterPrograms", "MoonpoolSim", "MoonpoolCore", "MoonpoolRuntime"],
    path: "Examples/ClusterCatalog/Scenarios"),
  .executableTarget(
    name: "ClusterHunt",
    dependencies: [
      "ClusterScenarios", "HuntSupport", "MoonpoolRuntime", "MoonpoolSim",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Examples/ClusterHunt"),
  .testTarget(
    name: "ClusterExamplesTests",
    dependencies: ["ClusterScenarios", "MoonpoolRunner", "MoonpoolRuntime", "MoonpoolSim"]),
]
package.targets.append(
  .executableTarget(
    name: "ClusterSimulations",
    dependencies: ["ClusterScenarios", "MoonpoolCommand", "MoonpoolSim"],
    path: "Examples/ClusterSimulations"))
package.products += [
  .executable(name: "cluster-hunt", targets: ["ClusterHunt"]),
  .executable(name: "cluster-simulations", targets: ["ClusterSimulations"]),
]

// Moonpool's own transport as a system under test: who calls and who serves, and what has to hold.
package.targets += [
  .target(
    name: "TransportPrograms",
    dependencies: ["MoonpoolAssertions", "MoonpoolCore", "MoonpoolTransport"],
    path: "Examples/TransportCatalog/Programs"),
  .target(
    name: "TransportScenarios",
    dependencies: [
      "MoonpoolCore", "MoonpoolRuntime", "MoonpoolSim", "MoonpoolTransport", "TransportPrograms",
    ],
    path: "Examples/TransportCatalog/Scenarios"),
  .executableTarget(
    name: "TransportSimulations",
    dependencies: ["MoonpoolCommand", "MoonpoolSim", "TransportScenarios"],
    path: "Examples/TransportSimulations"),
]
package.products.append(
  .executable(name: "transport-simulations", targets: ["TransportSimulations"]))

// Services: one source each, run as a simulation and on real sockets.
package.targets += [
  // The command lines' common part.
  .target(
    name: "ServiceSupport",
    dependencies: [
      "MoonpoolCore", "MoonpoolNIO", "MoonpoolRunner", "MoonpoolRuntime", "MoonpoolSim",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Examples/ServiceSupport"),
  .testTarget(
    name: "ServiceExamplesTests",
    dependencies: [
      "Calculator", "CalculatorScenarios", "MoonpoolRuntime", "MoonpoolSim", "PingPong",
      "PingPongPrograms", "PingPongScenarios",
    ]),
]
for (name, product) in [("Calculator", "calculator"), ("PingPong", "ping-pong")] {
  package.targets += [
    .target(
      name: "\(name)Programs",
      dependencies: [
        "MoonpoolCore", "MoonpoolTransport", .product(name: "Logging", package: "swift-log"),
      ],
      path: "Examples/\(name)/Programs"),
    .target(
      name: "\(name)Scenarios",
      dependencies: [
        "MoonpoolAssertions", "MoonpoolCore", "MoonpoolRuntime", "MoonpoolSim",
        .byName(name: "\(name)Programs"),
      ],
      path: "Examples/\(name)/Scenarios"),
    .executableTarget(
      name: name,
      dependencies: [
        "MoonpoolCore", "ServiceSupport", .byName(name: "\(name)Programs"),
        .byName(name: "\(name)Scenarios"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Examples/\(name)/Command"),
  ]
  package.products.append(.executable(name: product, targets: [name]))
}

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
for target in package.targets where !target.name.hasPrefix("CMoonpool") && target.type != .plugin {
  target.swiftSettings = (target.swiftSettings ?? []) + settings
}
