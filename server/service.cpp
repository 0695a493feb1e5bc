// SPDX-License-Identifier: Apache-2.0
#include "server/service.h"

#include <numeric>
#include <utility>

namespace gridloom {

Service::Service(std::shared_ptr<const City> snapshot, const ServiceOptions& options)
    : city(std::move(snapshot)),
      locator(city->arrangement),
      live(std::make_unique<LiveEvents>(city, options.project)),
      population(std::accumulate(city->population.begin(), city->population.end(), 0.0)),
      tiles(city, options.styles),
      web(options.web),
      positions(std::make_unique<Positions>(city->arrangement.lattice)),
      cache(std::make_unique<TileCache>(options.cache_bytes)),
      metrics(std::make_unique<Metrics>()),
      on_error(options.on_error) {}

}  // namespace gridloom
