-- One table per topic, cut by time: what has grown old is dropped as a whole, and each topic grows old at its own pace.
-- The slices are made by the program, ahead of time. Cursors come from bezant_event_state, whose row also keeps a second
-- writer waiting until the first has committed: the order of cursors is the order of commits.
CREATE TABLE bezant_events (
  cursor bigint NOT NULL,
  topic text NOT NULL,
  stream text NOT NULL,
  received_at timestamptz NOT NULL,
  account text,
  order_id text,
  conid bigint,
  execution_id text,
  dedup text,
  healed boolean NOT NULL,
  payload jsonb NOT NULL,
  raw text
) PARTITION BY LIST (topic);

CREATE INDEX bezant_events_by_cursor ON bezant_events (cursor);
CREATE INDEX bezant_events_by_stream ON bezant_events (stream, cursor);
CREATE INDEX bezant_events_by_time ON bezant_events (stream, received_at, cursor);
-- For whoever looks at all streams of some hours with a program of their own: costs next to nothing.
CREATE INDEX bezant_events_brin ON bezant_events USING brin (received_at);

CREATE TABLE bezant_events_orders PARTITION OF bezant_events FOR VALUES IN ('orders') PARTITION BY RANGE (received_at);
CREATE TABLE bezant_events_trades PARTITION OF bezant_events FOR VALUES IN ('trades') PARTITION BY RANGE (received_at);
CREATE TABLE bezant_events_pnl PARTITION OF bezant_events FOR VALUES IN ('pnl') PARTITION BY RANGE (received_at);
CREATE TABLE bezant_events_marketdata PARTITION OF bezant_events FOR VALUES IN ('marketdata') PARTITION BY RANGE (received_at);
CREATE TABLE bezant_events_notifications PARTITION OF bezant_events FOR VALUES IN ('notifications') PARTITION BY RANGE (received_at);
CREATE TABLE bezant_events_session PARTITION OF bezant_events FOR VALUES IN ('session') PARTITION BY RANGE (received_at);
CREATE TABLE bezant_events_gap PARTITION OF bezant_events FOR VALUES IN ('gap') PARTITION BY RANGE (received_at);

-- A unique index over partitions would have to contain the time, and a repeat comes at another time.
CREATE TABLE bezant_event_keys (
  dedup text PRIMARY KEY
);

CREATE TABLE bezant_event_pruned (
  topic text PRIMARY KEY,
  through bigint NOT NULL
);

-- One row. The highest cursor given; the batch appended last and its cursors, (batch_after, batch_through], so that a
-- repeated append is recognised.
CREATE TABLE bezant_event_state (
  store_id uuid NOT NULL,
  epoch bigint NOT NULL,
  head bigint NOT NULL,
  batch text,
  batch_after bigint NOT NULL,
  batch_through bigint NOT NULL
) WITH (fillfactor = 50);
INSERT INTO bezant_event_state VALUES (gen_random_uuid(), 0, 0, NULL, 0, 0);
