// SPDX-License-Identifier: Apache-2.0
// What every use of GDAL needs: drivers registered, errors caught instead of printed, no network. Private to engine/io.
#pragma once

#include <cpl_error.h>

#include <memory>
#include <string>

class OGRSpatialReference;

namespace gridloom {

// While alive, GDAL's messages of this thread are kept instead of printed, and what it would fetch is refused. The last
// error is at hand for a DataError.
class GdalErrors {
 public:
  GdalErrors();  // registers GDAL's drivers at the first use in the process
  ~GdalErrors();
  GdalErrors(const GdalErrors&) = delete;
  GdalErrors& operator=(const GdalErrors&) = delete;

  const std::string& last() const { return *last_; }

 private:
  static void CPL_STDCALL keep(CPLErr, CPLErrorNum, const char*);
  std::unique_ptr<std::string> last_ = std::make_unique<std::string>();
};

// OGRSpatialReference::SetFromUserInput without network and files: a catalogue, a file or a request must not make PROJ
// or GDAL open what it names. What the name declares of a datum (crs_name.h) is left to transformations. False where
// the text names no CRS.
bool set_crs(OGRSpatialReference&, const std::string& crs);

}  // namespace gridloom
