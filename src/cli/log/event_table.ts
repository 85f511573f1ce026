import type { StoredRecord } from "../../eventlog/stored_record.ts";
import { printable } from "./printable.ts";

/** A column of the table of events. */
interface Column {
  readonly title: string;
  /** Whether it may be cut where the table has to be narrow. */
  readonly isFlexible?: true;
  readonly alignsRight?: true;
  cell(record: StoredRecord): string;
}

/** How many digits of a hash are shown. */
const SHOWN_DIGITS = 12;

const COLUMNS: readonly Column[] = [
  { title: "SEQ", alignsRight: true, cell: ({ seq }) => String(seq) },
  { title: "TS", isFlexible: true, alignsRight: true, cell: ({ event }) => event.ts.text },
  { title: "TYPE", isFlexible: true, cell: ({ event }) => printable(event.type) },
  { title: "AGGREGATE", isFlexible: true, cell: ({ event }) => printable(event.aggregateId) },
  { title: "HASH", cell: ({ eventHash }) => eventHash.slice(0, SHOWN_DIGITS) },
];

const GAP = "  ";
const CUT = "…";

/** No column is cut to fewer characters. */
const NARROWEST = 8;

/** Lines that show events, one each, in columns whose widths the first events decide. */
export class EventTable {
  readonly #width: number;
  #widths: readonly number[] | undefined;

  /** @param width of the terminal in characters; without it nothing is cut */
  constructor(width = Infinity) {
    this.#width = width;
  }

  /** Lines for further events; the first come with the titles above them. */
  lines(records: readonly StoredRecord[]): readonly string[] {
    const rows = records.map((record) => COLUMNS.map(({ cell }) => cell(record)));
    if (this.#widths !== undefined) return rows.map((row) => this.#line(row));
    const titles = COLUMNS.map(({ title }) => title);
    this.#widths = widthsOf([titles, ...rows], this.#width);
    return [titles, ...rows].map((row) => this.#line(row));
  }

  #line(row: readonly string[]): string {
    const cells = COLUMNS.map(({ isFlexible, alignsRight }, index) => {
      const [cell, width] = [row[index] ?? "", this.#widths?.[index] ?? 0];
      const shown = isFlexible && this.#width < Infinity ? cut(cell, width) : cell;
      const space = " ".repeat(Math.max(0, width - lengthOf(shown)));
      return alignsRight ? space + shown : shown + space;
    });
    return cells.join(GAP).trimEnd();
  }
}

/** What the cells take, where that is too much with the widest columns cut. */
function widthsOf(rows: readonly (readonly string[])[], width: number): readonly number[] {
  const widths = COLUMNS.map((_, index) =>
    Math.max(...rows.map((row) => lengthOf(row[index] ?? "")))
  );
  for (let excess = totalOf(widths) - width; excess > 0; excess--) {
    const flexible = widths.map((each, index) => COLUMNS[index]?.isFlexible ? each : 0);
    const most = Math.max(...flexible);
    if (most <= NARROWEST) break;
    widths[flexible.indexOf(most)] = most - 1;
  }
  return widths;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((total, each) => total + each + GAP.length, -GAP.length);
}

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : characters.slice(0, width - 1).join("") + CUT;
}

/** In characters. */
function lengthOf(text: string): number {
  return [...text].length;
}
