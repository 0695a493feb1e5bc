# SPDX-License-Identifier: Apache-2.0
# What R spdep says of its own data and of random fields: Rscript statistics.R FOLDER
# Writes for each case a CSV of neighbours (cell, neighbour, from 1), of its cells, and lines of globals.csv; the tests read
# them and ask Gridloom the same.
suppressPackageStartupMessages({library(spdep); library(spData); library(sf)})
folder <- commandArgs(TRUE)[1]
options(digits = 17, warn = -1)
globals <- NULL

tell <- function(case, style, test, found, islands = "counted") {
  globals <<- rbind(globals, data.frame(case, style, test, islands, value = unname(found$estimate[1]),
    expected = unname(found$estimate[2]), variance = unname(found$estimate[3]), z = unname(found$statistic),
    p = found$p.value))
}

global_tests <- function(case, x, lw, style, islands) {
  for (adjust in if (islands) c(TRUE, FALSE) else FALSE) {
    words <- if (adjust) "left out" else "counted"
    for (randomised in c(TRUE, FALSE)) {
      name <- if (randomised) "" else " normality"
      tell(case, style, paste0("moran", name),
        moran.test(x, lw, randomisation = randomised, zero.policy = TRUE, adjust.n = adjust), words)
      tell(case, style, paste0("geary", name),
        geary.test(x, lw, randomisation = randomised, zero.policy = TRUE, adjust.n = adjust), words)
    }
  }
  if (style == "B" && !islands && min(x) >= 0) tell(case, style, "getis_ord_g", globalG.test(x, lw))
  if (style == "B" && !islands) {
    black <- factor(x > median(x), labels = c("white", "black"))
    if (nlevels(droplevels(black)) == 2 && min(table(black)) > 1) {
      found <- joincount.test(black, lw, sampling = "nonfree")
      tell(case, style, "white_white", found[[1]])
      tell(case, style, "black_black", found[[2]])
      counted <- joincount.multi(black, lw)
      globals <<- rbind(globals, data.frame(case, style, test = "black_white", islands = "counted",
        value = counted[3, 1], expected = counted[3, 2], variance = counted[3, 3], z = counted[3, 4], p = NA))
    }
  }
}

local_tests <- function(x, nb, lw, style) {
  moran <- localmoran(x, lw, conditional = TRUE, zero.policy = TRUE)
  gi <- localG(x, lw, zero.policy = TRUE)
  star <- localG(x, nb2listw(include.self(nb), style = style, zero.policy = TRUE), zero.policy = TRUE)
  p <- 2 * pnorm(-abs(as.numeric(star)))
  found <- data.frame(Ii = moran[, 1], E = moran[, 2], Var = moran[, 3], Z = moran[, 4], P = moran[, 5],
    G = as.numeric(gi), Gstar = as.numeric(star), fdr = p.adjust(p, "BH"), bonferroni = p.adjust(p, "bonferroni"),
    C = tryCatch(as.numeric(localC(x, lw, zero.policy = TRUE)), error = function(e) NA))
  names(found) <- paste(names(found), style, sep = "_")
  found
}

ask <- function(case, x, nb) {
  x <- as.numeric(x)
  islands <- any(card(nb) == 0)
  links <- do.call(rbind, lapply(seq_along(nb), function(i) if (card(nb)[i] > 0) data.frame(cell = i, neighbour = nb[[i]])))
  write.csv(links, file.path(folder, paste0(case, ".links.csv")), row.names = FALSE)
  found <- data.frame(x = x)
  for (style in c("W", "B")) {
    lw <- nb2listw(nb, style = style, zero.policy = TRUE)
    global_tests(case, x, lw, style, islands)
    found <- cbind(found, local_tests(x, nb, lw, style))
  }
  write.csv(found, file.path(folder, paste0(case, ".cells.csv")), row.names = FALSE)
}

# R's own data.
columbus_sf <- st_read(system.file("shapes/columbus.shp", package = "spData"), quiet = TRUE)
data(columbus, package = "spData")
at <- suppressWarnings(st_coordinates(st_centroid(st_geometry(columbus_sf))))
contiguities <- list(queen = poly2nb(columbus_sf), rook = poly2nb(columbus_sf, queen = FALSE), anselin = col.gal.nb,
  nearest4 = knn2nb(knearneigh(at, 4)), band = dnearneigh(at, 0, 0.9))
for (name in names(contiguities)) for (column in c("CRIME", "INC", "HOVAL"))
  ask(paste("columbus", name, column, sep = "-"), columbus_sf[[column]], contiguities[[name]])
