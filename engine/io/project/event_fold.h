// SPDX-License-Identifier: Apache-2.0
// Appended events brought from the log into the project's own tables, where QGIS and SQL see them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/base/errors.h"
#include "engine/city/city.h"
#include "engine/io/project/event_log.h"
#include "engine/io/project/project_words.h"

namespace gridloom {

struct Folded {
  std::size_t records = 0;   // brought over this time
  std::int64_t seq = 0;      // `incidents` has all records up to this one
  bool busy = false;         // another holds the project: nothing was done, ask again
  std::int64_t missing = 0;  // records in neither: the project is older than its log (missing_records)
};

// In one transaction: an older file becomes one of today (migrations.h, with these words), records that `incidents`
// does not have yet are merged into it (merge_events), and copied to the project's `incident_log`; `zones.incidents`
// follows, `gridloom_meta` says how far (incidents_seq) and when (incidents_at). Records that an earlier call brought
// over, and this one finds there alike, leave the log; not for a project in WAL mode, which may be copied without its
// WAL. `city`: as read from this file, for its grids and duties; its events are not looked at. Waits `patience_ms` for
// others. Throws ProjectReplaced, DataError; then nothing has changed. O(records log incidents), once O(incidents log
// incidents) for an index by id.
Folded fold_log(const LogPosition&, const City&, const ProjectWords&, int patience_ms = 100);

// Why `missing` records are nowhere, and what to do.
Reason older_than_log(const LogPosition&, const Folded&);

}  // namespace gridloom
