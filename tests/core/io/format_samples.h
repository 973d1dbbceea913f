#ifndef STANFLOW_TESTS_CORE_IO_FORMAT_SAMPLES_H_
#define STANFLOW_TESTS_CORE_IO_FORMAT_SAMPLES_H_

#include <string>
#include <vector>

#include "core/base/strings.h"
#include "core/flow/flow.h"
#include "core/io/reader_options.h"

namespace stanflow {

// A small file of one text format. Every format's rows say the same flows.
struct FormatSample {
  std::string format;
  std::string head;                // lines before the first row; may be empty
  std::string (*row)(int number);  // a line without its end, of NumberedFlow(number)
  std::string tail;                // lines after the last row that hold none
  bool head_may_repeat;            // between rows too
  std::string schema;

  std::string Text(const std::vector<int>& numbers) const {
    std::string text = head;
    for (const int number : numbers) StrAppend(&text, row(number), "\n");
    return text + tail;
  }
  ReaderOptions Options() const {
    ReaderOptions options;
    options.schema = schema;
    return options;
  }
};

// Ends 2024-01-08T00:00:01Z after half a second; 10.1.0.1:1000 to 192.0.2.1:443, TCP .AP.SF, one packet.
inline Flow NumberedFlow(int number) {
  return {1704672001000, 500, 0x0A010001, 0xC0000201, 1000, 443, 6, 27, 0, 1, static_cast<uint64_t>(number)};
}

inline const std::vector<FormatSample>& FormatSamples() {
  static const auto* samples = new std::vector<FormatSample>{
      {"ugr16-csv", "te,td,sa,da,sp,dp,pr,flg,fwd,stos,pkt,byt,label\n",
       [](int number) {
         return StrCat("2024-01-08 00:00:01,0.5,10.1.0.1,192.0.2.1,1000,443,TCP,.AP.SF,0,0,1,", number,
                       ",background");
       },
       "", false, ""},
      {"nfdump-csv",
       "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,"
       "dvln,ismc,odmc,idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,sl,al,ra,"
       "eng,exid,tr\n",
       [](int number) {
         return StrCat(
             "2024-01-08 00:00:00,2024-01-08 00:00:01,0.500,10.1.0.1,192.0.2.1,1000,443,TCP,"
             "...AP.SF,0,0,1,",
             number,
             ",0,0,0,0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,"
             "00:00:00:00:00:00,00:00:00:00:00:00,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,"
             "0-0-0,0-0-0,    0.000,    0.000,    0.000,0.0.0.0,0/0,1,2024-01-08 00:00:02.000");
       },
       "Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n3,3003,3,48048,6,1001\n", true, ""},
      {"zeek-tsv",
       "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
       "#open\t2024-01-08-00-00-01\n"
       "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\t"
       "resp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\t"
       "resp_pkts\tresp_ip_bytes\ttunnel_parents\n"
       "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\t"
       "bool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]\n",
       [](int number) {
         return StrCat(
             "1704672000.500000\tCHhAvVGS1DHFjwGM9\t10.1.0.1\t1000\t192.0.2.1\t443\ttcp\t-\t0.500000\t"
             "-\t-\tSH\t-\t-\t0\tSADF\t1\t",
             number, "\t0\t0\t(empty)");
       },
       "#close\t2024-01-08-00-00-02\n", true, ""},
      {"zeek-json", "",
       [](int number) {
         return StrCat(R"({"ts":1704672000.5,"uid":"CHhAvVGS1DHFjwGM9","id.orig_h":"10.1.0.1",)",
                       R"("id.orig_p":1000,"id.resp_h":"192.0.2.1","id.resp_p":443,"proto":"tcp",)",
                       R"("duration":0.5,"conn_state":"SH","missed_bytes":0,"history":"SADF","orig_pkts":1,)",
                       R"("orig_ip_bytes":)", number, R"(,"resp_pkts":0,"resp_ip_bytes":0})");
       },
       "", true, ""},
      {"ctu13-binetflow",
       "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,"
       "Label\n",
       [](int number) {
         return StrCat(
             "2024/01/08 00:00:00.500000,0.500000,tcp,10.1.0.1,1000,   ->,192.0.2.1,443,FSPA_,0,,1,", number,
             ",", number, ",flow=Background");
       },
       "", true, ""},
      {"generic-csv", "note;last seen;ms;from;to;from port;to port;proto;flags;packets;bytes;label\n",
       [](int number) {
         return StrCat(R"("one; ""quoted""";2024-01-08T00:00:01.000Z;500;10.1.0.1;"192.0.2.1";1000;443;tcp;)",
                       ".AP.SF;1;", number, ";background");
       },
       "", true,
       R"({"delimiter": ";", "columns": {
            "end": {"name": "last seen", "unit": "iso8601"}, "duration": {"name": "ms", "unit": "ms"},
            "source_address": {"name": "from"}, "destination_address": {"name": "to"},
            "source_port": {"name": "from port"}, "destination_port": {"name": "to port"},
            "protocol": {"name": "proto"}, "tcp_flags": {"name": "flags"},
            "packets": {"name": "packets"}, "bytes": {"name": "bytes"}}})"},
  };
  return *samples;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_IO_FORMAT_SAMPLES_H_
