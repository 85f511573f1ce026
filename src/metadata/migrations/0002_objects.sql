-- What Holdfast needs beyond the source tables: buckets, fresh backend keys, reservations, all that
-- HEAD and LIST answer with, write intents and the queue of deletions.
-- The setting holdfast.virtual_bucket names the bucket that rows from s3-proxy belong to.

CREATE TABLE buckets (
  name       TEXT COLLATE "C" PRIMARY KEY,
  owner      TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
INSERT INTO buckets (name, owner)
SELECT current_setting('holdfast.virtual_bucket'), '' WHERE EXISTS (SELECT FROM object_locations);

ALTER TABLE backend_quotas
  -- bytes of writes and parts under way, held against the limit beside bytes_used
  ADD COLUMN bytes_reserved BIGINT NOT NULL DEFAULT 0,
  -- objects whose bytes lie on the backend, those that wait for deletion included
  ADD COLUMN objects_count  BIGINT NOT NULL DEFAULT 0;

-- s3-proxy could keep copies of one key on several backends. Here a key has one location: the oldest
-- copy. The others stay where they are, on the backend and in this table, and keep counting.
CREATE TABLE object_copies (LIKE object_locations);
INSERT INTO object_copies
SELECT object_key, backend_name, size_bytes, created_at FROM (
  SELECT *, row_number() OVER (PARTITION BY object_key ORDER BY created_at, backend_name) AS n
  FROM object_locations
) AS ranked WHERE n > 1;
DELETE FROM object_locations AS o USING object_copies AS c
WHERE o.object_key = c.object_key AND o.backend_name = c.backend_name;

ALTER TABLE object_locations DROP CONSTRAINT object_locations_pkey;
DROP INDEX IF EXISTS idx_object_locations_key_pattern;
DROP INDEX IF EXISTS idx_object_locations_created;
DROP INDEX IF EXISTS idx_object_locations_backend;
ALTER TABLE object_locations
  ALTER COLUMN object_key TYPE TEXT COLLATE "C",
  ALTER COLUMN created_at SET NOT NULL,
  ADD COLUMN bucket             TEXT COLLATE "C" REFERENCES buckets (name),
  ADD COLUMN version            TEXT COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN backend_key        TEXT COLLATE "C",
  -- NULL only in a row that s3-proxy wrote and nobody has asked for since
  ADD COLUMN etag               TEXT,
  ADD COLUMN owner              TEXT NOT NULL DEFAULT '',
  ADD COLUMN headers            JSONB NOT NULL DEFAULT '{"metadata":{}}',
  ADD COLUMN checksum_algorithm TEXT,
  ADD COLUMN checksum_type      TEXT,
  ADD COLUMN checksum_value     TEXT,
  ADD COLUMN parts_count        INT,
  -- [[number, size, checksum?], …] of an object that was uploaded in parts
  ADD COLUMN parts              JSONB,
  -- of the multipart upload that made the object, so that completing twice answers the same
  ADD COLUMN upload_id          TEXT;
UPDATE object_locations SET bucket = current_setting('holdfast.virtual_bucket'), backend_key = object_key;
ALTER TABLE object_locations
  ALTER COLUMN bucket SET NOT NULL,
  ALTER COLUMN backend_key SET NOT NULL,
  ADD PRIMARY KEY (bucket, object_key);
-- sync asks by it what is known; a sweep for orphans and a look from the backend's side do too
CREATE INDEX object_locations_backend_key ON object_locations (backend_name, backend_key);
UPDATE backend_quotas AS q SET objects_count =
  (SELECT count(*) FROM object_locations AS o WHERE o.backend_name = q.backend_name);

CREATE TABLE deletion_queue (
  id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  backend_name      TEXT NOT NULL,
  backend_key       TEXT COLLATE "C" NOT NULL,
  -- a multipart upload on the backend that is to be aborted as well
  backend_upload_id TEXT,
  -- what bytes_used and objects_count lose when the bytes are gone
  bytes             BIGINT NOT NULL,
  objects           INT NOT NULL,
  attempts          INT NOT NULL DEFAULT 0,
  not_before        TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX deletion_queue_due ON deletion_queue (not_before);

-- Uploads that s3-proxy had under way cannot be continued (it kept each part as an object of its
-- own, and s3-proxy counted no bytes for them): their parts are deleted, clients begin again.
INSERT INTO deletion_queue (backend_name, backend_key, bytes, objects)
SELECT u.backend_name, '__multipart/' || p.upload_id || '/' || p.part_number, 0, 0
FROM multipart_uploads AS u JOIN multipart_parts AS p USING (upload_id);
DELETE FROM multipart_uploads;
DROP INDEX IF EXISTS idx_multipart_uploads_created;
ALTER TABLE multipart_uploads
  DROP COLUMN content_type,
  ALTER COLUMN object_key TYPE TEXT COLLATE "C",
  ALTER COLUMN upload_id TYPE TEXT COLLATE "C",
  ALTER COLUMN created_at SET NOT NULL,
  ADD COLUMN bucket             TEXT COLLATE "C" NOT NULL REFERENCES buckets (name),
  ADD COLUMN version            TEXT COLLATE "C" NOT NULL,
  ADD COLUMN backend_key        TEXT COLLATE "C" NOT NULL,
  ADD COLUMN backend_upload_id  TEXT NOT NULL,
  ADD COLUMN owner              TEXT NOT NULL,
  ADD COLUMN headers            JSONB NOT NULL,
  ADD COLUMN checksum_algorithm TEXT,
  ADD COLUMN checksum_type      TEXT,
  -- the sum of its parts' sizes, as held in backend_quotas.bytes_reserved
  ADD COLUMN bytes_reserved     BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX multipart_uploads_key ON multipart_uploads (bucket, object_key, upload_id);
CREATE INDEX multipart_uploads_created ON multipart_uploads (created_at);
ALTER TABLE multipart_parts
  ALTER COLUMN upload_id TYPE TEXT COLLATE "C",
  ALTER COLUMN created_at SET NOT NULL,
  ADD COLUMN backend_etag       TEXT NOT NULL,
  ADD COLUMN checksum_algorithm TEXT,
  ADD COLUMN checksum_value     TEXT;

-- What a process is about to do to a backend, so that another can clean up after it.
CREATE TABLE write_intents (
  id           TEXT COLLATE "C" PRIMARY KEY,
  -- object: bytes may lie under backend_key; part: only bytes are reserved; claim: a multipart
  -- upload (id = upload_id) is being completed or aborted
  kind         TEXT NOT NULL CHECK (kind IN ('object', 'part', 'claim')),
  backend_name TEXT NOT NULL,
  backend_key  TEXT COLLATE "C" NOT NULL,
  reserved     BIGINT NOT NULL,
  -- moved on by the process that lives; a row that stays behind is swept
  touched_at   TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX write_intents_touched ON write_intents (touched_at);
