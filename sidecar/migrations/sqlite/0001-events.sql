-- AUTOINCREMENT, as a plain key would be given again once the highest rows are deleted.
CREATE TABLE events (
  cursor INTEGER PRIMARY KEY AUTOINCREMENT,
  topic TEXT NOT NULL,
  stream TEXT NOT NULL,
  received_at_ms INTEGER NOT NULL,
  account TEXT,
  order_id TEXT,
  conid INTEGER,
  execution_id TEXT,
  dedup TEXT,
  healed INTEGER NOT NULL,
  payload TEXT NOT NULL,
  raw TEXT
) STRICT;

-- Each of these ends in the cursor without saying so: it is the row's own key.
CREATE INDEX events_by_topic ON events (topic);
CREATE INDEX events_by_stream ON events (stream);
CREATE INDEX events_by_time ON events (stream, received_at_ms);
CREATE UNIQUE INDEX events_once ON events (dedup) WHERE dedup IS NOT NULL;

CREATE TABLE pruned (
  topic TEXT PRIMARY KEY,
  through INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row. The batch appended last and its cursors, (batch_after, batch_through], so that a repeated append is recognised.
CREATE TABLE state (
  store_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  batch TEXT,
  batch_after INTEGER NOT NULL,
  batch_through INTEGER NOT NULL
) STRICT;
INSERT INTO state VALUES (lower(hex(randomblob(16))), 0, NULL, 0, 0);
