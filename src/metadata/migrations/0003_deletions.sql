-- A writer that died may have begun uploads on the backend whose ids nobody knows: then all uploads
-- of the key are aborted.
ALTER TABLE deletion_queue ADD COLUMN every_upload BOOLEAN NOT NULL DEFAULT false;

-- Each backend's deletions are taken by themselves, so that one that is down, or left the
-- configuration, holds up no other; fresh ones are found among any number that wait for their turn.
DROP INDEX deletion_queue_due;
CREATE INDEX deletion_queue_due ON deletion_queue (backend_name, not_before);
CREATE INDEX deletion_queue_fresh ON deletion_queue (backend_name, attempts, not_before)
  WHERE attempts < 2;

-- sync asks by it which of a backend's objects are copies.
CREATE INDEX object_copies_key ON object_copies (backend_name, object_key COLLATE "C");
