"""What flows say as text, as numbers."""
import datetime
import socket
import struct


def number_of(address):
    return struct.unpack(">I", socket.inet_aton(address))[0]


def milliseconds(text):
    """Since 1970, of a time in UTC with or without its Z."""
    time_of = datetime.datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=datetime.timezone.utc)
    return round(time_of.timestamp() * 1000)


def flag_bits(text):
    """TCP flags as nfdump prints them, a letter or a dot a bit, the highest first."""
    return sum(128 >> place for place, flag in enumerate(text) if flag != ".")
