#include "core/simulate/office_activities.h"

#include "core/simulate/office_sessions.h"

namespace stanflow {
namespace {

using When = OfficeActivity::When;

constexpr OfficeActivity kWorkstation[] = {
    {"browse", When::kRandom, 25, Cycle::kOffice, 0, true, Browse},
    {"check mail", When::kRandom, 9, Cycle::kOffice, 0, true, CheckMail},
    {"send mail", When::kRandom, 2, Cycle::kOffice, 0, true, SendMail},
    {"chat", When::kRandom, 40, Cycle::kOffice, 0, true, Chat},
    {"call", When::kRandom, 0.2, Cycle::kOffice, 0, true, Call},
    {"update", When::kRandom, 1.5, Cycle::kFlat, 0, false, Update},
    {"time", When::kPeriodic, 3600.0 / 1024, Cycle::kFlat, 0, false, AskTime},
    {"ping", When::kRandom, 0.6, Cycle::kOffice, 0, false, Ping},
    {"noise", When::kRandom, 12, Cycle::kPublic, 0, false, Noise},
    {"scan", When::kDaily, 0, Cycle::kFlat, 4, false, Scan},
};

constexpr OfficeActivity kWebServer[] = {
    {"serve web", When::kRandom, 420, Cycle::kPublic, 0, true, ServeWeb},
    {"update", When::kRandom, 1, Cycle::kFlat, 0, false, Update},
    {"time", When::kPeriodic, 3600.0 / 1024, Cycle::kFlat, 0, false, AskTime},
    {"noise", When::kRandom, 40, Cycle::kPublic, 0, false, Noise},
    {"back up", When::kDaily, 0, Cycle::kFlat, 1, false, BackUp},
    {"scan", When::kDaily, 0, Cycle::kFlat, 4, false, Scan},
};

constexpr OfficeActivity kMailServer[] = {
    {"receive mail", When::kRandom, 90, Cycle::kPublic, 0, true, ReceiveMail},
    {"deliver mail", When::kRandom, 45, Cycle::kOffice, 0, true, DeliverMail},
    {"time", When::kPeriodic, 3600.0 / 1024, Cycle::kFlat, 0, false, AskTime},
    {"noise", When::kRandom, 40, Cycle::kPublic, 0, false, Noise},
    {"back up", When::kDaily, 0, Cycle::kFlat, 2, false, BackUp},
    {"scan", When::kDaily, 0, Cycle::kFlat, 4, false, Scan},
};

constexpr OfficeActivity kLoginServer[] = {
    {"log in", When::kRandom, 6, Cycle::kOffice, 0, true, LogIn},
    {"guess passwords", When::kRandom, 3, Cycle::kFlat, 0, false, GuessPasswords},
    {"ping", When::kPeriodic, 12, Cycle::kFlat, 0, false, Ping},
    {"time", When::kPeriodic, 3600.0 / 1024, Cycle::kFlat, 0, false, AskTime},
    {"noise", When::kRandom, 40, Cycle::kPublic, 0, false, Noise},
    {"back up", When::kDaily, 0, Cycle::kFlat, 3, false, BackUp},
    {"scan", When::kDaily, 0, Cycle::kFlat, 4, false, Scan},
};

}  // namespace

absl::Span<const OfficeActivity> ActivitiesOf(Role role) {
  switch (role) {
    case Role::kWorkstation:
      return kWorkstation;
    case Role::kWebServer:
      return kWebServer;
    case Role::kMailServer:
      return kMailServer;
    case Role::kLoginServer:
      return kLoginServer;
  }
  return {};
}

}  // namespace stanflow
