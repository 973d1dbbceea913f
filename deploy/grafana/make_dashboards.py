#!/usr/bin/env python3
"""Writes Grafana's dashboards, which stand below as data, into dashboards/ beside this script.

    make_dashboards.py            writes them
    make_dashboards.py --check    exits 1 if one of the files is not what this would write

Each row answers the question that is its title. Metrics are explained in docs/metrics.md.
"""
import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
SCHEMA = 39  # of Grafana 10.4 and 11

# Units as Grafana names them; "count:" and "suffix:" carry a text of our own.
SECONDS, SHARE, BYTES, NUMBER = "s", "percentunit", "bytes", "short"
FLOWS_A_SECOND, CALLS_A_SECOND, BYTES_A_SECOND, CORES = "count:flows/s", "reqps", "Bps", "suffix:cores"


# PromQL. `by` and `where` are label names and matchers as PromQL writes them.

def of(metric, where=""):
    """A metric's series of the servers that the reader of the dashboard has chosen."""
    return "%s{%s}" % (metric, ", ".join(filter(None, ['instance=~"$instance"', where])))


def total(expression, by=""):
    return "sum by (%s) (%s)" % (by, expression) if by else "sum(%s)" % expression


def gauge(metric, by="", where=""):
    return total(of(metric, where), by)


def rate(metric, by="", where=""):
    return total("rate(%s[$__rate_interval])" % of(metric, where), by)


def last_hour(metric, by="", where=""):
    return total("increase(%s[1h])" % of(metric, where), by)


def mean(metric, by="", where=""):
    return "%s / %s" % (rate(metric + "_sum", by, where), rate(metric + "_count", by, where))


def quantile(q, metric, by="", where=""):
    return "histogram_quantile(%s, %s)" % (q, rate(metric + "_bucket", ", ".join(filter(None, [by, "le"])), where))


def percentiles(metric, by="", where=""):
    """Curves of the median and the 95th percentile, for each value of the label `by`."""
    of_label = " {{%s}}" % by if by else ""
    return [(quantile(0.5, metric, by, where), "median" + of_label),
            (quantile(0.95, metric, by, where), "95 %" + of_label)]


# Panels. A curve is (expression, legend); `limits` are (warning, bad), as `low` from above or from below.

def thresholds(limits, low):
    warning, bad = limits or (None, None)
    if not limits:
        steps = [("green", None)]
    elif low:
        steps = [("red", None), ("orange", bad), ("green", warning)]
    else:
        steps = [("green", None), ("orange", warning), ("red", bad)]
    return [{"color": color, "value": start} for color, start in steps]


def panel(kind, title, unit, meaning, curves, limits, low, size, defaults, options):
    return {
        "type": kind, "title": title, "description": meaning, "datasource": SOURCE,
        "gridPos": {"w": size[0], "h": size[1]},
        "targets": [{"refId": chr(ord("A") + i), "datasource": SOURCE, "expr": expression, "legendFormat": legend}
                    for i, (expression, legend) in enumerate(curves)],
        "fieldConfig": {"defaults": {"unit": unit, **defaults,
                                     "thresholds": {"mode": "absolute", "steps": thresholds(limits, low)}},
                        "overrides": []},
        "options": options,
    }


def graph(title, unit, meaning, *curves, limits=None, low=False, stacked=False, floor=0, width=8):
    custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 30 if stacked else 8, "showPoints": "never",
              "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
              "thresholdsStyle": {"mode": "dashed" if limits else "off"}}
    options = {"legend": {"showLegend": True, "displayMode": "table", "placement": "bottom", "calcs": ["mean", "max"]},
               "tooltip": {"mode": "multi", "sort": "desc"}}
    return panel("timeseries", title, unit, meaning, curves, limits, low, (width, 8),
                 {"min": floor, "color": {"mode": "palette-classic"}, "custom": custom}, options)


def value(title, unit, meaning, *curves, limits=None, low=False, text="auto", width=4):
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value",
               "graphMode": "area", "textMode": text, "justifyMode": "auto", "orientation": "auto"}
    return panel("stat", title, unit, meaning, curves, limits, low, (width, 4), {"color": {"mode": "thresholds"}},
                 options)


# Dashboards. Panels fill their row's 24 columns from the left.

