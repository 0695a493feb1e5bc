// SPDX-License-Identifier: Apache-2.0
// A CRS as people name it, with what they declare of its datum. Private to engine/io.
//
// "EPSG:2327", and behind it, each by a blank:
//   +towgs84=dx,dy,dz[,rx,ry,rz,ppm]   its datum's parameters to WGS 84: metres, arc seconds (position vector), ppm
//   +nadgrids=xian.gsb                 a grid file that leads to WGS 84, found in PROJ's folders or the catalogue's
//   +ballpark                          its datum may be taken for the other one, whatever that costs
// So a declaration goes wherever the CRS goes: through catalogue, command line, Python and the project file.
#pragma once

#include <string>
#include <vector>

namespace gridloom {

struct CrsName {
  std::string crs;                 // without what is declared
  std::vector<double> to_wgs84{};  // 3 or 7 numbers; empty: not declared
  std::string grid{};              // plain file name; empty: not declared
  bool ballpark = false;
};

// Throws DataError for a declaration that is malformed. A PROJ string keeps its own +towgs84 and +nadgrids.
CrsName parse_crs_name(const std::string&);
std::string text_of(const CrsName&);

}  // namespace gridloom
