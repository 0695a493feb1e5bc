// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/lineage_metadata.h"

#include <ctime>
#include <pugixml.hpp>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "engine/io/project/project_schema.h"

namespace gridloom {
namespace {

namespace schema = project_schema;
using Node = pugi::xml_node;

constexpr const char* kTables = R"(
CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT,
  row_id_value INTEGER, timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
INSERT INTO gpkg_extensions VALUES
  ('gpkg_metadata', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec130/#extension_metadata', 'read-write'),
  ('gpkg_metadata_reference', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec130/#extension_metadata', 'read-write');
)";
constexpr const char* kStandard = "http://www.isotc211.org/2005/gmd";

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts)};
}

void put_text(Node in, const char* element, const std::string& text) {
  const Node at = in.append_child(element);
  if (text.empty())
    Node(at).append_attribute("gco:nilReason") = "missing";
  else
    Node(at).append_child("gco:CharacterString").text() = text.c_str();
}

std::string name_of(const Text& title) {
  if (title.zh.empty() || title.en == title.zh) return title.en;
  return title.en.empty() ? title.zh : title.zh + " " + title.en;
}

void put_citation(Node in, const std::string& title, const std::string& date, const char* kind) {
  Node citation = in.append_child("gmd:CI_Citation");
  put_text(citation, "gmd:title", title);
  Node when = citation.append_child("gmd:date");
  if (date.empty()) {
    when.append_attribute("gco:nilReason") = "unknown";
    return;
  }
  Node of = when.append_child("gmd:CI_Date");
  of.append_child("gmd:date").append_child("gco:DateTime").text() = date.c_str();
  Node type = of.append_child("gmd:dateType").append_child("gmd:CI_DateTypeCode");
  type.append_attribute("codeList") = "http://www.isotc211.org/2005/resources/codeList.xml#CI_DateTypeCode";
  type.append_attribute("codeListValue") = kind;
}

void put_source(Node lineage, const SourceFile& source) {
  Node at = lineage.append_child("gmd:source").append_child("gmd:LI_Source");
  std::string facts = source.file + (source.table.empty() ? "" : "#" + source.table);
  if (source.bytes) facts += ", " + std::to_string(source.bytes) + " B";
  put_text(at, "gmd:description", facts);
  const std::string title = name_of(source.title);
  put_citation(at.append_child("gmd:sourceCitation"), title.empty() ? source.file : title, source.modified, "revision");
}

// What made it of the sources: the program, its version, the catalogue.
void put_step(Node lineage, const std::string& catalogue, const std::string& when) {
  Node step = lineage.append_child("gmd:processStep").append_child("gmd:LI_ProcessStep");
  put_text(step, "gmd:description",
           std::string("gridloom ") + GRIDLOOM_VERSION + (catalogue.empty() ? "" : ": " + catalogue));
  step.append_child("gmd:dateTime").append_child("gco:DateTime").text() = (when + "Z").c_str();
}

std::string iso_document(const Text& title, const Lineage& from, std::span<const SourceFile> sources,
                         const std::string& when) {
  pugi::xml_document document;
  Node root = document.append_child("gmd:MD_Metadata");
  root.append_attribute("xmlns:gmd") = kStandard;
  root.append_attribute("xmlns:gco") = "http://www.isotc211.org/2005/gco";
  put_text(root, "gmd:contact", "");
  root.append_child("gmd:dateStamp").append_child("gco:DateTime").text() = (when + "Z").c_str();
  Node about = root.append_child("gmd:identificationInfo").append_child("gmd:MD_DataIdentification");
  put_citation(about.append_child("gmd:citation"), name_of(title), when + "Z", "creation");
  put_text(about, "gmd:abstract", "");
  put_text(about, "gmd:language", "");
  Node lineage = root.append_child("gmd:dataQualityInfo")
                     .append_child("gmd:DQ_DataQuality")
                     .append_child("gmd:lineage")
                     .append_child("gmd:LI_Lineage");
  put_step(lineage, from.catalogue, when);
  for (const SourceFile& source : sources) put_source(lineage, source);
  std::ostringstream text;
  document.save(text, " ", pugi::format_indent | pugi::format_no_declaration);
  return text.str();
}

std::int64_t put_document(Database& database, const std::string& text) {
  Statement(database,
            "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) VALUES ('dataset', ?, "
            "'text/xml', ?)")
      .put(kStandard)
      .put(text)
      .run();
  return number_in(database, "SELECT last_insert_rowid()");
}

std::size_t layer_of(const City& city, const std::string& id) {
  std::size_t l = 0;
  while (l < city.layers.size() && city.layers[l].id != id) ++l;
  return l;
}

std::size_t level_of(const City& city, const std::string& id) {
  std::size_t n = 0;
  while (n < city.admin.size() && city.admin[n].id != id) ++n;
  return n;
}

std::vector<std::string> tables_of(const City& city, const SourceFile& source) {
  using Of = SourceFile::Of;
  if (source.of == Of::incidents) return {schema::incidents().name};
  if (const std::size_t l = layer_of(city, source.id); source.of == Of::layer && l < city.layers.size())
    return {schema::aligned_name(source.id), schema::delivered_name(source.id)};
  if (const std::size_t n = level_of(city, source.id); source.of == Of::level && n < city.admin.size())
    return {schema::admin_name(n)};
  return {};
}

}  // namespace

void write_lineage(Database& database, const City& city, const Lineage& lineage) {
  const std::string when = now_text();
  database.exec(kTables);
  const std::int64_t whole = put_document(database, iso_document(city.name, lineage, lineage.sources, when));
  Statement to_file(database,
                    "INSERT INTO gpkg_metadata_reference (reference_scope, md_file_id) VALUES ('geopackage', ?)");
  to_file.put(whole).run();
  Statement to_table(database,
                     "INSERT INTO gpkg_metadata_reference (reference_scope, table_name, md_file_id, md_parent_id) "
                     "VALUES ('table', ?, ?, ?)");
  for (const SourceFile& source : lineage.sources) {
    const std::vector<std::string> tables = tables_of(city, source);
    if (tables.empty()) continue;
    const std::int64_t document = put_document(database, iso_document(source.title, lineage, {&source, 1}, when));
    for (const std::string& table : tables) to_table.put(table).put(document).put(whole).run();
  }
}

}  // namespace gridloom
