/** How far the files of a log are known to be on the disk, and not in the system's memory only. */
export class DurableEnd {
  #file = 0;
  #offset = 0;

  /** It is on the disk up to there. */
  note({ file, offset }: { readonly file: number; readonly offset: number }): void {
    const isFarther = file > this.#file || (file === this.#file && offset > this.#offset);
    if (isFarther) [this.#file, this.#offset] = [file, offset];
  }

  /**
   * Sees to it that a file is on the disk up to there. Otherwise somebody could rely on an event, and
   * sign it, that a crash then takes back: its writer has not been told yet that it is kept.
   *
   * @param ordinal how many of the log's files come before it
   */
  async reach(file: Pick<Deno.FsFile, "syncData">, ordinal: number, end: number): Promise<void> {
    const isKnown = ordinal < this.#file || (ordinal === this.#file && end <= this.#offset);
    if (isKnown) return;
    await file.syncData();
    this.note({ file: ordinal, offset: end });
  }
}
