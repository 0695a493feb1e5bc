// SPDX-License-Identifier: Apache-2.0
// Any bytes as incidents that are appended: every row is taken or rejected with a reason, and what is taken is there.
#pragma once

#include "engine/base/progress.h"
#include "engine/io/project/project_file.h"
#include "fuzz/request.h"

namespace gridloom::fuzz {

// A server over a project of its own, a new one before it grows slow.
inline const Service& appending_service() {
  constexpr std::size_t kMostEvents = 20'000;
  static std::unique_ptr<Service> service;
  if (service && service->live->now()->store().size() < kMostEvents) return *service;
  service.reset();
  const std::filesystem::path project = scratch_folder() / "city.gpkg";
  for (const auto& entry : std::filesystem::directory_iterator(scratch_folder())) std::filesystem::remove_all(entry);
  SilentProgress silent;
  write_project(toy::city(), project, silent);
  service = toy_service(log_position(project));
  return *service;
}

inline std::string check_append(Bytes data) {
  const Service& service = appending_service();
  const std::size_t before = service.live->now()->store().size();
  const Request request{.method = "POST", .target = "/api/incidents", .body = std::string(chars_of(data))};
  const Response response = wait_for(answer(request, service));
  if (response.status == 503) return "503: " + std::exchange(told_operator(), {});
  if (std::string wrong = check_response(response); !wrong.empty()) return wrong;
  const std::size_t added = service.live->now()->store().size() - before;
  if (response.status != 200) return added == 0 ? "" : "refused, and taken";
  const auto answer = nlohmann::json::parse(response.text());
  const std::size_t rows = nlohmann::json::parse(request.body).size();
  if (answer["added"] != added) return "not as many are there as were taken";
  return answer["added"].get<std::size_t>() + answer["updated"].get<std::size_t>() + answer["rejected"].size() == rows
             ? ""
             : "not every row is told of";
}

}  // namespace gridloom::fuzz
