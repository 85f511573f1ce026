-- Where in a log the events of an aggregate, or of a type, are. Made from the log, and again whenever
-- it is deleted.
CREATE TABLE log_index (
  -- of one chain of events: an index that is made anew has another one
  id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- hash of the log's first event, by which the log is known wherever it is kept
  first_hash  BYTEA NOT NULL UNIQUE,
  -- how many events are in the index, and the hash of the last of them
  next_seq    BIGINT NOT NULL,
  prev_hash   BYTEA NOT NULL
);

-- Texts are there by their SHA-256: they can be longer than an index takes, and hold what text cannot.
CREATE TABLE log_events (
  log_id          BIGINT NOT NULL REFERENCES log_index (id) ON DELETE CASCADE,
  seq             BIGINT NOT NULL,
  aggregate_hash  BYTEA NOT NULL,
  type_hash       BYTEA NOT NULL,
  event_hash      BYTEA NOT NULL,
  PRIMARY KEY (log_id, seq)
);

CREATE INDEX log_events_by_aggregate ON log_events (log_id, aggregate_hash, seq);
CREATE INDEX log_events_by_type ON log_events (log_id, type_hash, seq);
