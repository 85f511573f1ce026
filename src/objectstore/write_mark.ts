/** Name of the metadata by which a write under a condition knows its own object. */
export const WRITE_MARK = "holdfast-write-id";
