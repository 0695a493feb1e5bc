// SPDX-License-Identifier: Apache-2.0
#include "server/conflict_text.h"

namespace gridloom {

Text name_of(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::gap:
      return {"gap", "空白"};
    case ConflictKind::overlap:
      return {"overlap", "重叠"};
    case ConflictKind::sliver:
      return {"sliver", "碎片"};
    case ConflictKind::outside_frame:
      return {"outside_frame", "超出行政区"};
    case ConflictKind::nesting:
      return {"nesting", "跨级"};
    case ConflictKind::split_duty:
      return {"split_duty", "权责分割"};
    case ConflictKind::unmet_target:
      return {"unmet_target", "规模未达标"};
    case ConflictKind::covered_cell:
      return {"covered_cell", "网格被覆盖"};
    case ConflictKind::shift:
      return {"shift", "整体偏移"};
    case ConflictKind::lost_cell:
      break;
  }
  return {"lost_cell", "网格丢失"};
}

}  // namespace gridloom
