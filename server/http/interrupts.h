// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace gridloom {

// A shell without job control starts what runs in the background with SIGINT ignored, so that Ctrl-C ends the
// foreground alone. Who takes signals asks here first, and leaves it at that.
inline bool interrupts_ignored() {
  struct sigaction now {};
  return sigaction(SIGINT, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace gridloom
