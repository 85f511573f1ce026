import type { ProblemKind } from "../problem.ts";

/** What each problem means, and what to do about it. */
export const PROBLEM_TEXTS: Readonly<Record<ProblemKind, string>> = {
  badRequest:
    "The request cannot be read: its headers, its framing, or its body, which is not the " +
    "JSON that it says it is. `detail` says what is wrong.",
  invalidRequest:
    "The request can be read, but does not fit its schema. `errors` names every field " +
    "that is at fault.",
  unauthorized:
    "Nobody is known by the credential of the request, or it has none. Send a token as " +
    "`Authorization: Bearer TOKEN`, or sign the request.",
  forbidden:
    "It is known who sends the request, and that one lacks the scope that it takes. `scope` " +
    "names it.",
  evidenceRetained:
    "The evidence has to be kept: its type has a time before which nobody can delete " +
    "it, or a legal hold is on it. Sending the request again changes nothing.",
  notFound: "Nothing is served at that path.",
  noSuchEvent: "The log has no event with that number yet.",
  noSuchEvidence: "There is no evidence for that decision, or no such version or attachment.",
  noSuchHold: "There is no legal hold on the evidence for that decision.",
  notPublished: "The log is not published, or not up to that event yet: try again a little later.",
  methodNotAllowed:
    "There is something at that path, but not for that method. `Allow` names those " +
    "that there are.",
  requestTimeout: "The body stopped coming in. Send the request again.",
  evidenceConflict: "Other evidence is there already: what was stored is never written over. To " +
    "correct it, name the checksum of the last version in `corrects`.",
  staleHash:
    "Somebody else has appended since. Nothing was written. `observed_prev_hash` is what the " +
    "log ends with now.",
  stillRunning:
    "The first request with this `Idempotency-Key` has not been answered yet. Try again a " +
    "little later: the answer will be that of the first.",
  evidenceGone:
    "There was evidence, and it was deleted. Its id is not given to anything else. What " +
    "happened to it is in its history.",
  lengthRequired: "The request must say how long its body is.",
  preconditionFailed: "A condition in the headers, such as `If-Match`, does not hold.",
  contentTooLarge: "What was sent is larger than what is taken.",
  unsupportedMediaType: "The body must be of the type that the operation names, in most cases " +
    "`application/json`.",
  rangeNotSatisfiable: "There are no such bytes. `Content-Range` says how many there are.",
  reusedKey:
    "The `Idempotency-Key` was used for another request within the last 24 hours. Choose a " +
    "new key for each request.",
  tooManyRequests:
    "Too many requests were sent. `Retry-After` says in how many seconds to try again.",
  damagedEvidence: "What is kept is not what was stored: the service will not pass it off as the " +
    "evidence. `expected` and `found` are the two digests. Tell whoever runs the service.",
  internal: "The service failed. Whoever runs it finds the cause in its log, by `request_id`.",
  busyEvidence: "Another request is working on the same evidence, and did not come to its end in " +
    "time. Try again.",
  brokenLog:
    "The log of events does not verify, so nothing is appended to it. Tell whoever runs the " +
    "service.",
  contendedLog: "Others appended to the log faster every time. Nothing was written. Try again.",
  unavailable: "Something that the service needs cannot be reached. Try again.",
  unavailableIndex:
    "Events cannot be found by what they say just now. All of them can still be read.",
  unavailableLog: "The store of the log failed. Whether an event was appended is not known: look " +
    "before sending it again, or send it with an `Idempotency-Key`.",
  unavailableStore:
    "The store of evidence cannot be reached. Send the same request again: what was " +
    "begun is gone on with.",
  brokenPublication: "What is published of the log does not verify, so no proof is given. Tell " +
    "whoever runs the service.",
  insufficientStorage: "There is no room: a quota is used up.",
};
