import { z } from "zod";
import { integer, secret, text } from "./fields.ts";
import { SCOPES } from "./scopes.ts";

/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16;

/** Source: RFC 6454, "The Web Origin Concept", section 6.2. */
function origin() {
  return z.string().refine(
    (written) => URL.canParse(written) && new URL(written).origin === written,
    "must be an origin, such as https://app.example.com",
  );
}

/** The `api` section. */
export const apiSchema = z.strictObject({
  tokens: z.array(z.strictObject({
    name: text().describe("Shown in logs and events; nobody else's."),
    token: secret().refine(
      (token) => token.length >= SHORTEST_TOKEN && /^[A-Za-z0-9\-._~+/]+=*$/.test(token),
      `must be at least ${SHORTEST_TOKEN} of A-Z, a-z, 0-9 and -._~+/`,
    ).describe("Sent as `Authorization: Bearer TOKEN`."),
    scopes: z.array(z.enum(SCOPES)).describe("What it may do, as `scopes` of a user."),
  })).prefault([]).describe("Tokens for the API alone; they open no bucket."),
  cors_origins: z.array(origin()).prefault([]).describe(
    "Origins whose pages may use the API, such as `https://app.example.com`.",
  ),
  requests_per_second: integer({ max: 100_000 }).prefault("0").describe(
    "Most requests to the API by one credential, or from one address without one, in each " +
      "thread of each process; 0: no limit.",
  ),
  max_body: integer({ min: 1_024, max: 64 * 1_048_576 }).prefault("1048576").describe(
    "Most bytes of a JSON body.",
  ),
});