data(nc.sids, package = "spData")
rates <- function(n, x) sqrt(1000) * (sqrt(n / x) + sqrt((n + 1) / x))
for (name in c("ncCC89.nb", "ncCR85.nb")) {
  nb <- get(name)
  ask(paste0("nc-", name, "-SID74"), nc.sids$SID74, nb)
  ask(paste0("nc-", name, "-NWBIR79"), nc.sids$NWBIR79, nb)
  ask(paste0("nc-", name, "-FT74"), rates(nc.sids$SID74, nc.sids$BIR74), nb)
}
nc <- st_read(system.file("shapes/sids.shp", package = "spData"), quiet = TRUE)
ask("nc-queen-rate74", 1000 * nc$SID74 / nc$BIR74, poly2nb(nc))
data(afcon, package = "spData"); ask("afcon", afcon$totcon, paper.nb)
data(used.cars, package = "spData"); ask("used.cars", used.cars$price.1960, usa48.nb)
data(boston, package = "spData"); ask("boston", boston.c$CMEDV, boston.soi)
data(elect80, package = "spData"); ask("elect80-k4", as.data.frame(elect80)$pc_turnout, k4)
data(getisord, package = "spData")
for (d in c(30, 60, 90)) ask(paste0("getisord-", d), go_xyz$val, dnearneigh(as.matrix(go_xyz[, c("x", "y")]), 0, d))

# Random fields: counts with many ties, symmetric and not, with and without islands.
for (seed in 1:12) {
  set.seed(seed)
  n <- sample(25:120, 1)
  place <- cbind(runif(n), runif(n))
  nb <- list(knn2nb(knearneigh(place, 5)), dnearneigh(place, 0, 0.15), tri2nb(place), cell2nb(7, 9, "queen"))[[seed %% 4 + 1]]
  n <- length(nb)
  x <- list(rnorm(n), rpois(n, 0.3), rpois(n, 4), rgamma(n, 0.5))[[(seed %/% 4) %% 4 + 1]]
  if (var(x) > 0) ask(paste0("random-", seed), x, nb)
}
write.csv(globals, file.path(folder, "globals.csv"), row.names = FALSE)

# Rates.
b <- EBest(nc.sids$SID74, nc.sids$BIR74)
write.csv(data.frame(counts = nc.sids$SID74, population = nc.sids$BIR74, global = b$estmm,
  local = EBlocal(nc.sids$SID74, nc.sids$BIR74, ncCR85.nb, geoda = TRUE)$est), file.path(folder, "rates.csv"), row.names = FALSE)
set.seed(1)
index <- EBImoran.mc(nc.sids$SID74, nc.sids$BIR74, nb2listw(ncCC89.nb, style = "B", zero.policy = TRUE), nsim = 9,
  zero.policy = TRUE)
cat("ebimoran,", format(unname(index$statistic), digits = 17), "\n", sep = "", file = file.path(folder, "scalars.csv"))

# Permutations: p of 9,999 placements each, one-sided, where spdep and Gridloom ask the same.
set.seed(2)
crime <- columbus_sf$CRIME
lw <- nb2listw(contiguities$queen, style = "W")
moran_perm <- localmoran_perm(crime, lw, nsim = 9999, alternative = "greater")
g_perm <- localG_perm(crime, nb2listw(contiguities$queen, style = "B"), nsim = 9999, alternative = "greater")
sims <- attr(g_perm, "internals")
write.csv(data.frame(x = crime, moran = moran_perm[, "Pr(z > E(Ii)) Sim"], gi = sims[, "Pr(z > E(Gi)) Sim"],
  moran_analytic = moran_perm[, "Pr(z > E(Ii))"], gi_analytic = sims[, "Pr(z > E(Gi))"]), file.path(folder, "permutations.csv"),
  row.names = FALSE)
few <- columbus_sf$HOVAL
cat("moran_mc,", moran.mc(few, lw, 9999)$p.value, "\ngeary_mc,", geary.mc(few, lw, 9999)$p.value, "\n", sep = "",
  file = file.path(folder, "scalars.csv"), append = TRUE)
black <- factor(few > median(few), labels = c("white", "black"))
joins <- joincount.mc(black, nb2listw(contiguities$queen, style = "B"), 9999)
cat("white_mc,", joins[[1]]$p.value, "\nblack_mc,", joins[[2]]$p.value, "\n", sep = "",
  file = file.path(folder, "scalars.csv"), append = TRUE)

write.csv(data.frame(name = nc$NAME), file.path(folder, "nc-names.csv"), row.names = FALSE)
