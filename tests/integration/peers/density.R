# SPDX-License-Identifier: Apache-2.0
# What R spatstat says of its own patterns and of random ones: Rscript density.R FOLDER
# Coordinates and bandwidths are told in metres (a unit is so many metres as below), densities per km².
suppressPackageStartupMessages({library(spatstat.explore); library(spatstat.random); library(spatstat.linnet)})
folder <- commandArgs(TRUE)[1]
options(digits = 17, warn = -1)
save <- function(frame, name) write.csv(frame, file.path(folder, paste0(name, ".csv")), row.names = FALSE)

# Patterns whose coordinates are whole millimetres, so that no side has to round.
patterns <- list(redwood = list(redwood, 1000), cells = list(cells, 1000), japanesepines = list(japanesepines, 1000),
  swedishpines = list(swedishpines, 10))
for (seed in 1:6) {
  set.seed(seed)
  X <- list(rpoispp(60), rThomas(8, 0.05, 8))[[seed %% 2 + 1]]
  patterns[[paste0("random", seed)]] <- list(ppp(round(X$x, 4), round(X$y, 4), window = owin(), check = FALSE), 1000)
}

bandwidths <- NULL
for (name in names(patterns)) {
  X <- patterns[[name]][[1]]
  metres <- patterns[[name]][[2]]
  per_km2 <- 1e6 / metres^2
  W <- Window(X)
  at <- function(sigma, ...) as.numeric(density(X, sigma = sigma, at = "points", leaveoneout = FALSE, ...)) * per_km2
  for (share in c(0.05, 0.1, 0.2)) {
    sigma <- share * diff(W$xrange)
    save(data.frame(x = X$x * metres, y = X$y * metres, west = W$xrange[1] * metres, east = W$xrange[2] * metres,
      south = W$yrange[1] * metres, north = W$yrange[2] * metres, sigma = sigma * metres, raw = at(sigma, edge = FALSE),
      uniform = at(sigma), diggle = at(sigma, diggle = TRUE), epanechnikov = at(sigma, edge = FALSE, kernel = "epanechnikov"),
      quartic = at(sigma, edge = FALSE, kernel = "quartic"), disc = at(sigma, edge = FALSE, kernel = "disc")),
      paste0("points-", name, "-", share))
  }
  nearest <- nndist(X)
  tried <- exp(seq(log(min(nearest[nearest > 0])), log(diameter(W) / 2), length.out = 16))
  ppl <- bw.ppl(X, sigma = tried, shortcut = TRUE, edge = FALSE)
  curve <- attr(ppl, "cv")
  lambda <- npoints(X) / area(W)
  rmax <- rmax.rule("K", W, lambda)
  scott <- bw.scott(X, isotropic = FALSE)
  bandwidths <- rbind(bandwidths, data.frame(name, metres, area_km2 = area(W) * metres^2 / 1e6, rmax = rmax * metres,
    diggle = as.numeric(bw.diggle(X)) * metres, diggle_no_edge = as.numeric(bw.diggle(X, correction = "none")) * metres,
    ppl = as.numeric(ppl) * metres, ppl_default = as.numeric(bw.ppl(X, sigma = tried)) * metres,
    smallest = tried[1] * metres, largest = tried[16] * metres, scott_x = scott[1] * metres, scott_y = scott[2] * metres))
}
save(bandwidths, "bandwidths")

# Relative risk: one kind of a marked pattern against the other.
A <- amacrine
A <- ppp(round(A$x, 4), round(A$y, 4), window = owin(c(0, 1.6012), c(0, 1)), marks = marks(A), check = FALSE)
risk <- relrisk(A, sigma = 0.1, at = "points", relative = TRUE, control = "off", edge = FALSE)
whole <- function(kind) {
  S <- A[marks(A) == kind]
  as.numeric(densitycrossEngine(unmark(S), unmark(A), sigma = 0.1, edge = FALSE))
}
save(data.frame(x = A$x * 1000, y = A$y * 1000, on = marks(A) == "on", leave_one_out = as.numeric(risk),
  cases = whole("on"), controls = whole("off")), "risk")

# Along networks: equal-split kernels (Okabe & Sugihara) at random places; one with dead ends, one without.
set.seed(3)
v <- rSSI(0.2, 12, owin())
networks <- list(simplenet = simplenet, delaunay = delaunayNetwork(ppp(round(v$x, 4), round(v$y, 4), window = owin())))
for (name in names(networks)) {
  L <- networks[[name]]
  X <- runiflpp(25, L)
  v <- as.data.frame(vertices(L))
  save(data.frame(x0 = v$x[L$from], y0 = v$y[L$from], x1 = v$x[L$to], y1 = v$y[L$to]) * 1e5, paste0("streets-", name))
  along <- data.frame(x = coords(X)$x * 1e5, y = coords(X)$y * 1e5)
  for (kernel in c("epanechnikov", "biweight")) for (continuous in c(TRUE, FALSE))
    along[[paste(kernel, if (continuous) "continuous" else "discontinuous", sep = "_")]] <-
      as.numeric(densityEqualSplit(X, sigma = 0.12, kernel = kernel, continuous = continuous, at = "points",
        leaveoneout = FALSE, epsilon = 1e-12, verbose = FALSE)) / 100  # per unit of 1e5 m, to per km
  save(along, paste0("along-", name))
}
