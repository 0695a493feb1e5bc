// SPDX-License-Identifier: Apache-2.0
#include "server/live/live_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <numeric>
#include <thread>

#include "engine/io/project/event_fold.h"
#include "engine/io/project/project_file.h"
#include "engine/io/project/project_settings.h"
#include "server/live/pinned_scale.h"
#include "support/events.h"
#include "support/io_support.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Comes true while others work, or the test has failed.
template <class Holds>
bool in_the_end(Holds holds) {
  for (int i = 0; i < 3000 && !holds(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return holds();
}

class LiveEventsTest : public testing::Test {
 protected:
  static const std::shared_ptr<const City>& city() {
    static const auto shared = std::make_shared<const City>(toy::city());
    return shared;
  }
  static EventStore opened() { return EventStore().appended(city()->events, city()->face_of_event); }

  LiveEventsTest() { write(project); }

  static void write(const std::filesystem::path& file) {
    SilentProgress silent;
    write_project(*city(), file, silent);
  }
  std::unique_ptr<LiveEvents> serve(bool read_only = false) {
    return std::make_unique<LiveEvents>(city(), opened(), log_position(project), read_only, [this](const Text& told) {
      const std::lock_guard lock(guard);
      troubles.push_back(told.en);
    });
  }
  std::vector<std::string> told() {
    const std::lock_guard lock(guard);
    return troubles;
  }
  static EventBatch batch(const std::vector<EventRow>& rows, FaceId face = 1) {
    return {event_table(rows), std::vector<FaceId>(rows.size(), face)};
  }
  static std::vector<LiveEvents::Appended> append(LiveEvents& live, std::vector<EventBatch> batches) {
    return live.append(batches);
  }
  // As another process would.
  void append_elsewhere(const EventBatch& events) const {
    EventLog(log_position(project)).append({&events, 1}, city()->arrangement.face_count, INT64_MAX);
  }
  std::int64_t records_in_the_project() const {
    Database database(project, Database::Mode::read);
    return number_in(database, "SELECT count(*) FROM incidents");
  }
  static std::uint64_t on_grids(const EventState& state) {
    return std::accumulate(state.grids.of_grid.begin(), state.grids.of_grid.end(), std::uint64_t{0});
  }

  const TemporaryFolder folder;
  const std::filesystem::path project = folder.path() / "city.gpkg";
  const std::size_t toys = toy::city().events.size();
  std::mutex guard;
  std::vector<std::string> troubles;
};

TEST_F(LiveEventsTest, BeginWithTheEventsOfTheProject) {
  const auto live = serve();
  EXPECT_EQ(live->now()->epoch(), 1u);
  EXPECT_EQ(live->now()->store().size(), toys);
  EXPECT_EQ(on_grids(*live->now()), toys - 1) << "one lies in the sea";
  EXPECT_TRUE(live->can_append());
  EXPECT_EQ(live->trouble(), LiveEvents::Trouble::none);
}

TEST_F(LiveEventsTest, WhatIsAppendedIsInEveryAnswerFromThenOn) {
  const auto live = serve();
  const auto before = live->now();
  const auto done = append(*live, {batch({{"new 1", "2026-02-01", "noise"}, {"E0", "2026-02-02", "noise"}})});
  EXPECT_EQ(done.at(0).added, 1u);
  EXPECT_EQ(done.at(0).updated, 1u);
  EXPECT_FALSE(done.at(0).refusal);
  EXPECT_EQ(done.at(0).epoch, live->now()->epoch());
  EXPECT_GT(live->now()->epoch(), before->epoch());
  EXPECT_EQ(live->now()->store().size(), toys + 1);
  EXPECT_TRUE(live->now()->store().find("new 1"));
  EXPECT_EQ(before->store().size(), toys) << "who holds an older state keeps it";
}

TEST_F(LiveEventsTest, BatchesAreTakenInTheirOrder) {
  const auto live = serve();
  const auto done =
      append(*live, {batch({{"a", "2026-02-01", "first"}}), batch({}), batch({{"a", "2026-02-01", "second"}})});
  EXPECT_EQ(done.at(0).added, 1u);
  EXPECT_EQ(done.at(1).added + done.at(1).updated, 0u);
  EXPECT_EQ(done.at(2).updated, 1u);
  const EventStore& store = live->now()->store();
  EXPECT_EQ(store.text(*store.find("a"), EventField::category), "second");
}

TEST_F(LiveEventsTest, NothingIsNoNewEpoch) {
  const auto live = serve();
  EXPECT_EQ(append(*live, {batch({})}).at(0).epoch, 1u);
  EXPECT_EQ(live->now()->epoch(), 1u);
}

TEST_F(LiveEventsTest, ABatchThatCannotBeTakenIsRefusedAlone) {
  const auto live = serve();
  std::vector<EventRow> rows;
  for (int i = 0; i < 70'000; ++i) rows.push_back({.id = "w", .category = std::to_string(i)});
  const auto done = append(*live, {batch({{"before"}}), batch(rows), batch({{"behind"}})});
  EXPECT_EQ(done.at(0).added, 1u);
  ASSERT_TRUE(done.at(1).refusal);
  EXPECT_EQ(done.at(1).refusal->code, "too_many_texts_of_events");
  EXPECT_EQ(done.at(2).added, 1u);
  EXPECT_FALSE(live->now()->store().find("w"));
  EXPECT_EQ(live->now()->store().size(), toys + 2);
}

TEST_F(LiveEventsTest, WhatOthersAppendIsFollowed) {
  const auto live = serve();
  append_elsewhere(batch({{"theirs", "2026-02-01", "noise"}}, 2));
  ASSERT_TRUE(in_the_end([&] { return live->now()->epoch() > 1; }));
  EXPECT_TRUE(live->now()->store().find("theirs"));
  EXPECT_EQ(on_grids(*live->now()), toys);
  // And what is appended here goes on from there.
  append_elsewhere(batch({{"theirs 2"}}));
  append(*live, {batch({{"ours"}})});
  EXPECT_EQ(live->now()->store().size(), toys + 3) << "theirs are there before ours are told";
}

TEST_F(LiveEventsTest, TwoOfOneProjectAgree) {
  const auto one = serve(), other = serve();
  append(*one, {batch({{"from one", "2026-02-01", "x"}})});
  append(*other, {batch({{"from the other", "2026-02-01", "y"}, {"from one", "2026-02-02", "z"}})});
  const auto text = [](const LiveEvents& live) {
    const auto state = live.now();
    const auto at = state->store().find("from one");
    return at ? state->store().text(*at, EventField::category) : "";
  };
  EXPECT_TRUE(in_the_end([&] { return text(*one) == "z" && text(*other) == "z"; })) << text(*one) << text(*other);
  EXPECT_EQ(one->now()->store().size(), toys + 2);
  EXPECT_EQ(other->now()->store().size(), toys + 2);
}

TEST_F(LiveEventsTest, AllIsInTheProjectWhenTheyEnd) {
  auto live = serve();
  append(*live, {batch({{"a", "2026-02-01"}, {"b", "2026-02-01"}})});
  live.reset();
  EXPECT_EQ(records_in_the_project(), static_cast<std::int64_t>(toys) + 2);
  EXPECT_EQ(read_project(project).events.size(), toys + 2);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(LiveEventsTest, ReadOnlyFollowsAndWritesNothing) {
  auto live = serve(true);
  EXPECT_FALSE(live->can_append());
  append_elsewhere(batch({{"theirs"}}));
  EXPECT_TRUE(in_the_end([&] { return live->now()->store().size() == toys + 1; }));
  live.reset();
  EXPECT_EQ(records_in_the_project(), static_cast<std::int64_t>(toys));
}

TEST_F(LiveEventsTest, WithoutAProjectNothingCanBeAppended) {
  const LiveEvents live(city(), opened(), std::nullopt, false, {});
  EXPECT_FALSE(live.can_append());
  EXPECT_EQ(live.now()->store().size(), toys);
}

TEST_F(LiveEventsTest, AnotherProjectInItsPlaceIsToldOnceAndTakesNothing) {
  const auto live = serve();
  write(folder.path() / "other.gpkg");
  std::filesystem::rename(folder.path() / "other.gpkg", project);
  EXPECT_THROW(append(*live, {batch({{"a"}})}), ProjectReplaced);
  ASSERT_TRUE(in_the_end([&] { return !told().empty(); }));
  EXPECT_EQ(live->trouble(), LiveEvents::Trouble::replaced);
  EXPECT_THROW(append(*live, {batch({{"a"}})}), ProjectReplaced);
  EXPECT_EQ(live->now()->store().size(), toys) << "it goes on with what it has";
  EXPECT_THAT(told(), ElementsAre(HasSubstr("another file stands there now")));
}

TEST_F(LiveEventsTest, AChosenScaleIsShownFromThenOn) {
  const auto live = serve();
  const HeatScale of_data = live->now()->scale;
  EXPECT_EQ(of_data.version, kScaleOfData);
  const HeatScale chosen{kScaleOfData + 1, 2, 2000};
  write_settings(project, settings_of(chosen));
  ASSERT_TRUE(in_the_end([&] { return live->now()->scale == chosen; }));
  EXPECT_EQ(live->now()->epoch(), 2u);
  append(*live, {batch({{"a"}})});
  EXPECT_EQ(live->now()->scale, chosen) << "events change no scale";
}

}  // namespace
}  // namespace gridloom
