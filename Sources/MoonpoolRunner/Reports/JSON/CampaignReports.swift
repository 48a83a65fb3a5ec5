//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The reports of one or more campaigns, as they stand together in a file.
public struct CampaignReports: Sendable {
  /// In the order in which the campaigns were run.
  public var campaigns: [CampaignReport]

  /// Version of ``json``: changes when a member changes its meaning or goes away.
  public static let schema = CampaignDocument.schema

  /// Puts reports together.
  public init(_ campaigns: [CampaignReport]) { self.campaigns = campaigns }

  /// Whether each campaign is as it should be, and there is one.
  public var passed: Bool { !campaigns.isEmpty && campaigns.allSatisfy(\.passed) }

  /// One JSON object: `schema`, and `campaigns` with one object for each.
  ///
  /// Members are in alphabetical order, so equal campaigns have equal texts but for
  /// `wall_time_ns`.
  public var json: String {
    let document = CampaignDocument(campaigns: campaigns.map { .init($0) })
    return JSONText.encode(document, readable: true) + "\n"
  }

  /// Reads ``json``. Members that this version doesn't know are ignored.
  ///
  /// - Throws: ``ReportFileError``, if it is something else.
  public init(json: String) throws(ReportFileError) {
    let header = try JSONText.decode(Header.self, json)
    guard let schema = header.schema, schema.hasPrefix(CampaignDocument.schemaName) else {
      throw ReportFileError(
        "it is no report of a campaign, which begins with the schema \(Self.schema); "
          + "'run --json FILE' saves one")
    }
    guard schema == Self.schema else {
      throw ReportFileError(
        "its schema is \(schema), and this version reads \(Self.schema); "
          + "read it with the version that wrote it")
    }
    let document = try JSONText.decode(CampaignDocument.self, json, isJSON: true)
    campaigns = []
    for campaign in document.campaigns { campaigns.append(try CampaignReport(campaign)) }
  }

  /// Reads a file with ``json``.
  ///
  /// - Throws: ``ReportFileError``, which names the file.
  public init(contentsOf path: String) throws(ReportFileError) {
    let text = try TextFile.read(path)
    do throws(ReportFileError) {
      try self.init(json: text)
    } catch {
      throw error.naming(path)
    }
  }

  private struct Header: Decodable {
    var schema: String?
  }
}

extension CampaignReport {
  /// As ``CampaignReports/json``, of this campaign alone.
  public var json: String { CampaignReports([self]).json }

  /// Reads ``json``.
  ///
  /// - Throws: ``ReportFileError``, if it is something else, or of more than one campaign.
  public init(json: String) throws(ReportFileError) {
    let reports = try CampaignReports(json: json)
    guard reports.campaigns.count == 1 else {
      throw ReportFileError(
        "it is of \(reports.campaigns.count) campaigns, not of one; read it as CampaignReports")
    }
    self = reports.campaigns[0]
  }
}
