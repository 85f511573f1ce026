/** The path of the unit of systemd. */
export const UNIT = new URL("../../deploy/systemd/holdfast.service", import.meta.url).pathname;

/** A setting of the unit, in the order of the file. */
export interface UnitSetting {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

/** The settings of a unit. Source: systemd.syntax(7). */
export function settingsOf(text: string): readonly UnitSetting[] {
  const settings: UnitSetting[] = [];
  let section = "";
  for (const line of text.split("\n")) {
    if (line === "" || /^[#;]/.test(line)) continue;
    const [, header] = line.match(/^\[(\w+)\]$/) ?? [];
    const [, name, value] = line.match(/^(\w+)=(.*)$/) ?? [];
    if (header !== undefined) section = header;
    else if (name !== undefined && value !== undefined) settings.push({ section, name, value });
    else throw new Error(`this is no line of a unit: ${line}`);
  }
  return settings;
}
