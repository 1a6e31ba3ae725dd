"""Builds a dataset of rows on many workers with Dask: one task a symbol and day, each an own call of `rows`.

    python build_rows.py RECORDINGS --symbol BTC-USD --from 2026-03-01 --to 2026-04-01 --out rows -- --step 60s

What stands after `--` goes to `npm run volgate -- rows` as it is. Workers must see RECORDINGS, the dataset's folder and
this repository under the same paths; recordings may lie in a bucket (r2://BUCKET/PREFIX).
"""

import argparse
import datetime
import pathlib
import subprocess

from dask.distributed import Client, LocalCluster, as_completed

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
A_DAY = datetime.timedelta(days=1)


def rows_of_day(recordings, symbol, day, out, options):
    """Writes the rows of one symbol and day. Safe to run twice: a file gets its name once it is whole."""
    command = ["node", "volgate.js", "rows", *recordings, "--symbol", symbol, "--out", out]
    command += ["--from", str(day), "--to", str(day + A_DAY), *options]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{symbol} {day}: exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip().splitlines()[-1]


def days_between(first, end):
    return [first + n * A_DAY for n in range((end - first).days)]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recordings", nargs="+", help="files, folders or r2://BUCKET/PREFIX")
    parser.add_argument("--symbol", action="append", required=True, help="may be given more than once")
    parser.add_argument("--from", dest="first", type=datetime.date.fromisoformat, required=True)
    parser.add_argument("--to", dest="end", type=datetime.date.fromisoformat, required=True, help="not included")
    parser.add_argument("--out", required=True)
    parser.add_argument("--scheduler", help="address of a Dask scheduler; without it two workers on this machine")
    return parser.parse_known_args()


def absolute(path):
    """Workers have folders of their own."""
    return path if "://" in path else str(pathlib.Path(path).resolve())


def main():
    arguments, options = parse_arguments()
    options = [option for option in options if option != "--"]
    recordings = [absolute(path) for path in arguments.recordings]
    local = None
    if arguments.scheduler is None:
        local = LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0")
    with Client(arguments.scheduler or local) as client:
        tasks = [
            client.submit(rows_of_day, recordings, symbol, day, absolute(arguments.out), options, key=f"{symbol} {day}")
            for symbol in arguments.symbol
            for day in days_between(arguments.first, arguments.end)
        ]
        for task, line in as_completed(tasks, with_results=True):
            print(f"{task.key}  {line}", flush=True)
        workers = {worker for places in client.who_has(tasks).values() for worker in places}
    if local is not None:
        local.close()
    print(f"{len(tasks)} days of rows, made by {len(workers)} workers")


if __name__ == "__main__":
    main()
