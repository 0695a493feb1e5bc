// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/event_fold.h"

#include <sqlite3.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "engine/events/local_time.h"
#include "engine/io/project/geopackage.h"
#include "engine/io/project/migrations.h"
#include "engine/io/project/project_meta.h"
#include "engine/io/project/project_schema.h"

namespace gridloom {
namespace {

constexpr std::int64_t kSlice = 1 << 18;  // records that are held at a time

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

// How many more, or fewer, incidents each grid has.
using Change = std::map<Label, std::int64_t>;

// Indexes follow row by row, or, where so many rows come that this is quicker, are made anew in the end. The one by id
// stays: it is asked for every record.
class IndexesOfIncidents {
 public:
  IndexesOfIncidents(Database& database, const City& city, std::int64_t coming) : database_(database) {
    if (coming < kFew || coming < number_in(database, "SELECT max(fid) FROM incidents") / 4) return;
    for (Index& index : project_schema::indexes(city))
      if (index.table == "incidents" && index.columns != std::vector<std::string>{"id"}) {
        database.exec(drop_index_on(index));
        dropped_.push_back(std::move(index));
      }
    spatial_ = drop_spatial_index(database, "incidents");
  }

  void make_anew() {
    for (const Index& index : dropped_) database_.exec(create_index_on(index));
    if (spatial_) make_spatial_index(database_, "incidents");
  }

 private:
  static constexpr std::int64_t kFew = 10'000;
  Database& database_;
  std::vector<Index> dropped_;
  bool spatial_ = false;
};

class Folder {
 public:
  Folder(Database& database, const City& city)
      : database_(database),
        city_(city),
        encode_(city.arrangement.lattice,
                static_cast<std::int32_t>(number_in(database,
                                                    "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = "
                                                    "'incidents'"))),
        find_(database, "SELECT fid, atom_id FROM incidents WHERE id = ? ORDER BY fid LIMIT 1"),
        insert_(database,
                "INSERT INTO incidents (geom, id, occurred_at, category, subcategory, agency, severity, status, "
                "closed_at, grid_code, atom_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        update_(database,
                "UPDATE incidents SET geom = ?, occurred_at = coalesce(?, occurred_at), category = coalesce(?, "
                "category), subcategory = coalesce(?, subcategory), agency = coalesce(?, agency), severity = "
                "coalesce(?, severity), status = coalesce(?, status), closed_at = coalesce(?, closed_at), grid_code = "
                "?, atom_id = ? WHERE fid = ?") {}

  void merge(const EventRecords& records) {
    const EventTable& e = records.events;
    for (std::size_t row = 0; row < e.size(); ++row) {
      const FaceId face = records.faces[row];
      const std::string occurred = format_local_time(e.occurred_at[row]), closed = format_local_time(e.closed_at[row]);
      const Label grid = grid_of(face);
      const auto code = grid == kGap
                            ? std::nullopt
                            : std::optional(std::string_view(city_.grids[static_cast<std::size_t>(grid)].code));
      const auto before = known(e.id[row]);
      Statement& to = before ? update_ : insert_;
      to.put(std::span<const std::byte>(encode_.point(e.at[row]).bytes));
      if (!before) to.put(e.id[row]);
      to.put_text_or_null(occurred);
      for (const auto& [name, field] : kWords<EventField>) to.put_text_or_null(e[field][row]);
      to.put_text_or_null(closed).put(code);
      if (face == kOutside)
        to.put(std::nullopt);
      else
        to.put(face);
      if (before) to.put(before->fid), --change_[grid_of(before->face)];
      to.run();
      ++change_[grid];
      extent_.extend(box_of({&e.at[row], 1}));
    }
  }

  void finish() {
    count_zones();
    if (extent_.empty()) return;
    const Projected min = city_.arrangement.lattice.metres(extent_.min),
                    max = city_.arrangement.lattice.metres(extent_.max);
    Statement contents(
        database_,
        "UPDATE gpkg_contents SET min_x = min(coalesce(min_x, ?1), ?1), min_y = min(coalesce(min_y, ?2), "
        "?2), max_x = max(coalesce(max_x, ?3), ?3), max_y = max(coalesce(max_y, ?4), ?4), last_change = "
        "strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'incidents'");
    contents.put(min.x).put(min.y).put(max.x).put(max.y).run();
  }

 private:
  struct Known {
    std::int64_t fid = 0;
    FaceId face = kOutside;
  };

  std::optional<Known> known(const std::string& id) {
    find_.put(id);
    std::optional<Known> found;
    if (find_.next()) {
      const std::int64_t fid = find_.integer(), face = find_.integer();  // NULL reads as 0: outside
      if (face < 0 || static_cast<std::uint64_t>(face) >= city_.arrangement.face_count)
        throw DataError("incident_on_unknown_atom", {{"row", fid}, {"atom", face}}).within(database_.name());
      found = Known{fid, static_cast<FaceId>(face)};
    }
    find_.again();
    return found;
  }

  Label grid_of(FaceId face) const { return face == kOutside ? kGap : city_.grid_of_face[face]; }

