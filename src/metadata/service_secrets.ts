import { randomBytes } from "node:crypto";
import { type Sql, statement } from "./sql.ts";

/**
 * A secret that all processes of a deployment share: whoever asks first makes it. 43 characters of
 * base64url.
 */
export async function serviceSecret(sql: Sql, name: string): Promise<string> {
  const made = randomBytes(32).toString("base64url");
  const [row] = await statement("service_secrets.share", () =>
    sql<{ secret: string }[]>`
      INSERT INTO service_secrets (name, secret) VALUES (${name}, ${made})
      ON CONFLICT (name) DO UPDATE SET name = excluded.name
      RETURNING secret`);
  if (row === undefined) throw new Error(`the secret ${name} could not be shared`);
  return row.secret;
}
