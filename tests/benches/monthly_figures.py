#!/usr/bin/env python3
"""Eight monthly figures by SQL: what figures.md says, from a table of facts, in SQLite and (where installed) DuckDB.

    monthly_figures.py ROWS.csv FIGURES.csv

ROWS.csv is the table that tests/benches/monthly/rows.rs writes; FIGURES.csv is the answer to compare with, lines of
organisation,key,month,value. Prints `ENGINE SECONDS` for each engine, the fastest of three queries; exits 1 where an answer
is another one, byte for byte. With --need-duckdb it exits 2 where that package is not installed.
"""

import csv
import sqlite3
import sys
import time

KEYS = (
    "visits", "participations", "unique_visitors", "open_days", "coffee_cups", "bar_revenue", "shifts", "volunteer_hours",
)
COLUMNS = (
    "organisation", "position", "kind", "month", "day", "moment", "session", "visitor", "person", "adults", "children", "amount",
    "target", "waits",
)
TIMES = 3
HOUR = 3_600_000

# Kinds of rows, as rows.rs numbers them: 1 check-in, 2 head count, 3 coffee, 4 shift at bar, shop or door, 5 other shift,
# 6 end of a shift, 7 till, 8 opened or nobody came, 9 retraction, 10 confirmation, 11 session planned, 12 cancelled.
QUERY = """
WITH retracted AS (SELECT DISTINCT organisation, target FROM entries WHERE kind = 9),
confirmed AS (SELECT DISTINCT organisation, target FROM entries WHERE kind = 10),
live AS (
    SELECT r.* FROM entries r
    LEFT JOIN retracted x ON x.organisation = r.organisation AND x.target = r.position
    LEFT JOIN confirmed c ON c.organisation = r.organisation AND c.target = r.position
    WHERE x.target IS NULL AND (r.waits = 0 OR c.target IS NOT NULL)
),
shifts AS (SELECT * FROM live WHERE kind IN (4, 5)),
duty AS (SELECT DISTINCT organisation, day, person FROM shifts),
check_ins AS (
    SELECT *, adults + children AS persons,
        ROW_NUMBER() OVER (PARTITION BY organisation, day, visitor
            ORDER BY adults + children DESC, moment, position) AS of_day,
        ROW_NUMBER() OVER (PARTITION BY organisation, session, visitor
            ORDER BY adults + children DESC, moment, position) AS of_session
    FROM live WHERE kind = 1
),
of_days AS (
    SELECT c.*, d.person IS NOT NULL AS on_duty FROM check_ins c
    LEFT JOIN duty d ON c.person > 0 AND d.organisation = c.organisation AND d.day = c.day AND d.person = c.person
    WHERE c.visitor = 0 OR c.of_day = 1
),
heads AS (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY organisation, day, session ORDER BY moment DESC, position DESC) AS back
    FROM live WHERE kind = 2
),
at_sessions AS (
    SELECT organisation, session, SUM(persons) AS persons FROM check_ins
    WHERE session > 0 AND (visitor = 0 OR of_session = 1) GROUP BY organisation, session
),
cancelled AS (SELECT DISTINCT organisation, session FROM live WHERE kind = 12),
sessions AS (
    SELECT s.organisation, s.month, s.day, COALESCE(a.persons, 0) AS persons,
        CASE WHEN h.amount > COALESCE(a.persons, 0) THEN h.amount - COALESCE(a.persons, 0) ELSE 0 END AS surplus,
        x.session IS NULL AS held
    FROM live s
    LEFT JOIN at_sessions a ON a.organisation = s.organisation AND a.session = s.session
    LEFT JOIN heads h ON h.organisation = s.organisation AND h.session = s.session AND h.back = 1
    LEFT JOIN cancelled x ON x.organisation = s.organisation AND x.session = s.session
    WHERE s.kind = 11
),
shown AS (
    SELECT organisation, month, day, SUM(persons) AS persons FROM (
        SELECT organisation, month, day,
            persons - CASE WHEN on_duty AND adults > 0 THEN 1 ELSE 0 END AS persons FROM of_days
        UNION ALL SELECT organisation, month, day, surplus FROM sessions
        UNION ALL SELECT organisation, month, day, 0 FROM heads WHERE session = 0
    ) AS parts GROUP BY organisation, month, day
),
visits AS (
    SELECT s.organisation, s.month,
        SUM(CASE WHEN h.amount > s.persons THEN h.amount ELSE s.persons END) AS value
    FROM shown s
    LEFT JOIN heads h ON h.organisation = s.organisation AND h.day = s.day AND h.session = 0 AND h.back = 1
    GROUP BY s.organisation, s.month
),
participations AS (
    SELECT organisation, month, SUM(CASE WHEN held THEN persons + surplus ELSE 0 END) AS value
    FROM sessions GROUP BY organisation, month
),
visitors AS (
    SELECT organisation, month, COUNT(DISTINCT visitor) AS value
    FROM of_days WHERE visitor > 0 AND NOT on_duty GROUP BY organisation, month
),
open_days AS (
    SELECT organisation, month, COUNT(DISTINCT day) AS value
    FROM live WHERE kind IN (1, 2, 3, 4, 8) GROUP BY organisation, month
),
sums AS (
    SELECT organisation, month, SUM(CASE WHEN kind = 3 THEN amount ELSE 0 END) AS cups,
        SUM(CASE WHEN kind = 7 THEN amount ELSE 0 END) AS revenue,
        SUM(CASE WHEN kind IN (4, 5) THEN 1 ELSE 0 END) AS shifts
    FROM live GROUP BY organisation, month
),
ends AS (
    SELECT organisation, target, moment,
        ROW_NUMBER() OVER (PARTITION BY organisation, target ORDER BY position) AS of_shift
    FROM live WHERE kind = 6
),
hours AS (
    SELECT s.organisation, s.month, SUM(e.moment - s.moment) AS millis
    FROM shifts s
    JOIN ends e ON e.organisation = s.organisation AND e.target = s.position AND e.of_shift = 1
    WHERE e.moment - s.moment BETWEEN 0 AND 57600000
    GROUP BY s.organisation, s.month
)
SELECT m.organisation, m.month, v.value, p.value, u.value, o.value, m.cups, m.revenue, m.shifts, h.millis
FROM sums m
LEFT JOIN visits v ON v.organisation = m.organisation AND v.month = m.month
LEFT JOIN participations p ON p.organisation = m.organisation AND p.month = m.month
LEFT JOIN visitors u ON u.organisation = m.organisation AND u.month = m.month
LEFT JOIN open_days o ON o.organisation = m.organisation AND o.month = m.month
LEFT JOIN hours h ON h.organisation = m.organisation AND h.month = m.month
ORDER BY m.organisation, m.month
"""

