"""placeholder"""

TableReading = None


def read_table(): ...
