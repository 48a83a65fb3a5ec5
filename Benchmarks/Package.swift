// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [
    // Named, because the identity of a package found by path is the name of its directory.
    .package(name: "moonpool", path: "..")
  ],
  targets: [
    // Ordinary Swift concurrency. Must not know of Moonpool: both executables run the same object
    // code.
    .target(name: "Workloads"),
    // Running one workload and timing it, child processes, tables.
    .target(name: "Measurement", dependencies: ["Workloads"]),
    // The stock side, in a binary that does not contain Moonpool.
    .executableTarget(name: "benchmarks-stock", dependencies: ["Workloads", "Measurement"]),
    // The simulated side, and the report on both.
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "Workloads", "Measurement", .product(name: "MoonpoolRuntime", package: "moonpool"),
        .product(name: "MoonpoolAssertions", package: "moonpool"),
        .product(name: "MoonpoolCore", package: "moonpool"),
        .product(name: "MoonpoolSim", package: "moonpool"),
        .product(name: "MoonpoolTransport", package: "moonpool"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}
