// SPDX-License-Identifier: Apache-2.0
#include "server/api/service.h"

#include <numeric>
#include <utility>

namespace gridloom {

namespace {

std::shared_ptr<const City> without_events(City city) {
  city.events = {};
  city.face_of_event = {};
  return std::make_shared<const City>(std::move(city));
}

// Strangers must not take all places from the operator.
JobOptions with_guests(JobOptions options, bool both_forms) {
  if (both_forms) options.waiting_guests = options.waiting / 2;
  return options;
}

}  // namespace

// The store is made before the city gives its events away: braces keep the order.
Service::Service(City opened, const ServiceOptions& options)
    : Service{EventStore().appended(opened.events, opened.face_of_event), std::move(opened), options} {}

Service::Service(EventStore events, City opened, const ServiceOptions& options)
    : city(without_events(std::move(opened))),
      locator(city->arrangement),
      live(std::make_unique<LiveEvents>(city, std::move(events), options.project, options.read_only, options.on_error)),
      publication(city->privacy_k > 0 ? std::make_unique<Publication>(city, *live, options.clock) : nullptr),
      audience(options.audience),
      population(std::accumulate(city->population.begin(), city->population.end(), 0.0)),
      tiles(city, options.styles),
      web(options.web),
      positions(std::make_unique<Positions>(city->arrangement.lattice)),
      cache(std::make_unique<TileCache<Content>>(options.cache_bytes)),
      metrics(std::make_unique<Metrics>(word_list<TileFormat>())),
      on_error(options.on_error),
      analysis_threads(options.analysis_threads),
      streets(options.streets),
      jobs(std::make_unique<Jobs>(with_guests(options.jobs, publication && audience != Audience::everybody),
                                  options.on_error)),
      appends(std::make_unique<Appends>(*this)) {}

}  // namespace gridloom
