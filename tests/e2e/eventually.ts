/**
 * Repeats `check` until it stops throwing.
 *
 * @param limit milliseconds after which the last failure is thrown
 */
export async function eventually(check: () => Promise<void>, limit = 60_000): Promise<void> {
  const deadline = Date.now() + limit;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
