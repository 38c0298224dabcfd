-- With the extension timescaledb, one hypertable per topic, and a view over them in the place of the partitioned table. Only
-- while there are no slices yet, so that it is decided when the tables are made, and what has events stays as it is.
DO $$
DECLARE
  extension_schema text;
  topic text;
  days int;
BEGIN
  SELECT nspname INTO extension_schema
  FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'timescaledb';
  IF extension_schema IS NULL
    OR current_setting('bezant.hypertables', true) IS DISTINCT FROM 'on'
    OR EXISTS (
      SELECT FROM pg_inherits AS of_topic JOIN pg_inherits AS slice ON slice.inhparent = of_topic.inhrelid
      WHERE of_topic.inhparent = 'bezant_events'::regclass)
  THEN RETURN;
  END IF;

  DROP TABLE bezant_events;
  FOR topic, days IN
    VALUES ('orders', 7), ('trades', 7), ('pnl', 7), ('marketdata', 1), ('notifications', 7), ('session', 7), ('gap', 7)
  LOOP
    EXECUTE format($sql$
      CREATE TABLE bezant_events_%1$s (
        cursor bigint NOT NULL,
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
      );
      CREATE INDEX bezant_events_%1$s_by_cursor ON bezant_events_%1$s (cursor);
      CREATE INDEX bezant_events_%1$s_by_stream ON bezant_events_%1$s (stream, cursor);
      CREATE INDEX bezant_events_%1$s_by_time ON bezant_events_%1$s (stream, received_at, cursor);
      CREATE INDEX bezant_events_%1$s_brin ON bezant_events_%1$s USING brin (received_at);
      SELECT %2$I.create_hypertable('bezant_events_%1$s', 'received_at',
        chunk_time_interval => interval '%3$s days', create_default_indexes => false);
    $sql$, topic, extension_schema, days);
  END LOOP;

  CREATE VIEW bezant_events AS
    SELECT cursor, text 'orders' AS topic, stream, received_at, account, order_id, conid, execution_id, dedup, healed, payload, raw FROM bezant_events_orders
    UNION ALL
    SELECT cursor, 'trades', stream, received_at, account, order_id, conid, execution_id, dedup, healed, payload, raw FROM bezant_events_trades
    UNION ALL
    SELECT cursor, 'pnl', stream, received_at, account, order_id, conid, execution_id, dedup, healed, payload, raw FROM bezant_events_pnl
    UNION ALL
    SELECT cursor, 'marketdata', stream, received_at, account, order_id, conid, execution_id, dedup, healed, payload, raw FROM bezant_events_marketdata
    UNION ALL
    SELECT cursor, 'notifications', stream, received_at, account, order_id, conid, execution_id, dedup, healed, payload, raw FROM bezant_events_notifications
    UNION ALL
    SELECT cursor, 'session', stream, received_at, account, order_id, conid, execution_id, dedup, healed, payload, raw FROM bezant_events_session
    UNION ALL
    SELECT cursor, 'gap', stream, received_at, account, order_id, conid, execution_id, dedup, healed, payload, raw FROM bezant_events_gap;
END
$$;
