// SPDX-License-Identifier: Apache-2.0
#include "server/words/error_table.h"

namespace gridloom {
namespace {

constexpr ErrorRow kRows[] = {
    {"project_older_than_log",
     "is older than the log beside it: {incidents} incidents that were acknowledged are in neither. Put the later "
     "project "
     "back, or append them again",
     "比其旁的日志旧，有 {incidents} 条已应答的事件两处都没有。请换回较新的工程，或重新追加"},
    {"project_replaced_while_served",
     "another file stands there now; this server goes on with the one that it opened and takes no incidents. Start it "
     "again",
     "该处已换成另一个文件；本服务继续使用原先打开的工程，不再接收事件。请重新启动"},
    {"project_damaged_while_served", "is damaged; this server goes on with what it has read",
     "已损坏；本服务继续使用已读入的内容"},
};

}  // namespace

std::span<const ErrorRow> errors_of_files() { return kRows; }

}  // namespace gridloom