  // zones.incidents counts those of the zone's grids (zones()).
  void count_zones() {
    std::map<std::pair<std::uint32_t, Label>, std::int64_t> of_zone;
    for (const Responsibility& duty : city_.responsibilities) {
      const auto found = change_.find(static_cast<Label>(duty.grid));
      if (duty.cell != kGap && found != change_.end() && found->second != 0)
        of_zone[{duty.layer, duty.cell}] += found->second;
    }
    // All three, as their index: a scan for each zone would read all of their ground.
    Statement update(database_,
                     "UPDATE zones SET incidents = incidents + ? WHERE layer = ? AND level = 0 AND unit_id = ?");
    for (const auto& [zone, change] : of_zone) {
      const Layer& layer = city_.layers[zone.first];
      update.put(change).put(layer.id).put(layer.cells[static_cast<std::size_t>(zone.second)].id).run();
    }
  }

  Database& database_;
  const City& city_;
  GeometryEncoder encode_;
  Statement find_, insert_, update_;
  Change change_;
  Box extent_;
};

// Takes the records out of the log that the project has, as another connection sees it. One that it has not, though its
// number is past, is of another copy of the project, and stays.
void take_out(Database& project, const LogPosition& of, std::int64_t folded) {
  Database log(log_of(of.project), Database::Mode::write);
  log.exec("PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000");
  log.exec("BEGIN IMMEDIATE");
  const std::vector<std::int64_t> same = same_records(log, project, folded);
  Statement remove(log, "DELETE FROM incident_log WHERE seq = ?");
  for (const std::int64_t seq : same) remove.put(seq).run();
  Statement left(log, "SELECT count(*) FROM incident_log WHERE seq <= ?");
  const std::int64_t differ = left.put(folded).next() ? left.integer() : 0;
  left.again();
  log.exec("COMMIT");
  if (differ > 0) throw DataError("log_of_another_copy", {{"incidents", differ}}).within(log.name());
}

bool in_wal_mode(Database& database) {
  Statement mode(database, "PRAGMA journal_mode");
  return mode.next() && mode.text() == "wal";
}

// Whether the log still has records that the project has.
bool has_folded(Database& project, std::int64_t folded) {
  const auto path = log_of(project.name());
  if (!std::filesystem::is_regular_file(path)) return false;
  Database log(path, Database::Mode::read);
  if (!has_table(log, "incident_log")) return false;
  const std::int64_t least = number_in(log, "SELECT min(seq) FROM incident_log");
  return least > 0 && least <= folded;
}

}  // namespace

Folded fold_log(const LogPosition& of, const City& city, const ProjectWords& words, int patience_ms) {
  const auto require_same = [&](Database& project) {
    if (identity_of(of.project) != of.file || project_id(project) != of.id)
      throw ProjectReplaced(Reason{"project_replaced", {}, {of.project.string()}});
  };
  Database project(of.project, Database::Mode::write);
  project.exec("PRAGMA synchronous = EXTRA; PRAGMA busy_timeout = " + std::to_string(patience_ms));
  project.exec("PRAGMA cache_size = -1048576");  // in KiB, as far as needed: many incidents touch all of their indexes
  Folded done;
  try {
    require_same(project);
    done.seq = folded_seq(project);
    done.missing = missing_records(project);
    if (has_folded(project, done.seq) && !in_wal_mode(project)) take_out(project, of, done.seq);
    if (last_event_seq(project) <= done.seq) return done;
    project.exec("BEGIN IMMEDIATE");
    require_same(project);
    bring_up_to_today(project, words);
    teach_geometry(project);
    done.seq = folded_seq(project);
    const std::int64_t last = last_event_seq(project);
    make_event_table(project);
    IndexesOfIncidents indexes(project, city, last - done.seq);
    Folder folder(project, city);
    std::size_t brought = 0;
    for (std::int64_t after = done.seq; after < last; after += kSlice) {
      const std::int64_t before = std::min(after + kSlice, last) + 1;
      const EventRecords records = read_event_log(project, city.arrangement.face_count, after, before);
      folder.merge(records);
      // Those of the log; a project of before has its own already.
      const auto own = std::upper_bound(records.seq.begin(), records.seq.end(), last_record(project));
      write_records(project, records.events, records.faces, records.seq,
                    static_cast<std::size_t>(own - records.seq.begin()));
      brought += records.seq.size();
    }
    folder.finish();
    indexes.make_anew();
    put_meta(project, "project_id", of.id);  // one of before has none
    put_meta(project, "incidents_seq", std::to_string(last));
    put_meta(project, "incidents_at", utc_now());
    project.exec("COMMIT");
    done.records = brought;
    done.seq = last;
  } catch (const DataError&) {
    done.busy = project.is_busy();
    if (sqlite3_get_autocommit(project.handle()) == 0) project.exec("ROLLBACK");
    if (!done.busy) throw;
  }
  return done;
}

Reason older_than_log(const LogPosition& position, const Folded& folded) {
  return {"project_older_than_log", {{"incidents", folded.missing}}, {position.project.string()}};
}

}  // namespace gridloom
