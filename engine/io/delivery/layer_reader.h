// SPDX-License-Identifier: Apache-2.0
// One delivered file becomes one layer of cells on the lattice. Private to engine/io.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/city/delivery.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/delivery/drawn_areas.h"
#include "engine/io/delivery/field_text.h"
#include "engine/io/delivery/ground.h"
#include "engine/io/delivery/shift_detector.h"
#include "engine/io/delivery/vector_file.h"

namespace gridloom {

// A layer with its rings in the working CRS, before the lattice.
struct GroundLayer {
  const RawLayer* raw = nullptr;
  std::shared_ptr<const RawLayer> drawn;       // what `raw` is where a drawing's texts were read into it; else null
  std::vector<std::vector<GroundRing>> rings;  // per feature
  Extent extent;
};

// Larger than any angle in degrees.
bool beyond_degrees(const Extent&);

// What a layer is judged against. Empty while the frame itself is being read.
struct Surroundings {
  std::string working_crs;
  std::optional<Extent> frame;
  const SegmentIndex* admin_lines = nullptr;  // where shifted datums are in use; else null
};

// Brings a file's rings to the ground: CRS declared, stated or guessed, axes in order, shifted datums undone.
// Features of lines alone are areas where the lines close, or are open by no more than `accuracy_m`; what is open is
// told. A transformation that is less accurate than `accuracy_m` is a finding. Throws DataError where the CRS cannot be
// told or transformed, the axes seem swapped, or nothing lies in the frame.
GroundLayer bring_to_ground(const RawLayer& raw, const CatalogueSource& source, const std::string& layer_id,
                            double accuracy_m, const Surroundings& surroundings, std::vector<Finding>& findings);

// All lines of a file, and the rims of its polygons, in the same way. A shifted datum is undone where it is declared.
std::vector<GroundLine> bring_lines_to_ground(const RawLayer& raw, const CatalogueSource& source, const std::string& id,
                                              double accuracy_m, const Surroundings& surroundings,
                                              std::vector<Finding>& findings);

struct CellsAndFeatures {
  std::vector<DeliveredCell> cells;
  std::vector<std::vector<std::size_t>> features;  // of each cell: rows of the file
};

// Cells on the lattice, one for each id, in file order. Rings are cleaned (repeated points, open ends) or dropped
// (fewer than 3 distinct points, no area, a hole outside its shell), each time with a Finding; a cell left without
// ground stays, with a Finding.
CellsAndFeatures make_cells(const GroundLayer& ground, const FieldKey& key, const FieldText& name,
                            const std::string& layer_id, const Lattice& lattice, std::vector<Finding>& findings);

}  // namespace gridloom
