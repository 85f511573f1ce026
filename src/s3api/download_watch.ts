/** What downloads may take. */
export interface DownloadLimits {
  /** Time that every download may take, in milliseconds. */
  readonly patience: number;
  /** Beyond that, the least average rate, in bytes per second. */
  readonly slowest: number;
  /** How many may be beyond `patience` at the same time; the oldest of more is cut off. */
  readonly mostLate: number;
}

/** Far below what any client's link gives one of many connections, and far above nothing. */
const SLOWEST = 16 * 1_024;
const MOST_LATE = 256;

/** A body that is being sent. */
export interface Download {
  /** Aborts when the client is gone, or is given up. */
  readonly signal: AbortSignal;
}

/**
 * Cuts off clients that do not take what they asked for, so that none holds a connection to a
 * backend for as long as it likes.
 *
 * Bodies are passed from the backend's socket to the client's by the runtime, which is twice as fast
 * as handing each chunk on, and takes half the memory. Nobody sees their chunks, so what is watched
 * is the average: a client that stalls for good, or trickles, falls behind any rate.
 */
export class DownloadWatch {
  readonly #limits: DownloadLimits;
  /** In the order in which they began. */
  readonly #late = new Set<AbortController>();

  constructor(
    { patience, slowest = SLOWEST, mostLate = MOST_LATE }:
      & Pick<DownloadLimits, "patience">
      & Partial<DownloadLimits>,
  ) {
    this.#limits = { patience, slowest, mostLate };
  }

  /**
   * Watches a download until it is over.
   *
   * @param bytes its length
   * @param gone aborts when the client goes away
   * @param over settles when its last byte was sent, or no more will be
   */
  begin(bytes: number, gone: AbortSignal, over: Promise<unknown>): Download {
    const { patience, slowest } = this.#limits;
    const abort = new AbortController();
    const leave = () => abort.abort(gone.reason);
    gone.addEventListener("abort", leave);
    const late = setTimeout(() => this.#add(abort), patience);
    const last = setTimeout(() => giveUp(abort), patience + bytes / slowest * 1_000);
    const end = () => {
      gone.removeEventListener("abort", leave);
      clearTimeout(late);
      clearTimeout(last);
      this.#late.delete(abort);
    };
    over.then(end, end);
    return abort;
  }

  #add(download: AbortController): void {
    this.#late.add(download);
    const [oldest] = this.#late;
    if (this.#late.size <= this.#limits.mostLate || oldest === undefined) return;
    this.#late.delete(oldest);
    giveUp(oldest);
  }
}

function giveUp(download: AbortController): void {
  download.abort(new DOMException("the client takes its bytes too slowly", "TimeoutError"));
}
