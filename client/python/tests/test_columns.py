"""How columns are read from the wire."""
import numpy as np
import pytest
import stanflow
from fake_server import columns, flows
from frames import expected
from stanflow._columns import COLUMNS, decode
from stanflow.v1 import flow_pb2


def test_every_column_of_the_message_is_read_in_its_order():
    assert [c.field for c in COLUMNS] == [field.name for field in flow_pb2.FlowColumns.DESCRIPTOR.fields]


def test_values_are_those_of_the_message():
    got = decode(columns(0, 1000))
    for name, values in expected(flows(0, 1000)).items():
        np.testing.assert_array_equal(got[name], values)
        assert got[name].dtype == values.dtype


def test_the_largest_values_survive():
    message = flow_pb2.FlowColumns(
        flow_end_milliseconds=[253402300799999], flow_duration_milliseconds=[0xFFFFFFFF],
        source_ipv4_address=[0xFFFFFFFF], destination_ipv4_address=[0x80000000], source_transport_port=[65535],
        destination_transport_port=[65535], protocol_identifier=[255], tcp_control_bits=[255],
        ip_class_of_service=[255], packet_delta_count=[1 << 48], octet_delta_count=[(1 << 64) - 1])
    got = decode(message)
    for column in COLUMNS:
        assert int(got[column.name].astype(object if column.dtype.kind == "u" else "i8")[0]) == getattr(
            message, column.field)[0]


def test_a_column_is_an_array_to_numpy_and_no_sequence_of_numbers():
    # Some fifteen times as fast.
    assert hasattr(flow_pb2.FlowColumns().octet_delta_count, "__array__")


def test_arrays_outlive_their_message_and_may_be_changed():
    message = columns(0, 3)
    got = decode(message)
    got["octet_delta_count"][0] = 5
    del message
    assert got["octet_delta_count"].tolist() == [5, *flows(0, 3)["octet_delta_count"][1:]]


def test_columns_of_different_lengths_are_an_error_that_names_the_column():
    message = columns(0, 10)
    del message.protocol_identifier[9]
    with pytest.raises(stanflow.DataLoss, match="10 flows has 9 values in column protocol_identifier"):
        decode(message)


@pytest.mark.parametrize("field, value", [("source_transport_port", 65536), ("destination_transport_port", 70000),
                                          ("protocol_identifier", 256), ("tcp_control_bits", 0xFFFFFFFF),
                                          ("ip_class_of_service", 512)])
def test_a_value_that_its_type_does_not_hold_is_an_error_that_names_the_column(field, value):
    message = columns(0, 10)
    getattr(message, field)[3] = value
    with pytest.raises(stanflow.DataLoss, match=f"10 flows has {value} in column {field}"):
        decode(message)


def test_no_flows_are_no_error():
    assert {len(values) for values in decode(flow_pb2.FlowColumns()).values()} == {0}
