-- The four tables as s3-proxy created them, so that a database it has filled is taken over as it is.
CREATE TABLE IF NOT EXISTS backend_quotas (
  backend_name TEXT PRIMARY KEY,
  bytes_used   BIGINT NOT NULL DEFAULT 0,
  bytes_limit  BIGINT NOT NULL,
  updated_at   TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE IF NOT EXISTS object_locations (
  object_key   TEXT NOT NULL,
  backend_name TEXT NOT NULL REFERENCES backend_quotas (backend_name),
  size_bytes   BIGINT NOT NULL,
  created_at   TIMESTAMPTZ DEFAULT now(),
  PRIMARY KEY (object_key, backend_name)
);

CREATE TABLE IF NOT EXISTS multipart_uploads (
  upload_id    TEXT PRIMARY KEY,
  object_key   TEXT NOT NULL,
  backend_name TEXT NOT NULL REFERENCES backend_quotas (backend_name),
  content_type TEXT,
  created_at   TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE IF NOT EXISTS multipart_parts (
  upload_id   TEXT NOT NULL REFERENCES multipart_uploads (upload_id) ON DELETE CASCADE,
  part_number INT NOT NULL,
  etag        TEXT NOT NULL,
  size_bytes  BIGINT NOT NULL,
  created_at  TIMESTAMPTZ DEFAULT now(),
  PRIMARY KEY (upload_id, part_number)
);