TYPES = {"moment": "BIGINT", "amount": "BIGINT"}
TABLE = "CREATE TABLE entries ({})".format(", ".join(f"{name} {TYPES.get(name, 'INTEGER')}" for name in COLUMNS))


def answer(rows):
    """The lines of the query's rows: hours with one decimal, rounded half up; nothing where nothing is known."""
    lines = ["organisation,key,month,value\n"]
    for organisation, month, *values, millis in rows:
        values = [str(int(value or 0)) for value in values]
        if millis is None:
            values.append("")
        else:
            tenths = (20 * int(millis) + HOUR) // (2 * HOUR)
            values.append(f"{tenths // 10}.{tenths % 10}")
        month = f"{month // 100:04}-{month % 100:02}"
        lines.extend(f"{organisation},{key},{month},{value}\n" for key, value in zip(KEYS, values))
    return "".join(lines)


def sqlite(table):
    tables = sqlite3.connect(":memory:")
    tables.execute(TABLE)
    with open(table, newline="", encoding="ascii") as file:
        rows = csv.reader(file)
        if tuple(next(rows)) != COLUMNS:
            raise SystemExit("other columns than expected")
        marks = ", ".join("?" * len(COLUMNS))
        tables.executemany(f"INSERT INTO entries VALUES ({marks})", rows)
    tables.execute("ANALYZE")
    return lambda: tables.execute(QUERY).fetchall()


def duckdb(table):
    import duckdb as package

    tables = package.connect()
    tables.execute(TABLE)
    tables.execute(f"COPY entries FROM '{table}' (HEADER)")
    return lambda: tables.execute(QUERY).fetchall()


def main(arguments):
    needed = "--need-duckdb" in arguments
    table, expected = [argument for argument in arguments if not argument.startswith("--")]
    with open(expected, newline="", encoding="ascii") as file:
        expected = file.read()
    for name, engine in (("DuckDB", duckdb), ("SQLite", sqlite)):
        try:
            query = engine(table)
        except ImportError:
            print(f"{name} is not installed and takes no part", file=sys.stderr)
            if needed:
                return 2
            continue
        best = float("inf")
        for _ in range(TIMES):
            begun = time.perf_counter()
            rows = query()
            best = min(best, time.perf_counter() - begun)
        found = answer(rows)
        if found != expected:
            pairs = zip(found.splitlines(), expected.splitlines())
            different = [pair for pair in pairs if pair[0] != pair[1]]
            print(f"{name}: {len(different)} lines differ, first (theirs, ours): {different[:3]}", file=sys.stderr)
            return 1
        print(f"{name} {best:.6f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
