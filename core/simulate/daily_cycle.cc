#include "core/simulate/daily_cycle.h"

#include "core/flow/time.h"

namespace stanflow {
namespace {

constexpr double kOfficeHours[24] = {.02, .02, .01, .01, .02, .04, .10, .35, .75, .95, 1.0, .90,
                                     .60, .80, .95, .90, .75, .50, .25, .15, .12, .10, .06, .03};
constexpr double kPublicHours[24] = {.45, .35, .30, .25, .25, .30, .40, .50, .60, .70, .75, .75,
                                     .75, .75, .75, .75, .80, .85, .90, .95, 1.0, .95, .80, .60};
constexpr double kWeekendOffice = 0.12;

bool IsWeekend(int64_t ms) {
  constexpr int kThursday = 4;  // 1970-01-01; 0 is Sunday.
  const int64_t day = FloorTo(ms, kDayMs) / kDayMs;
  const int64_t weekday = ((day + kThursday) % 7 + 7) % 7;
  return weekday == 0 || weekday == 6;
}

double Interpolate(const double (&hours)[24], int64_t ms) {
  const int64_t of_day = ms - FloorTo(ms, kDayMs);
  const int64_t hour = of_day / kHourMs;
  const double part = static_cast<double>(of_day % kHourMs) / kHourMs;
  return hours[hour] * (1 - part) + hours[(hour + 1) % 24] * part;
}

}  // namespace

double Activity(Cycle cycle, int64_t ms) {
  switch (cycle) {
    case Cycle::kOffice:
      return Interpolate(kOfficeHours, ms) * (IsWeekend(ms) ? kWeekendOffice : 1);
    case Cycle::kPublic:
      return Interpolate(kPublicHours, ms);
    case Cycle::kFlat:
      return 1;
  }
  return 1;
}

}  // namespace stanflow
