/** Name of the metadata by which a write under a condition knows its own object. */
export const WRITE_MARK = "holdfast-write-id";

/** How much of an object's metadata that takes, as a header, with room for its value. */
export const MARK_BYTES = 128;
