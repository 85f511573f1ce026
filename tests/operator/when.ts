/** Longest wait, in milliseconds: for what comes at all it is much too long. */
const LIMIT = 10_000;

/**
 * Waits until something is so.
 *
 * @throws {Error} when it does not come to be so
 */
export async function when(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + LIMIT;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`it did not come to be so: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
