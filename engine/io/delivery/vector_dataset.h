// SPDX-License-Identifier: Apache-2.0
// A delivered file, opened by GDAL as what its ending declares it to be. Private to engine/io.
#pragma once

#include <gdal_priv.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/io/catalogue/catalogue.h"
#include "engine/io/delivery/unpack.h"
#include "engine/io/file_format.h"

namespace gridloom {

// A department's file is not trusted: nothing but itself, the files of its name beside it and what is packed in it is
// read, whatever it names; nothing is fetched; devices and pipes are not opened; what is packed is bounded (unpack.h).
class VectorDataset {
 public:
  // A file of a known format, such a file with .gz, an archive or a folder that holds one. `table` says which file is
  // meant where there are several; else it names a table in the file. Throws DataError naming the catalogue's place and
  // the file.
  explicit VectorDataset(const CatalogueSource&);

  GDALDataset& operator*() const { return *dataset_; }
  GDALDataset* operator->() const { return dataset_.get(); }
  const FileFormat& format() const { return *format_; }
  const std::string& complaint() const { return complaint_; }  // GDAL's last while opening; empty: none
  const std::string& table() const { return table_; }          // yet to be picked; empty: there is but one

 private:
  void require_known(const CatalogueSource&) const;
  void open_folder(const CatalogueSource&);
  void open_zip(const CatalogueSource&);
  void open_gzip(const CatalogueSource&);
  std::string pick(const CatalogueSource&, const std::vector<std::string>& names);
  void open(const CatalogueSource&, const std::string& path);

  struct Closer {
    void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
  };
  MemoryFolder unpacked_;  // outlives the dataset
  const FileFormat* format_ = nullptr;
  std::string table_, complaint_;
  std::unique_ptr<GDALDataset, Closer> dataset_;
};

// Every table in a file, an archive or a folder, as read_vector_file takes them: with `table` where there are several.
// Throws as VectorDataset.
std::vector<CatalogueSource> tables_in(const CatalogueSource& file);

}  // namespace gridloom
