// swift-tools-version: 6.2
import PackageDescription

// Built by `Scripts/fuzz`, which gives the flags that it needs: libFuzzer brings the main function.
let package = Package(
  name: "Fuzzing",
  dependencies: [
    // Named, because the identity of a package found by path is the name of its directory.
    .package(name: "moonpool", path: "..")
  ],
  targets: [
    .executableTarget(
      name: "fuzz", dependencies: [.product(name: "_FuzzTargets", package: "moonpool")])
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
