import { type Corpus, type Languages, readCorpus } from './corpus.ts';
import { type CheckName, type CleaningSettings, type EditName, edits, makeChecks } from './filters.ts';
import type { MalformedLines } from './malformed.ts';
import type { LocatedPair } from './tsv.ts';

/** What one filter did. */
export interface FilterReport {
  readonly name: EditName | CheckName | 'empty';
  readonly summary: string;
  readonly does: 'edits' | 'drops';
  readonly on: boolean;
  /** How many pairs it changed or dropped. */
  readonly pairs: number;
  /** The first affected pairs, before the change. */
  readonly examples: readonly LocatedPair[];
}

/** What a cleaning run did. */
export interface CleaningReport {
  readonly languages: Languages;
  readonly read: number;
  readonly malformed: number;
  readonly kept: number;
  readonly filters: readonly FilterReport[];
}

const EXAMPLES = 3;

/**
 * Runs the filters over a corpus and passes the remaining pairs to `write`, as text of lines `source<TAB>target`.
 * @returns what each filter did; undefined after an abort of `signal`
 * @throws InputError like `readCorpus`
 */
export async function cleanCorpus(
  corpus: Corpus,
  settings: CleaningSettings,
  write: (lines: string) => void | Promise<void>,
  malformed: MalformedLines,
  signal?: AbortSignal,
): Promise<CleaningReport | undefined> {
  const editors = edits.map((edit) => ({ ...edit, counts: new FilterCounts(edit, 'edits', settings[edit.name]) }));
  const checkers = makeChecks(settings, corpus.languages).map((check) => ({
    ...check,
    counts: new FilterCounts(check, 'drops', check.name === 'empty' || settings[check.name]),
  }));
  const activeEditors = editors.filter(({ counts }) => counts.on);
  const activeCheckers = checkers.filter(({ counts }) => counts.on);
  let read = 0;
  let kept = 0;
  for await (const batch of readCorpus(corpus, malformed)) {
    if (signal?.aborted) return undefined;
    let lines = '';
    for (const pair of batch) {
      read++;
      let { source, target } = pair;
      for (const { apply, counts } of activeEditors) {
        const [before, beside] = [source, target];
        source = apply(before);
        target = apply(beside);
        if (source !== before || target !== beside) counts.add({ ...pair, source: before, target: beside });
      }
      const dropping = activeCheckers.find(({ drops }) => drops(source, target));
      if (dropping) {
        dropping.counts.add({ ...pair, source, target });
      } else {
        kept++;
        lines += `${source}\t${target}\n`;
      }
    }
    await write(lines);
  }
  const filters = [...editors, ...checkers].map(({ counts }) => counts.report());
  return { languages: corpus.languages, read, malformed: malformed.count, kept, filters };
}

/** Counts what one filter does. */
class FilterCounts {
  readonly on: boolean;
  readonly #filter: Pick<FilterReport, 'name' | 'summary'>;
  readonly #does: FilterReport['does'];
  readonly #examples: LocatedPair[] = [];
  #pairs = 0;

  constructor(filter: Pick<FilterReport, 'name' | 'summary'>, does: FilterReport['does'], on: boolean) {
    this.#filter = filter;
    this.#does = does;
    this.on = on;
  }

  add(pair: LocatedPair): void {
    if (this.#pairs++ < EXAMPLES) this.#examples.push(pair);
  }

  report(): FilterReport {
    const { name, summary } = this.#filter;
    return { name, summary, does: this.#does, on: this.on, pairs: this.#pairs, examples: this.#examples };
  }
}
