// SPDX-License-Identifier: Apache-2.0
// Small counts must not point at persons: which entries of a public table stay blank.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace gridloom {

// A table of counts, row by row, published with its row totals, column totals and grand total. For a plain list of
// cells take one column of categories or periods.
struct CrossTable {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<std::uint64_t> counts;  // rows * columns
};

// The table with its totals: (rows + 1) x (columns + 1), totals last. Blank entries are true.
struct Suppression {
  std::size_t rows = 0;           // with the totals
  std::size_t columns = 0;        // with the totals
  std::vector<bool> blank;        // rows * columns
  std::size_t small = 0;          // entries under k: blank for their own sake
  std::size_t complementary = 0;  // blank so that those cannot be told from the rest
  bool is_blank(std::size_t row, std::size_t column) const { return blank[row * columns + column]; }
};

// Entries and totals in 1 .. k - 1 are blank; k = 5 is usual, k <= 1 blanks nothing. Zeros are shown. Further entries
// are blanked until no blank one follows from the rest: each row and column, total included, is an equation, and the
// blank entries are the edges of a graph between rows and columns; an entry follows from the others exactly when its
// edge is a bridge (Gusfield, "A graph theoretic approach to statistical data security", SIAM J. Computing 1988). For
// each bridge, in order, the cheapest way round is blanked: the entries of smallest sum; zeros only where there is no
// other way. No entry that is known to be at least 0 becomes known by that, unless a zero had to be blanked.
// Throws DataError when counts does not hold rows * columns entries. O(bridges * rows * columns * log).
Suppression suppress_small_counts(const CrossTable&, std::uint64_t k);

}  // namespace gridloom
