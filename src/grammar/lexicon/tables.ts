import { readFileSync } from 'node:fs';

const files = new Map<string, ReadonlyMap<string, string>>();

/** The sections of a file of `data/lexicon/`, in their order: `[name]`, then its lines. `#` begins a comment. */
export function tables(file: string): ReadonlyMap<string, string> {
  let sections = files.get(file);
  if (!sections) {
    const text = readFileSync(new URL(`../../../data/lexicon/${file}.txt`, import.meta.url), 'utf8');
    sections = new Map(
      text
        .replace(/^#.*\n/gm, '')
        .split(/^\[/m)
        .slice(1)
        .map((section) => {
          const end = section.indexOf(']');
          return [section.slice(0, end), section.slice(end + 2)];
        }),
    );
    files.set(file, sections);
  }
  return sections;
}

/** The lines of one section. @throws Error for a section that the file does not hold */
export function table(file: string, section: string): string {
  const found = tables(file).get(section);
  if (found === undefined) throw new Error(`data/lexicon/${file}.txt has no section [${section}]`);
  return found;
}

/** The lines of a table that hold something. */
export function lines(table: string): string[] {
  return table
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A table of heads at the margin, each with the lines indented below it. */
export function outline(table: string): (readonly [head: string, body: string])[] {
  return table
    .split(/^(?=\S)/m)
    .filter((group) => group.trim() !== '')
    .map((group) => {
      const [head, ...body] = group.split('\n') as [string, ...string[]];
      return [head.trim(), body.join('\n')];
    });
}
