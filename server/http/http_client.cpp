// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "engine/base/errors.h"

namespace gridloom {

std::string post_json(const std::string& url, const std::string& body) {
  namespace http = boost::beast::http;
  constexpr std::string_view kScheme = "http://";
  const std::size_t slash = url.find('/', kScheme.size());
  if (!url.starts_with(kScheme) || slash == url.npos || slash == kScheme.size())
    throw DataError("url_malformed", {{"url", url}});
  const std::string authority = url.substr(kScheme.size(), slash - kScheme.size());
  const std::size_t colon = authority.rfind(':');
  const std::string host = authority.substr(0, colon),
                    port = colon == authority.npos ? "80" : authority.substr(colon + 1);
  http::response<http::string_body> answer;
  try {
    boost::asio::io_context context;
    boost::asio::ip::tcp::resolver resolver(context);
    boost::beast::tcp_stream stream(context);
    stream.connect(resolver.resolve(host, port));
    http::request<http::string_body> request{http::verb::post, url.substr(slash), 11, body};
    request.set(http::field::host, authority);
    request.set(http::field::content_type, "application/json");
    request.prepare_payload();
    http::write(stream, request);
    boost::beast::flat_buffer buffer;
    http::read(stream, buffer, answer);
  } catch (const boost::system::system_error& error) {
    throw DataError("server_not_reached", {{"why", error.code().message()}}).within(url);
  }
  if (answer.result_int() / 100 != 2)
    throw DataError("server_refused", {{"status", answer.result_int()}, {"answer", answer.body()}}).within(url);
  return answer.body();
}

}  // namespace gridloom
