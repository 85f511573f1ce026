/**
 * Waits for something that cannot itself be given up, until somebody gives up.
 *
 * @throws the signal's reason
 */
export async function untilGivenUp<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/**
 * Lets time pass.
 *
 * @param time milliseconds
 * @throws the signal's reason
 */
export async function pause(time: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => timer = setTimeout(resolve, time));
  try {
    await untilGivenUp(over, signal);
  } finally {
    clearTimeout(timer);
  }
}
