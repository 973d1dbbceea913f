#ifndef STANFLOW_CORE_SIMULATE_OFFICE_SESSIONS_H_
#define STANFLOW_CORE_SIMULATE_OFFICE_SESSIONS_H_

#include "core/simulate/exchange.h"
#include "core/simulate/office_activities.h"

namespace stanflow {

// The activities of office_activities.cc's table, each one session.

// People (office_people.cc).
void Browse(const Scene& scene);     // DNS unless cached, then pages of web connections
void CheckMail(const Scene& scene);  // IMAP, port 993
void SendMail(const Scene& scene);   // submission, port 587, or an old client's 25
void Chat(const Scene& scene);       // a short poll over 443
void Call(const Scene& scene);       // minutes of UDP both ways

// Machines (office_machines.cc).
void Update(const Scene& scene);
void AskTime(const Scene& scene);  // NTP
void Ping(const Scene& scene);
void BackUp(const Scene& scene);  // a long upload at night
void ServeWeb(const Scene& scene);
void ReceiveMail(const Scene& scene);
void DeliverMail(const Scene& scene);
void LogIn(const Scene& scene);

// The internet's bad weather (office_intruders.cc).
void Noise(const Scene& scene);           // a packet to some port
void GuessPasswords(const Scene& scene);  // a burst of short SSH connections
void Scan(const Scene& scene);            // the day's scanner tries the host's ports

// Shared by them: asks the host's resolver and answers when the reply was there.
int64_t Resolve(const Scene& scene, int64_t start_ms);
Endpoint Client(const Scene& scene);  // the host with an ephemeral port

}  // namespace stanflow

#endif  // STANFLOW_CORE_SIMULATE_OFFICE_SESSIONS_H_
