// SPDX-License-Identifier: Apache-2.0
#include "engine/io/gdal.h"

#include <cpl_conv.h>
#include <cpl_http.h>
#include <gdal_frmts.h>
#include <ogr_spatialref.h>
#include <ogr_srs_api.h>

#include <mutex>

#include "engine/io/crs_name.h"
#include "engine/io/file_format.h"

namespace gridloom {
namespace {

CPLHTTPResult* refuse_fetch(const char* url, CSLConstList, GDALProgressFunc, void*, CPLHTTPFetchWriteFunc, void*,
                            void*) {
  auto* result = static_cast<CPLHTTPResult*>(CPLCalloc(1, sizeof(CPLHTTPResult)));
  result->nStatus = 1;
  const std::string why = "link refused: " + std::string(url);
  result->pszErrBuf = CPLStrdup(why.c_str());
  CPLError(CE_Failure, CPLE_HttpResponse, "%s", why.c_str());
  return result;
}

}  // namespace

GdalErrors::GdalErrors() {
  static std::once_flag registered;
  // Not GDALAllRegister: what is not there cannot be led to open other files or addresses.
  std::call_once(registered, [] {
    enrol_drivers();
    GDALRegister_GTiff();
    OSRSetPROJEnableNetwork(FALSE);
    // Else the types of the first rows decide whether a workbook's first row is its header.
    for (const char* format : {"XLSX", "XLS", "ODS"})
      CPLSetConfigOption((std::string("OGR_") + format + "_HEADERS").c_str(), "FORCE");
  });
  CPLPushErrorHandlerEx(&GdalErrors::keep, last_.get());
  CPLHTTPPushFetchCallback(&refuse_fetch, nullptr);
}

GdalErrors::~GdalErrors() {
  CPLHTTPPopFetchCallback();
  CPLPopErrorHandler();
}

bool set_crs(OGRSpatialReference& srs, const std::string& crs) {
  static const char* const kOptions[] = {"ALLOW_NETWORK_ACCESS=NO", "ALLOW_FILE_ACCESS=NO", nullptr};
  const std::string name = parse_crs_name(crs).crs;
  return !name.empty() && srs.SetFromUserInput(name.c_str(), kOptions) == OGRERR_NONE;
}

void CPL_STDCALL GdalErrors::keep(CPLErr severity, CPLErrorNum, const char* message) {
  if (severity >= CE_Failure) *static_cast<std::string*>(CPLGetErrorHandlerUserData()) = message;
}

}  // namespace gridloom
