//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension CampaignReports {
  /// What is wrong as workflow commands of GitHub, one a line: it shows them beside the source.
  ///
  /// - Parameters:
  ///   - executable: What commands for a replay begin with.
  ///   - sources: Where the files are.
  package func annotations(executable: String, sources: SourceTree) -> String {
    var lines: [String] = []
    for campaign in campaigns {
      for finding in campaign.findings(executable) {
        lines.append(Self.annotation(campaign.scenario, finding, sources))
      }
    }
    return lines.map { "\($0)\n" }.joined()
  }

  private static func annotation(
    _ scenario: String, _ finding: Finding, _ sources: SourceTree
  ) -> String {
    var properties: [(String, String)] = []
    if let place = finding.place, let (file, line) = sources.find(place) {
      properties += [("file", file), ("line", "\(line)")]
    }
    properties.append(("title", "\(scenario): \(finding.title)"))
    let list = properties.map { "\($0)=\(escaped($1, inProperty: true))" }.joined(separator: ",")
    var message = finding.message
    if let replay = finding.replay { message += "\nreplay: \(replay)" }
    return "::error \(list)::\(escaped(message))"
  }

  /// By the rules of the runner's own toolkit.
  private static func escaped(_ text: String, inProperty: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where inProperty: result += "%3A"
      case "," where inProperty: result += "%2C"
      default: result.unicodeScalars.append(scalar.controlPicture ?? scalar)
      }
    }
    return result
  }
}
