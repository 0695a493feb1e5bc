// SPDX-License-Identifier: Apache-2.0
// Everything that a catalogue names, read and brought to the lattice: the input of fusion.
#pragma once

#include "engine/base/errors.h"
#include "engine/base/mistakes.h"
#include "engine/base/progress.h"
#include "engine/city/delivery.h"
#include "engine/io/catalogue/catalogue.h"

namespace gridloom {

// Reads administrative levels, layers, population and incidents. The lattice's origin is the centre of the frame's box,
// rounded to whole kilometres. The result, findings included, does not depend on `threads`.
//
// What is repaired or odd is told in FuseInput::findings: rings closed or dropped, features that share an id, a CRS
// that was guessed, a shifted datum found (and undone where the evidence is overwhelming), rows left out. What cannot
// be read is a DataError (DataErrors: all that was found) that names the catalogue's line and the file: empty or
// damaged file, missing field, CRS that nobody knows, swapped coordinates, a layer that does not touch the city. Throws
// Cancelled. About 1 s for 800 000 vertices and 150 000 incidents on two threads.
FuseInput read_delivery(const Catalogue& catalogue, unsigned threads, Progress& progress);

struct Delivery {
  FuseInput input;  // not whole beside mistakes: what could not be read is empty
  Mistakes mistakes;
};

// The same, for those who tell everything at once: throws Cancelled only. Takes a catalogue beside mistakes, too
// (read_whole_catalogue): what that leaves in doubt is not judged. Where it has no usable CRS, the zone around the
// first file that says where it lies stands in.
Delivery read_whole_delivery(const Catalogue& catalogue, unsigned threads, Progress& progress);

}  // namespace gridloom
