-- Evidence: an index of what is kept as objects, which can be made again from them, and what has been
-- begun and must be finished.

-- One version of the evidence for a decision. A row is there before its object, and stays when that
-- was deleted: an id is never given to other content.
CREATE TABLE evidence_bundles (
  decision_id    TEXT COLLATE "C" NOT NULL,
  -- 1 for the first version, 2 for the correction of it, and so on
  ordinal        INT NOT NULL,
  evidence_type  TEXT COLLATE "C" NOT NULL,
  version        TEXT COLLATE "C" NOT NULL,
  object_key     TEXT COLLATE "C" NOT NULL UNIQUE,
  created_at     TIMESTAMPTZ NOT NULL,
  -- the same as its bundle says it, which may be finer
  created_text   TEXT NOT NULL,
  -- when it came in; retention counts from here, and not from what its writer says
  stored_at      TIMESTAMPTZ NOT NULL,
  -- of evidence_data in Python's form, and of the object's bytes
  checksum       BYTEA NOT NULL,
  sha256         BYTEA NOT NULL,
  -- of its type, its metadata and its evidence: who says the same again stores nothing; NULL while the
  -- index is made again
  fingerprint    BYTEA,
  size_bytes     BIGINT NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('pending', 'stored', 'deleting', 'deleted')),
  -- its event; NULL before, and for what was found in the bucket and not in the log
  seq            BIGINT,
  event_hash     BYTEA,
  PRIMARY KEY (decision_id, ordinal),
  UNIQUE (decision_id, version)
);

CREATE INDEX evidence_bundles_by_time ON evidence_bundles (created_at, decision_id, ordinal)
  WHERE state = 'stored';
CREATE INDEX evidence_bundles_by_type
  ON evidence_bundles (evidence_type, created_at, decision_id, ordinal) WHERE state = 'stored';

CREATE TABLE evidence_attachments (
  decision_id    TEXT COLLATE "C" NOT NULL,
  name           TEXT COLLATE "C" NOT NULL,
  object_key     TEXT COLLATE "C" NOT NULL UNIQUE,
  content_type   TEXT NOT NULL,
  -- of its outbox row and its event; stands with the object as well. NULL for what was found there
  operation      UUID UNIQUE,
  stored_at      TIMESTAMPTZ NOT NULL,
  -- NULL while it is still coming in
  sha256         BYTEA,
  size_bytes     BIGINT,
  state          TEXT NOT NULL CHECK (state IN ('pending', 'stored', 'deleting', 'deleted')),
  seq            BIGINT,
  event_hash     BYTEA,
  PRIMARY KEY (decision_id, name)
);

-- Decisions whose evidence must not be deleted, whatever its age.
CREATE TABLE evidence_holds (
  decision_id  TEXT COLLATE "C" PRIMARY KEY,
  -- of the event that placed it; the one that ends it names it
  operation    UUID NOT NULL,
  reason       TEXT NOT NULL,
  actor        TEXT NOT NULL,
  placed_at    TIMESTAMPTZ NOT NULL
);

-- What has been begun: an object to be written or deleted together with its event. Whoever finds a row
-- that nobody works on does what is missing. Its id stands in the event, so that none is written twice.
CREATE TABLE evidence_outbox (
  id           UUID PRIMARY KEY,
  decision_id  TEXT COLLATE "C" NOT NULL,
  object_key   TEXT COLLATE "C" NOT NULL,
  action       TEXT NOT NULL CHECK (action IN ('put', 'upload', 'delete', 'none')),
  -- of action put: the bytes of the object, and what is kept with it
  content      BYTEA,
  description  JSONB,
  -- canonical JSON; NULL while an upload is coming in, whose digest only its end tells
  event_type   TEXT NOT NULL,
  payload      TEXT,
  -- the event is nowhere in the log before this place
  from_seq     BIGINT NOT NULL,
  attempts     INT NOT NULL DEFAULT 0,
  -- nobody else touches it before
  not_before   TIMESTAMPTZ NOT NULL,
  begun_at     TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE INDEX evidence_outbox_due ON evidence_outbox (not_before);
CREATE INDEX evidence_outbox_of_decision ON evidence_outbox (decision_id);
CREATE INDEX evidence_outbox_failing ON evidence_outbox (id) WHERE attempts > 0;

-- Uploads that browsers were let make, before they become attachments.
CREATE TABLE evidence_uploads (
  id            UUID PRIMARY KEY,
  decision_id   TEXT COLLATE "C" NOT NULL,
  name          TEXT COLLATE "C" NOT NULL,
  object_key    TEXT COLLATE "C" NOT NULL UNIQUE,
  content_type  TEXT NOT NULL,
  max_bytes     BIGINT NOT NULL,
  actor         TEXT NOT NULL,
  expires_at    TIMESTAMPTZ NOT NULL,
  -- when it became the attachment; a form can be sent again after that, so its object is looked for
  completed_at  TIMESTAMPTZ,
  -- when somebody has to look what became of it
  not_before    TIMESTAMPTZ NOT NULL
);

CREATE INDEX evidence_uploads_due ON evidence_uploads (not_before);

-- Answers to requests with an Idempotency-Key, for whoever sends them again.
CREATE TABLE api_idempotency (
  actor        TEXT NOT NULL,
  key_hash     BYTEA NOT NULL,
  -- of method, path and body: a key is good for one request
  request      BYTEA NOT NULL,
  -- what an earlier attempt did is nowhere in the log before this place
  from_seq     BIGINT,
  -- NULL while the first request runs
  status       INT,
  headers      JSONB,
  body         BYTEA,
  created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
  -- a request that died lets the next one try after this
  locked_until TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (actor, key_hash)
);

CREATE INDEX api_idempotency_by_age ON api_idempotency (created_at);

-- Secrets that all processes of a deployment share and nobody has to configure.
CREATE TABLE service_secrets (
  name        TEXT PRIMARY KEY,
  secret      TEXT NOT NULL,
  created_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
