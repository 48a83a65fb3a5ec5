// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "moonpool",
  products: [
    .library(name: "MoonpoolRuntime", targets: ["MoonpoolRuntime"]),
    .library(name: "MoonpoolTesting", targets: ["MoonpoolTesting"]),
  ],
  targets: [
    // C: runtime hooks, libc interposition, private layouts of the Swift runtime.
    .target(name: "CMoonpoolRuntime"),
    // The deterministic executor, virtual time, decisions. Knows nothing of networks or disks.
    .target(name: "MoonpoolRuntime", dependencies: ["CMoonpoolRuntime"]),
    // Swift Testing traits.
    .target(name: "MoonpoolTesting", dependencies: ["MoonpoolRuntime", "CMoonpoolRuntime"]),
    .testTarget(
      name: "MoonpoolRuntimeTests", dependencies: ["MoonpoolRuntime", "CMoonpoolRuntime"]),
    .testTarget(name: "MoonpoolTestingTests", dependencies: ["MoonpoolTesting"]),
    .testTarget(name: "TidinessTests"),
  ],
  swiftLanguageModes: [.v6]
)

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
for target in package.targets where !target.name.hasPrefix("C") {
  target.swiftSettings = (target.swiftSettings ?? []) + settings
}
