"""Runs the lines of docs/lake.md in the current folder, and prints what each engine answers as JSON."""

import json
import re
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl


def run_sql(code):
    return duckdb.sql(code).df()


def run_python(code):
    *statements, expression = code.strip().split("\n")
    names = {}
    exec("\n".join(statements), names)
    return eval(expression, names)


def rows(table):
    frame = table.to_pandas() if isinstance(table, pl.DataFrame) else table
    for column in frame.columns:
        if str(frame[column].dtype).startswith(("datetime", "date")) or column == "date":
            frame[column] = frame[column].astype(str)
    return json.loads(frame.astype(object).where(pd.notna(frame), None).to_json(orient="records", double_precision=15))


text = Path(sys.argv[1]).read_text(encoding="utf-8")
answers = {}
for language, engine, what, code in re.findall(r"^```(sql|python) (\w+) (\w+)\n(.*?)^```$", text, re.S | re.M):
    answers[f"{engine} {what}"] = rows(run_sql(code) if language == "sql" else run_python(code))
versions = {"duckdb": duckdb.__version__, "polars": pl.__version__, "pandas": pd.__version__}
print(json.dumps({"answers": answers, "versions": versions}))
