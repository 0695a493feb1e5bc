// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_message.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace gridloom {
namespace {

std::string unpack(const std::string& packed, std::size_t size) {
  z_stream stream{};
  std::string bytes(size + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  inflateInit2(&stream, 31);
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  bytes.resize(stream.total_out);
  inflateEnd(&stream);
  return bytes;
}

const std::string kText(5000, 'x');

TEST(HttpMessage, SendsGzipWhereItIsAccepted) {
  const auto content = make_content(kText, Packing::for_all);
  const Response plain = respond({}, content, "text/plain", "no-cache");
  const Response packed = respond({.accept_encoding = "br, gzip;q=0.5"}, content, "text/plain", "no-cache");
  EXPECT_EQ(plain.text(), kText);
  EXPECT_EQ(plain.header("Content-Encoding"), "");
  EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
  EXPECT_EQ(unpack(std::string(packed.text()), kText.size()), kText);
  EXPECT_NE(plain.header("ETag"), packed.header("ETag"));
  EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
}

TEST(HttpMessage, AnAnswerThatSkippedGzipStillVaries) {
  const auto content = make_content(kText, Packing::skip);
  EXPECT_TRUE(content->gzip.empty());
  EXPECT_EQ(respond({}, content, "text/plain", "").header("Vary"), "Accept-Encoding");
  EXPECT_EQ(content->etag, make_content(kText, Packing::for_this)->etag);
}

TEST(HttpMessage, LeavesSmallAndPackedThingsAlone) {
  EXPECT_TRUE(make_content("short", Packing::for_all)->gzip.empty());
  EXPECT_TRUE(make_content(kText, Packing::never)->gzip.empty());
}

TEST(HttpMessage, ReadsAcceptEncoding) {
  for (const char* yes : {"gzip", "GZIP", "deflate, gzip", "*", "gzip;q=0.001", "x-gzip", "br;q=0, *"})
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  for (const char* no : {"", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "gzip;q=0, *", "gzipped"})
    EXPECT_FALSE(accepts_gzip(no)) << no;
}

TEST(HttpMessage, Answers304ForWhatTheClientHas) {
  const auto content = make_content(kText, Packing::for_all);
  const std::string etag = content->etag;
  for (const std::string& held : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
    const Response response = respond({.if_none_match = held}, content, "text/plain", "no-cache");
    EXPECT_EQ(response.status, 304u) << held;
    EXPECT_FALSE(response.body);
    EXPECT_EQ(response.header("ETag"), etag);
    EXPECT_EQ(response.header("Cache-Control"), "no-cache");
  }
  EXPECT_EQ(respond({.if_none_match = "\"other\""}, content, "text/plain", "no-cache").status, 200u);
  // The plain form's validator is not the gzip form's.
  EXPECT_EQ(respond({.accept_encoding = "gzip", .if_none_match = etag}, content, "text/plain", "").status, 200u);
}

TEST(HttpMessage, EqualBytesHaveEqualValidatorsAndOthersOthers) {
  EXPECT_EQ(make_content("a", Packing::for_all)->etag, make_content("a", Packing::never)->etag);
  EXPECT_NE(make_content("a", Packing::for_all)->etag, make_content("b", Packing::for_all)->etag);
}

TEST(HttpMessage, NothingIs204) {
  const Response response = respond({}, make_content("", Packing::for_all), "application/x", "no-cache");
  EXPECT_EQ(response.status, 204u);
  EXPECT_FALSE(response.body);
}

}  // namespace
}  // namespace gridloom
