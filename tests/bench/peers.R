# SPDX-License-Identifier: Apache-2.0
# R spatstat and spdep on the cases of peers.py: Rscript peers.R FOLDER RUNS. A line of JSON for each.
arguments <- commandArgs(TRUE)
folder <- arguments[1]
runs <- as.integer(arguments[2])
options(warn = -1)

tell <- function(case, peer, call, work) {
  seconds <- median(sapply(seq_len(runs), function(run) sum(system.time(work())[c("user.self", "sys.self")])))
  cat(sprintf('{"case": "%s", "peer": "%s", "call": "%s", "seconds": %.4f}\n', case, peer, call, seconds))
}
named <- function(package) paste("R", package, packageVersion(package))
there <- function(package) {
  found <- suppressPackageStartupMessages(requireNamespace(package, quietly = TRUE))
  if (!found) cat(sprintf('{"missing": "R %s"}\n', package))
  found
}

if (there("spatstat.explore")) {
  suppressPackageStartupMessages(library(spatstat.explore))
  for (n in c(100000, 1000000)) {
    xy <- matrix(readBin(file.path(folder, paste0("events-", as.integer(n), ".bin")), "double", 2 * n), ncol = 2, byrow = TRUE)
    X <- ppp(xy[, 1], xy[, 2], window = owin(c(0, 40000), c(0, 40000)), check = FALSE)
    tell(paste0("gaussian-", as.integer(n)), named("spatstat.explore"), "density.ppp, 1280 x 1280, FFT of counts per pixel", function()
      density(X, sigma = 500, dimyx = c(1280, 1280), edge = FALSE))
  }
}
if (there("spdep")) {
  suppressPackageStartupMessages(library(spdep))
  x <- readBin(file.path(folder, "noise.bin"), "double", 10000)
  nb <- cell2nb(100, 100, type = "queen")
  W <- nb2listw(nb)
  star <- nb2listw(include.self(nb))
  few <- readBin(file.path(folder, "noise.bin"), "double", 2500)
  few_nb <- cell2nb(50, 50, type = "queen")
  tell("moran-analytic", named("spdep"), "localmoran", function() localmoran(x, W))
  tell("gi_star-analytic", named("spdep"), "localG", function() localG(x, star))
  tell("moran-999", named("spdep"), "localmoran_perm, one core", function() localmoran_perm(few, nb2listw(few_nb), nsim = 999))
  tell("gi-999", named("spdep"), "localG_perm, one core", function() localG_perm(few, nb2listw(few_nb), nsim = 999))
}
