// SPDX-License-Identifier: Apache-2.0
#include "engine/io/gdal.h"

#include <gdal_priv.h>

#include <mutex>

namespace gridloom {

GdalErrors::GdalErrors() {
  static std::once_flag registered;
  std::call_once(registered, [] { GDALAllRegister(); });
  CPLPushErrorHandlerEx(&GdalErrors::keep, last_.get());
}

GdalErrors::~GdalErrors() { CPLPopErrorHandler(); }

void CPL_STDCALL GdalErrors::keep(CPLErr severity, CPLErrorNum, const char* message) {
  if (severity >= CE_Failure) *static_cast<std::string*>(CPLGetErrorHandlerUserData()) = message;
}

}  // namespace gridloom
