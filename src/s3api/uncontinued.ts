/**
 * Whether a final answer comes where the client waits for `100 Continue`, because the body is empty
 * or was not wanted. Closing the connection tells it that no body is expected any more; botocore
 * would otherwise misread the next answer on it.
 * Source: RFC 9110, section 10.1.1.
 */
export function isUncontinued(request: Request): boolean {
  const { headers, bodyUsed } = request;
  return headers.has("expect") && (!bodyUsed || headers.get("content-length") === "0");
}
