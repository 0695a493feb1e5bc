// SPDX-License-Identifier: Apache-2.0
#include "server/http/gzip.h"

#include <zlib.h>

#include <limits>
#include <stdexcept>

namespace gridloom {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, with a gzip frame (zlib.h, deflateInit2)

z_stream reading(std::string_view bytes) {
  if (bytes.size() > std::numeric_limits<uInt>::max()) throw std::runtime_error("gzip: more than 4 GiB at once");
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  return stream;
}

}  // namespace

std::string gzip(std::string_view bytes) {
  z_stream stream = reading(bytes);
  if (deflateInit2(&stream, 6, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("gzip: zlib does not start");
  std::string out(deflateBound(&stream, stream.avail_in), '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  out.shrink_to_fit();
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("gzip: zlib does not finish");
  return out;
}

}  // namespace gridloom