def lay_out(rows):
    panels, y = [], 0
    for title, content in rows:
        panels.append({"type": "row", "title": title, "collapsed": False, "panels": [],
                       "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}})
        x, y, tallest = 0, y + 1, 0
        for one in content:
            place = one["gridPos"]
            if x + place["w"] > 24:
                x, y, tallest = 0, y + tallest, 0
            place.update(x=x, y=y)
            x, tallest = x + place["w"], max(tallest, place["h"])
            panels.append(one)
        y += tallest
    for number, one in enumerate(panels, 1):
        one["id"] = number
    return panels


VARIABLES = [
    {"type": "datasource", "name": "datasource", "label": "Prometheus", "query": "prometheus", "refresh": 1,
     "hide": 0, "multi": False, "includeAll": False, "options": [], "current": {}},
    {"type": "query", "name": "instance", "label": "Server", "datasource": SOURCE, "refresh": 2, "sort": 1, "hide": 0,
     "definition": "label_values(stanflow_build_info, instance)",
     "query": {"query": "label_values(stanflow_build_info, instance)", "refId": "instance"},
     "multi": True, "includeAll": True, "allValue": ".*", "options": [],
     "current": {"selected": True, "text": ["All"], "value": ["$__all"]}},
]


def dashboard(name, hours, *rows):
    return {
        "uid": "stanflow-" + name, "title": "stanflow " + name, "tags": ["stanflow"], "schemaVersion": SCHEMA,
        "version": 1, "editable": False, "graphTooltip": 1, "timezone": "browser", "refresh": "30s",
        "time": {"from": "now-%dh" % hours, "to": "now"}, "timepicker": {}, "annotations": {"list": []},
        "links": [{"type": "dashboards", "title": "stanflow", "tags": ["stanflow"], "asDropdown": False,
                   "includeVars": True, "keepTime": True, "targetBlank": False, "icon": "external link", "url": "",
                   "tooltip": ""}],
        "templating": {"list": VARIABLES}, "panels": lay_out(rows),
    }


FAILING = 'code!~"OK|CANCELLED"'
UNARY = 'method!~"Synthesis/Generate|Jobs/WatchJob|Jobs/GetArtifact|Datasets/Upload|Models/(Im|Ex)portModel"'


def burn(window):
    return "max by (slo) (%s / on (slo) group_left () slo:stanflow_budget:ratio)" % of(
        "slo:stanflow_errors:ratio_rate" + window)


def running(by="", where=""):
    """Jobs that have a worker: each has a progress."""
    return "count by (%s) (%s)" % (by, of("stanflow_job_progress_ratio", where))


def of_limit(part, limit):
    return "%s / %s" % (gauge(part, "instance"), gauge(limit, "instance"))


OVERVIEW = dashboard(
    "overview", 6,
    ("Are the promises kept?", [
        value("Good events of the last day", SHARE,
              "Promised are 99 % of Generate calls, 95 % of first flows within a second, 95 % of jobs "
              "(docs/operating.md, The objectives).",
              ("1 - max by (slo) (%s)" % of("slo:stanflow_errors:ratio_rate1d"), "{{slo}}"), width=8),
        value("Budget burn of the last day", NUMBER,
              "1 uses a month's error budget up in a month.", (burn("1d"), "{{slo}}"), limits=(1, 3), width=8),
        graph("Budget burn by the hour", NUMBER,
              "The alerts fire at 14.4 (over 1 h), 6 (over 6 h) and 3 (over 1 d).",
              (burn("1h"), "{{slo}}"), limits=(6, 14.4)),
    ]),
    ("Is anything wrong right now?", [
        value("Alerts that fire", NUMBER, "http://PROMETHEUS/alerts says which; docs/operating.md what to do.",
              ('count(ALERTS{alertname=~"Stanflow.*", alertstate="firing"}) or vector(0)', ""), limits=(1, 3)),
        value("Servers that answer", NUMBER, "Of those that Prometheus asks.",
              ('sum(up{job="stanflow", instance=~"$instance"})', ""), limits=(1, 1), low=True),
        value("Models that can't be loaded", NUMBER, "`stanflow models list` shows which.",
              (gauge("stanflow_models", where='state="FAILED"'), ""), limits=(1, 1)),
        value("Jobs that failed in an hour", NUMBER, "For whatever reason, wrong input too.",
              (last_hour("stanflow_jobs_ended_total", where='state="FAILED"'), ""), limits=(1, 5)),
        value("Flows that sinks gave up in an hour", NUMBER, "Dropped because a peer took too little.",
              (last_hour("stanflow_sink_dropped_flows_total"), ""), limits=(1, 1)),
        value("Least free disk", SHARE, "Of the file system of a data folder.",
              ("min(%s / %s)" % (of("stanflow_data_free_bytes"), of("stanflow_data_size_bytes")), ""),
              limits=(0.1, 0.02), low=True),
    ]),
    ("What is it doing?", [
        graph("Flows", FLOWS_A_SECOND,
              "Made by models; handed to readers' outboxes and sinks; taken by the peers of sinks.",
              (rate("stanflow_step_contexts_total"), "made"), (rate("stanflow_flows_sent_total"), "handed over"),
              (rate("stanflow_sink_flows_total"), "taken by sinks' peers")),
        graph("Streams", NUMBER, "Parked ones sit out because their reader is slow.",
              (gauge("stanflow_streams_active"), "active"), (gauge("stanflow_streams_parked"), "parked")),
        graph("Jobs", NUMBER, "That wait, and that run, by kind.", (gauge("stanflow_job_queue_depth"), "waiting"),
              (running("kind"), "{{kind}}"), stacked=True),
    ]),
    ("What do callers ask, and what do they get?", [
        graph("Calls", CALLS_A_SECOND, "Ended ones, by method.", (rate("stanflow_rpcs_total", "method"), "{{method}}")),
        graph("Calls that did not end well", CALLS_A_SECOND,
              "INVALID_ARGUMENT and NOT_FOUND are the caller's; RESOURCE_EXHAUSTED means full, UNAVAILABLE a shutdown.",
              (rate("stanflow_rpcs_total", "method, code", FAILING), "{{method}} {{code}}")),
        graph("Time of a call, 95 %", SECONDS, "Without the streaming ones.",
              (quantile(0.95, "stanflow_rpc_duration_seconds", "method", UNARY), "{{method}}")),
    ]),
    ("Does what leaves arrive?", [
        graph("Taken by sinks' peers", FLOWS_A_SECOND,
              "UDP: handed to the kernel; what the network loses after that only the receiver can count.",
              (rate("stanflow_sink_flows_total", "sink"), "{{sink}}")),
        graph("Not taken", "cps", "Flows given up, and writes that failed.",
              (rate("stanflow_sink_dropped_flows_total", "sink"), "{{sink}} flows dropped"),
              (rate("stanflow_sink_errors_total", "sink"), "{{sink}} errors")),
        graph("Behind schedule", SECONDS, "Of each paced stream job.",
              (of("stanflow_sink_lag_seconds"), "{{sink}} {{id}}")),
    ]),
    ("Does what is collected arrive?", [
        graph("Collected", FLOWS_A_SECOND, "Rejected: of IPv6, without an address at home.",
              (rate("stanflow_collection_flows_total"), "into datasets"),
              (rate("stanflow_collection_rejected_flows_total"), "rejected"), width=6),
        graph("Lost on the way in", "cps",
              "docs/collecting.md says what each means; gaps may be the network's; all the others except bad "
              "datagrams are an alert.",
              (rate("stanflow_collection_dropped_datagrams_total"), "datagrams dropped by the kernel"),
              (rate("stanflow_collection_dropped_flows_total"), "flows dropped"),
              (rate("stanflow_collection_lost_files_total"), "files"),
              (rate("stanflow_collection_bad_datagrams_total"), "bad datagrams"),
              (rate("stanflow_collection_sequence_failures_total"), "gaps"), width=6),
        graph("Waits to be taken", BYTES, "Of each collection; collections.max_spool_bytes bounds it.",
              (of("stanflow_collection_spool_bytes"), "{{id}}"), width=6),
        graph("Waits to be published", NUMBER, "Rows that were taken and are not in the dataset yet: a saw tooth.",
              ("%s - %s" % (of("stanflow_collection_rows"), of("stanflow_collection_published_rows")), "{{id}}"),
              width=6),
    ]),
)

GENERATION = dashboard(
    "generation", 3,
    ("Why is a stream slow to start?", [
        graph("Wait before admission", SECONDS,
              "From the call to the scheduler: a load where the model was not in memory, else threads that were busy.",
              *percentiles("stanflow_generate_admission_seconds", "model"), limits=(1, 5)),
        graph("First flow after admission", SECONDS,
              "A resumed stream first makes again what lies between its snapshot and its token. Promised: 95 % of "
              "fresh ones within 1 s.", *percentiles("stanflow_first_flow_seconds", "start"), limits=(0.5, 1)),
        graph("Models in memory", NUMBER, "Versions that come and go cost a load each: models.max_loaded_bytes.",
              (gauge("stanflow_models", "state"), "{{state}}"), stacked=True),
    ]),
    ("Why is a stream slow?", [
        graph("Steps", "count:steps/s", "A host makes at most one flow a step: this bounds a stream of few hosts.",
              (rate("stanflow_step_duration_seconds_count", "instance"), "{{instance}}")),
        graph("Time of a step, 95 %", SECONDS, "The models' part, and ordering and handing over what they made.",
              (quantile(0.95, "stanflow_step_duration_seconds"), "models"),
              (quantile(0.95, "stanflow_step_deliver_duration_seconds"), "delivery")),
        graph("Share of time that the engine is busy", SHARE,
              "Near 1: the machine makes what it can. Far below with streams active: readers are what limits.",
              (rate("stanflow_step_duration_seconds_sum", "instance"), "{{instance}} models"),
              (rate("stanflow_step_deliver_duration_seconds_sum", "instance"), "{{instance}} delivery"),
              limits=(0.9, 0.98), stacked=True),
        graph("Hosts in a step", NUMBER, "Many small steps cost more a flow than few large ones.",
              (mean("stanflow_step_batch_contexts", "instance"), "{{instance}}")),
        graph("Tile occupancy", SHARE, "Flows made, of those that the same steps could have made.",
              ("%s / %s" % (rate("stanflow_step_contexts_total", "instance"),
                            rate("stanflow_step_tile_places_total", "instance")), "{{instance}}"),
              limits=(0.5, 0.25), low=True),
        graph("Flows", FLOWS_A_SECOND, "Handed over, and made again for resumed streams, which nobody gets.",
              (rate("stanflow_flows_sent_total"), "handed over"),
              (rate("stanflow_flows_replayed_total"), "made again")),
    ]),
    ("Is it the reader?", [
        graph("Share of streams that are parked", SHARE,
              "They wait until their reader has taken half of its outbox; those of paced stream jobs do most of the time.",
              ("%s / clamp_min(%s, 1)" % (gauge("stanflow_streams_parked", "instance"),
                                          gauge("stanflow_streams_active", "instance")), "{{instance}}")),
        graph("Time of one parking", SECONDS,
              "Milliseconds are flow control; minutes a reader that does not read, or a stream job with a slow pace.",
              *percentiles("stanflow_stream_parked_seconds")),
        graph("Bytes that wait for readers", BYTES, "Over all streams; generate.outbox_bytes bounds each.",
              (gauge("stanflow_outbox_bytes", "instance"), "{{instance}}")),
        value("Streams ended for a stalled reader, last hour", NUMBER, "generate.stall_timeout_seconds says when.",
              (last_hour("stanflow_streams_stalled_total"), ""), limits=(1, 5), width=8),
        graph("How streams end", "cps", "Admitted ones. UNAVAILABLE: handed back at a shutdown, with a token.",
              (rate("stanflow_streams_ended_total", "code"), "{{code}}"), width=16),
    ]),
    ("How full is the server?", [
        graph("Streams of their limit", SHARE, "At 1 the next one is refused.",
              (of_limit("stanflow_streams_active", "stanflow_streams_max"), "{{instance}}"), limits=(0.8, 1)),
        graph("Hosts of their limit", SHARE, "At 1 the next one is refused.",
              (of_limit("stanflow_contexts_active", "stanflow_contexts_max"), "{{instance}}"), limits=(0.8, 1)),
        graph("Streams refused", CALLS_A_SECOND, "RESOURCE_EXHAUSTED.",
              (rate("stanflow_rpcs_total", "instance", 'method="Synthesis/Generate", code="RESOURCE_EXHAUSTED"'),
               "{{instance}}")),
    ]),
    ("Could a broken stream go on?", [
        graph("Snapshots", "cps", "Skipped: too large, or the disk is behind. Failed, damaged: look at the disk.",
              (rate("stanflow_snapshots_total", "outcome"), "{{outcome}}"), width=12),
        graph("Written", BYTES_A_SECOND, "What that costs the disk.",
              (rate("stanflow_snapshot_written_bytes_total", "instance"), "{{instance}}"), width=12),
    ]),
    ("Do sinks keep their pace?", [
        graph("Lateness", SECONDS, "How long after its moment a packet left. Paced streams only.",
              *percentiles("stanflow_sink_lateness_seconds", "sink"), limits=(0.25, 1)),
        graph("Behind schedule", SECONDS, "A straight line upwards: the pace is more than is made or taken.",
              (of("stanflow_sink_lag_seconds"), "{{sink}} {{id}}")),
        graph("Speed", "suffix:x", "Simulated seconds a second; 1 is real time.",
              ("deriv(%s[5m])" % of("stanflow_sink_flow_timestamp_seconds"), "{{sink}} {{id}}")),
        graph("Flows taken", FLOWS_A_SECOND, "By peers.", (rate("stanflow_sink_flows_total", "sink"), "{{sink}}")),
        graph("Packets", "pps", "Datagrams or Kafka messages.",
              (rate("stanflow_sink_packets_total", "sink"), "{{sink}}")),
        graph("Payload", BYTES_A_SECOND, "Without the headers of UDP and below.",
              (rate("stanflow_sink_sent_bytes_total", "sink"), "{{sink}}")),
        graph("Share of time that peers let us wait", SHARE, "Back-pressure, a stream.",
              ("%s / clamp_min(%s, 1)" % (rate("stanflow_sink_waiting_seconds_total", "sink"),
                                          gauge("stanflow_sinks_active", "sink")), "{{sink}}")),
        graph("Not as it should be", "cps", "Flows given up or sent twice after a restart, and writes that failed.",
              (rate("stanflow_sink_dropped_flows_total", "sink"), "{{sink}} dropped"),
              (rate("stanflow_sink_repeated_flows_total", "sink"), "{{sink}} repeated"),
              (rate("stanflow_sink_errors_total", "sink"), "{{sink}} errors")),
        graph("Position", "count:flows", "Up to each stream's newest token: a restart goes on from there.",
              (of("stanflow_sink_position_flows"), "{{sink}} {{id}}"), width=24),
    ]),
)

TRAINING = dashboard(
    "training", 12,
    ("Do jobs move?", [
        graph("Jobs that wait and places that are taken", NUMBER,
              "Trainings, evaluations and reproductions share jobs.max_running places, streams have streams.max_running, "
              "collections collections.max_running; an import runs beside them.",
              (gauge("stanflow_job_queue_depth"), "waiting"),
              (running("instance", 'kind=~"train|evaluate|reproduce"'), "{{instance}} running"),
              (gauge("stanflow_jobs_running_max", "instance", 'of="jobs"'), "{{instance}} places"),
              (running("instance", 'kind="stream"'), "{{instance}} streams"),
              (gauge("stanflow_jobs_running_max", "instance", 'of="streams"'), "{{instance}} places of streams"),
              (running("instance", 'kind="collect"'), "{{instance}} collections"),
              (gauge("stanflow_jobs_running_max", "instance", 'of="collections"'), "{{instance}} places of collections")),
        graph("The oldest one that waits", SECONDS, "Ten minutes while none runs is an alert.",
              (of("stanflow_job_queue_oldest_seconds"), "{{instance}}")),
        graph("Wait before the first attempt", SECONDS, "jobs.max_running says how many run beside each other.",
              *percentiles("stanflow_job_queue_wait_seconds", "kind")),
    ]),
    ("How far is what runs?", [
        graph("Progress", SHARE, "A flat line for an hour is an alert.",
              (of("stanflow_job_progress_ratio"), "{{kind}} {{id}}"), width=12),
        graph("Time left", SECONDS, "As the worker estimates it; none while it can't.",
              (of("stanflow_job_remaining_seconds"), "{{kind}} {{id}}"), width=12),
    ]),
    ("Is it learning?", [
        graph("Validation loss of a row", "suffix:nats", "Sum over the attributes; less is better.",
              (gauge("stanflow_training_validation_nats", "model"), "{{model}}")),
        graph("Validation loss by attribute", "suffix:nats", "Which attribute still gets better, which does not.",
              (of("stanflow_training_validation_nats"), "{{model}} {{attribute}}")),
        graph("Speed", "count:rows/s", "Rows of training while it runs.",
              (gauge("stanflow_training_rows_per_second", "model"), "{{model}}")),
    ]),
    ("Do jobs succeed?", [
        graph("Ended within an hour", NUMBER, "By kind and state.",
              (last_hour("stanflow_jobs_ended_total", "kind, state"), "{{kind}} {{state}}"), stacked=True),
        graph("Failed within an hour, by cause", NUMBER,
              "INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, ALREADY_EXISTS, DATA_LOSS: what the job was given.",
              (last_hour("stanflow_jobs_ended_total", "kind, code", 'state="FAILED"'), "{{kind}} {{code}}")),
        graph("Time from the first attempt to the end", SECONDS, "Crashes and restarts in between included.",
              *percentiles("stanflow_job_duration_seconds", "kind")),
    ]),
)

CAPACITY = dashboard(
    "capacity", 24,
    ("Does memory suffice?", [
        graph("The server", BYTES, "Resident now, and at most since its start.",
              (of("process_resident_memory_bytes"), "{{instance}} now"),
              (of("process_peak_resident_memory_bytes"), "{{instance}} at most"), width=12),
        graph("Models", BYTES, "Weights in memory; above models.max_loaded_bytes idle ones go.",
              (gauge("stanflow_model_memory_bytes", "model, version, device"), "{{model}}@{{version}} {{device}}"),
              stacked=True, width=12),
    ]),
    ("Does the processor suffice?", [
        graph("Used by the server", CORES, "Workers are processes of their own and not in it.",
              (rate("process_cpu_seconds_total", "instance"), "{{instance}}")),
        graph("A million flows cost", SECONDS, "Processor time of the server.",
              ("1e6 * %s / %s" % (rate("process_cpu_seconds_total", "instance"),
                                  rate("stanflow_step_contexts_total", "instance")), "{{instance}}")),
        graph("Share of time that the engine is busy", SHARE, "All models of a server take turns.",
              ("%s + %s" % (rate("stanflow_step_duration_seconds_sum", "instance"),
                            rate("stanflow_step_deliver_duration_seconds_sum", "instance")), "{{instance}}"),
              limits=(0.9, 0.98)),
    ]),
    ("Does the disk suffice?", [
        graph("Free", SHARE, "Of the data folder's file system.",
              ("%s / %s" % (of("stanflow_data_free_bytes"), of("stanflow_data_size_bytes")), "{{instance}}"),
              limits=(0.1, 0.02), low=True),
        graph("Free in a day, if it goes on like this", BYTES, "By the slope of six hours; below 0 it is full.",
              ("predict_linear(%s[6h], 86400)" % of("stanflow_data_free_bytes"), "{{instance}}"), floor=None),
        graph("Written snapshots of streams", BYTES_A_SECOND, "generate.snapshot_disk_bytes bounds what stays.",
              (rate("stanflow_snapshot_written_bytes_total", "instance"), "{{instance}}")),
    ]),
    ("Do the limits suffice?", [
        graph("Streams", SHARE, "Of generate.max_streams.",
              (of_limit("stanflow_streams_active", "stanflow_streams_max"), "{{instance}}"), limits=(0.8, 1), width=6),
        graph("Hosts", SHARE, "Of generate.max_contexts.",
              (of_limit("stanflow_contexts_active", "stanflow_contexts_max"), "{{instance}}"), limits=(0.8, 1),
              width=6),
        graph("Waiting jobs", SHARE, "Of jobs.max_queued.",
              (of_limit("stanflow_job_queue_depth", "stanflow_jobs_queued_max"), "{{instance}}"), limits=(0.8, 1),
              width=6),
        graph("Open files", SHARE, "Of what the system allows the process.",
              (of_limit("process_open_fds", "process_max_fds"), "{{instance}}"), limits=(0.8, 0.95), width=6),
    ]),
    ("What runs?", [
        value("Version", NUMBER, "Of the server, and of LibTorch.",
              (of("stanflow_build_info"), "{{instance}}: {{version}}, LibTorch {{libtorch}}"), text="name", width=12),
        value("Up for", "dtdurations", "Since its start.",
              ("time() - %s" % of("process_start_time_seconds"), "{{instance}}"), width=12),
    ]),
)

DASHBOARDS = {"overview": OVERVIEW, "generation": GENERATION, "training": TRAINING, "capacity": CAPACITY}


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    stale = []
    for name, content in DASHBOARDS.items():
        path, text = FOLDER / (name + ".json"), json.dumps(content, indent=1) + "\n"
        if not arguments:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(name)
    if stale:
        sys.exit("make_dashboards: not as this script makes them: %s; run it without --check" % ", ".join(stale))


if __name__ == "__main__":
    main(sys.argv[1:])
