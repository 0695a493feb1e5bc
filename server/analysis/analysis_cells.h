// SPDX-License-Identifier: Apache-2.0
// The cells that an analysis counts in, and who neighbours whom.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/words.h"
#include "engine/statistics/cell_net.h"
#include "engine/statistics/label_cells.h"
#include "engine/statistics/rates.h"
#include "engine/statistics/regular_cells.h"
#include "server/analysis/event_choice.h"
#include "server/words/parameters.h"

namespace gridloom {

// The cells of one labeling of a city. Index: cell.
struct LabelledCells : CellLabels {
  LabelCells shape;
};

// `kind`: grids, a layer's or a level's id. Throws WrongParameter, naming the parameter, these and `others`.
LabelledCells labelled_cells(const City&, const std::string& kind, const std::string& parameter,
                             const std::vector<std::string>& others = {});

// cells = grids | a layer's or level's id | square | hexagon, the last two with size in metres.
struct CellQuestion {
  std::string kind = "grids";
  double size_m = 0;
};
CellQuestion read_cell_question(const Parameters&);

// weights = queen | rook | distance (distance: metres) | knn (neighbours: k) | kernel (bandwidth: metres, kernel:
// word); row_standardised = yes | no.
WeightOptions read_weight_options(const Parameters&);
std::string text_of(const WeightOptions&);  // "queen", "distance 1000 m", "kernel quartic 1000 m, row-standardised"

// Index: cell; only those in the chosen area. A cell of a layer is in a named area with half of its ground or more, in
// a box with its centroid; a regular one with its centre.
struct AnalysisCells {
  std::string kind;  // "grids", "police", "square 500 m"
  std::vector<std::string> id;
  std::vector<Point> centre;
  std::vector<double> area_km2;
  std::vector<std::vector<PolygonRings>> ground;
  std::vector<double> events;
  std::vector<double> population;  // empty unless it was asked for
  std::vector<Point> counted;      // events in the cells
  LeftOut left_out;                // by the floor of their population
  SpatialWeights weights;
};

// `least_population`: population is told, and cells with fewer people are left out as at_risk has it, before any looks
// for its neighbours. Throws DataError for cells there are none of, and what regular_cells and the weights throw.
AnalysisCells analysis_cells(const AnalysisSource&, const EventChoice&, const ChosenEvents&, const CellQuestion&,
                             const WeightOptions&, std::optional<double> least_population);

}  // namespace gridloom
