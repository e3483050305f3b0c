CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE shard (number INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, sealed INTEGER NOT NULL);
CREATE TABLE sample (
    sequence INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
    shard INTEGER NOT NULL REFERENCES shard (number), offset INTEGER NOT NULL, length INTEGER NOT NULL,
    crc32c INTEGER NOT NULL, category TEXT NOT NULL, prompt_id TEXT NOT NULL, attempt INTEGER NOT NULL);
CREATE TABLE ended (
    prompt_id TEXT NOT NULL, attempt INTEGER NOT NULL, category TEXT NOT NULL, stage TEXT, reason TEXT, detail TEXT,
    PRIMARY KEY (prompt_id, attempt)) WITHOUT ROWID;
CREATE TABLE tally (
    category TEXT NOT NULL, reason TEXT NOT NULL, items INTEGER NOT NULL,
    PRIMARY KEY (category, reason)) WITHOUT ROWID;
CREATE TABLE prompt (
    ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, category TEXT NOT NULL, text TEXT NOT NULL, seed INTEGER);
CREATE TABLE cursor (
    name TEXT NOT NULL, rank INTEGER NOT NULL, world INTEGER NOT NULL, sequence INTEGER NOT NULL,
    PRIMARY KEY (name, rank)) WITHOUT ROWID;
INSERT INTO meta VALUES ('stream_id', '0123456789abcdef0123456789abcdef');
INSERT INTO cursor VALUES ('train', 0, 1, 0);
PRAGMA application_id = 1213682770;
PRAGMA user_version = 1;
