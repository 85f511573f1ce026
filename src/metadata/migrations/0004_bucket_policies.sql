-- Who may do what with a bucket, as its owner says. Both go with the bucket.
ALTER TABLE buckets
  -- JSON in the language of bucket policies, as it was sent
  ADD COLUMN policy TEXT,
  -- {blockPublicAcls, ignorePublicAcls, blockPublicPolicy, restrictPublicBuckets}
  ADD COLUMN public_access_block JSONB;
