"""Operations as text for others: CSV, JSON lines, InfluxDB's line protocol."""

from apportion.metering.export.csv_rows import CsvRows
from apportion.metering.export.formats import FORMATS, Encoder, encoder
from apportion.metering.export.influx import Points
from apportion.metering.export.json_lines import JsonLines

__all__ = ["FORMATS", "CsvRows", "Encoder", "JsonLines", "Points", "encoder"]
