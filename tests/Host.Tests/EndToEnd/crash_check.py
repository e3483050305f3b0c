"""Compares what training jobs applied with the store: DATA UNTIL, then GROUP=FILE[,FILE ...] for each group.

Reads the ledger with sqlite3 and the shards with tarfile, so nothing of Headwater judges itself. Prints one line of
counts and ends with 1 when one of them is not 0.
"""

import io
import os
import sqlite3
import struct
import sys
import tarfile
import zlib

ENTRY = struct.Struct("<QI")


def read_store(data, wrong):
    ledger = sqlite3.connect("file:%s/ledger.db?mode=ro" % data, uri=True)

    def one(query):
        return ledger.execute(query).fetchone()[0]

    def none(what, query):
        count = one("SELECT COUNT(*) FROM (%s)" % query)
        if count:
            wrong.append("%s: %d" % (what, count))

    if one("PRAGMA integrity_check") != "ok":
        wrong.append("the ledger's own integrity check")
    ended = one("SELECT COUNT(*) FROM ended")
    none("tries that ended twice", "SELECT 1 FROM ended GROUP BY prompt_id, attempt HAVING COUNT(*) > 1")
    none("samples whose try did not end accepted", "SELECT 1 FROM sample s LEFT JOIN ended e ON "
         "e.prompt_id = s.prompt_id AND e.attempt = s.attempt WHERE e.prompt_id IS NULL OR e.reason IS NOT NULL")
    none("accepted tries without a sample", "SELECT 1 FROM ended e LEFT JOIN sample s ON "
         "s.prompt_id = e.prompt_id AND s.attempt = e.attempt WHERE e.reason IS NULL AND s.sequence IS NULL")
    none("tries with two samples", "SELECT 1 FROM sample GROUP BY prompt_id, attempt HAVING COUNT(*) > 1")
    if one("SELECT COALESCE(SUM(items), 0) FROM tally") != ended:
        wrong.append("the tally, which does not add up to %d" % ended)
    crcs, ends = {}, {}
    rows = ledger.execute("SELECT sequence, key, shard, offset, length FROM sample ORDER BY sequence").fetchall()
    for place, (sequence, key, shard, offset, length) in enumerate(rows, 1):
        if sequence != place or offset != ends.get(shard, 0):
            wrong.append("sample %d, which is number %d and lies at %d of shard %d" % (sequence, place, offset, shard))
        ends[shard] = offset + length
        crcs[sequence] = crc_of(data, key, shard, offset, length)
    return crcs, ended


def crc_of(data, key, shard, offset, length):
    with open(os.path.join(data, "shard-%06d.tar" % shard), "rb") as file:
        file.seek(offset)
        members = {}
        with tarfile.open(fileobj=io.BytesIO(file.read(length))) as tar:
            for member in tar:
                name, _, field = member.name.partition(".")
                assert name == key, (name, key)
                members[field] = tar.extractfile(member).read()
    (image,) = [members[field] for field in members if field not in ("mask.png", "json")]
    return zlib.crc32(members["json"], zlib.crc32(members["mask.png"], zlib.crc32(image)))


def applied_by(path):
    with open(path, "rb") as file:
        return list(ENTRY.iter_unpack(file.read().partition(b"\n")[2]))


def main(data, until, *groups):
    wrong = []
    crcs, ended = read_store(data, wrong)
    until = int(until)
    lost = doubled = disordered = different = 0
    for group in groups:
        ranks = [applied_by(path) for path in group.partition("=")[2].split(",")]
        seen = [sequence for rank in ranks for sequence, _ in rank]
        lost += len(set(range(1, until + 1)) - set(seen))
        doubled += len(seen) - len(set(seen))
        disordered += sum(later[0] < former[0] for rank in ranks for former, later in zip(rank, rank[1:]))
        different += sum(crcs.get(sequence) != crc for rank in ranks for sequence, crc in rank)
    print("%d samples of %d tries, %d groups: lost %d, duplicated %d, out of order %d, different %d, wrong in the "
          "store %d" % (len(crcs), ended, len(groups), lost, doubled, disordered, different, len(wrong)))
    for what in wrong[:20]:
        print("wrong in the store: " + what)
    sys.exit(1 if lost or doubled or disordered or different or wrong else 0)


main(*sys.argv[1:])
