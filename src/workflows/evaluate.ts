import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeAncestor } from '../checkpoints/ancestry.ts';
import { explainRemark } from '../checkpoints/run-remark.ts';
import { type NamedRun, openTrainedRun, type TrainedRun } from '../checkpoints/trained-run.ts';
import { describeSearch } from '../decoding/search-flags.ts';
import { chooseTokenizer, type TokenizerWish } from '../evaluation/choose-tokenizer.ts';
import { sentenceLengths } from '../evaluation/length-buckets.ts';
import { writeAttention } from '../reports/attention-files.ts';
import { cutNotes } from '../reports/cut-notes.ts';
import { translationAttention } from '../reports/translation-attention.ts';
import type { Report } from '../reports/types.ts';
import type { SentenceAttention } from '../reports/viewer-data.ts';
import { writeReport } from '../reports/write-report.ts';
import { InputError } from '../support/errors.ts';
import { makeWritableFolder, removeQuietly, writeFileAtomic } from '../support/files.ts';
import { whileOwning } from '../support/folder-lock.ts';
import { refuseForeign } from '../support/foreign-files.ts';
import { replaceTogether } from '../support/replace-together.ts';
import { version } from '../support/version.ts';
import { chooseDevice, describeDevice } from '../tensor/device.ts';
import { alignmentErrorRates } from './alignment-errors.ts';
import { compareGroups, compareModels, type ScoredModel, samplesOf, scoreModel, scoringForm } from './score-models.ts';
import { commonTestSet, type TestSet } from './test-set.ts';
import { trainingReport } from './training-report.ts';
import { type TranslatedSet, type TranslateSetOptions, translateSet } from './translate-set.ts';
import { writeCard } from './write-card.ts';

/** What to evaluate, and where to write it. */
export interface EvaluationOptions extends TokenizerWish {
  readonly runs: readonly NamedRun[];
  /** Groups of runs, by name, that differ only in their seed. */
  readonly groups?: readonly { readonly name: string; readonly runs: readonly string[] }[];
  /** Instead of the test split of the data the runs were trained on. */
  readonly test?: TestSet;
  readonly out: string;
  /** A file of gold alignments of the test set, for comparison with attention. */
  readonly gold?: string;
  readonly search: Omit<TranslateSetOptions['search'], 'attention'>;
  /** The number of sentences for which attention is written. */
  readonly attention: number;
  /** For the report (`Report.notes`). */
  readonly notes?: readonly string[];
  readonly signal: AbortSignal;
  /** Called with messages for people. */
  readonly say: (text: string) => void;
}

/** The maximum number of sentences that a page shows at once. */
const MOST_SHOWN = 20;

const WORDS_NOTE =
  'Translations and references are compared in lowercase and without punctuation (form:words in the signatures), because that is all that vocabularies of words can write.';

const goldNote = (path: string): string =>
  `Alignment errors: 1 − agreement with ${path} (AER) of the most attended source words, with teacher forcing on the references.`;

/**
 * Scores trained models on one test set and writes a folder: `report.{json,md,html}`, `hypotheses/NAME.txt` and
 * `attention/NAME/NNNN.{json,svg,png}`; and in each run's own folder its model card and a report about it alone.
 * @returns undefined when it was interrupted
 * @throws InputError, before any work, for a model that is missing or damaged, test data that do not fit, and a folder
 *   that cannot be written
 */
export async function evaluate(options: EvaluationOptions): Promise<Report | undefined> {
  const stage = join(options.out, STAGE);
  try {
    return await evaluateIn(stage, options);
  } finally {
    removeQuietly(stage);
  }
}

/** Writes everything into `stage` first: earlier results stay until these are complete, whatever happens meanwhile. */
async function evaluateIn(stage: string, options: EvaluationOptions): Promise<Report | undefined> {
  const { out, say } = options;
  const runs: TrainedRun[] = [];
  for (const run of options.runs) runs.push(await openTrainedRun(run));
  const test = options.test ?? commonTestSet(runs);
  const errorRates = options.gold === undefined ? [] : await alignmentErrorRates(runs, test, options.gold);
  const form = scoringForm(runs);
  const references = test.references.map(form.of);
  const { scoring: words, notes: choice, otherNotes } = await chooseTokenizer(references, options);
  const wordNotes = [...choice, ...otherNotes];
  for (const note of wordNotes) say(note);
  const lengths = sentenceLengths(test.sources);
  // what the reports will need is read before the work
  for (const run of runs) trainingReport(run.folder.metrics);
  makeWritableFolder(out);
  checkOwn(out);
  rmSync(stage, { recursive: true, force: true });
  const lines = spreadLines(test.sources.length, options.attention);
  const shown = lines.slice(0, MOST_SHOWN);
  const models: ScoredModel[] = [];
  const attention: SentenceAttention[] = [];
  const device = describeDevice(chooseDevice());
  for (const [i, run] of runs.entries()) {
    say(`${run.name}: translating ${test.sources.length} sentences, ${describeSearch(options.search)}, on ${device}`);
    const onProgress = (done: number) => say(`${run.name}: ${done} sentences translated`);
    const search = { ...options.search, attention: lines.length > 0 ? 'heads' : 'mean' } as const;
    const translated = await translateSet(run.path, test.sources, { search, signal: options.signal, onProgress });
    if (translated === undefined) return undefined;
    writeHypotheses(join(stage, 'hypotheses', `${run.name}.txt`), translated);
    for (const one of attentionOf(run, lines, translated, test)) {
      const view = { title: run.name };
      writeAttention(join(stage, 'attention', run.name), one.index, one.attention, ['json', 'svg', 'png'], view);
      if (shown.includes(one.index)) attention.push(one);
    }
    const model = scoreModel(run, { ...test, form, references, words, lengths }, translated, errorRates[i]);
    say(`${run.name}: BLEU ${model.report.bleu.score.toFixed(2)}, ${model.report.seconds.toFixed(1)} s`);
    models.push(model);
  }
  const reports = models.map(({ report }) => report);
  const testFacts = {
    ...{ name: test.name, sentences: test.sources.length, sha256: test.sha256 },
    ...(lengths.unit !== 'words' && { lengthUnit: lengths.unit }),
  };
  const cuts = cutNotes({ models: reports, test: testFacts });
  for (const note of cuts) say(note);

  const groups = options.groups?.map(({ name, runs: names }) => ({
    name,
    models: models.filter(({ report }) => names.includes(report.name)),
  }));
  const notes = [
    ...cuts,
    ...wordNotes,
    ...runs.flatMap(({ name, remark }) => (remark === undefined ? [] : [explainRemark(name, remark)])),
    ...runs.flatMap(({ name, checkpoint: { ancestry = [] } }) =>
      ancestry.slice(0, 1).map((parent) => `${name} started from ${describeAncestor(parent)}.`),
    ),
    ...searchNotes(options.search),
    ...(form.words ? [WORDS_NOTE] : []),
    ...(options.gold === undefined ? [] : [goldNote(options.gold)]),
    ...(options.notes ?? []),
  ];
  const report: Report = {
    version,
    created: new Date().toISOString(),
    test: testFacts,
    models: reports,
    ...(groups === undefined ? { comparisons: compareModels(models) } : compareGroups(groups)),
    samples: samplesOf(shown, test, references, models),
    ...(notes.length > 0 && { notes }),
  };
  writeReport(stage, report, attention);
  publish(stage, out);
  for (const [i, run] of runs.entries()) await writeOwnReport(run, i, report, attention, say);
  return report;
}

/** Notes about a search with more than a width and a length penalty. */
function searchNotes({ beam, lengthPenalty: _, ...others }: EvaluationOptions['search']): string[] {
  const whole = describeSearch({ beam, ...others });
  return whole === describeSearch({ beam }) ? [] : [`Search: ${whole}.`];
}

/** The subfolder for an evaluation that is running or was stopped. */
const STAGE = '.evaluating';

/** Everything an evaluation writes; the last one is what others look for. */
const RESULTS = ['hypotheses', 'attention', 'report.md', 'report.html', 'report.json'] as const;

/** @throws InputError if files with the names of its results are not from an evaluation */
function checkOwn(out: string): void {
  if (!existsSync(join(out, STAGE)) && !isReport(join(out, 'report.json'))) refuseForeign(out, RESULTS);
}

function isReport(path: string): boolean {
  try {
    const { version, models }: Partial<Report> = JSON.parse(readFileSync(path, 'utf8'));
    return typeof version === 'string' && Array.isArray(models);
  } catch {
    return false;
  }
}

/** Replaces the results of an earlier evaluation, whose sentences and models may have been different. */
function publish(stage: string, out: string): void {
  const items = RESULTS.map((name) => ({
    path: join(out, name),
    put: () => {
      const staged = join(stage, name);
      if (existsSync(staged)) renameSync(staged, join(out, name));
    },
  }));
  replaceTogether(items);
}

/** This many evenly spaced lines of a test set, from 1. */
function spreadLines(size: number, wanted: number): number[] {
  const count = Math.min(size, wanted);
  return Array.from({ length: count }, (_, i) => 1 + Math.floor(((i + 0.5) * size) / count));
}

function writeHypotheses(path: string, { sentences }: TranslatedSet): void {
  writeFileAtomic(path, sentences.map(({ hypotheses: [best] }) => `${best.text}\n`).join(''));
}

function* attentionOf(
  run: TrainedRun,
  lines: readonly number[],
  { sentences }: TranslatedSet,
  test: TestSet,
): Generator<SentenceAttention> {
  for (const index of lines) {
    const sentence = sentences[index - 1];
    if (sentence === undefined) continue;
    const attention = translationAttention(sentence, 0, test.references[index - 1]);
    if (attention !== undefined) yield { index, model: run.name, attention };
  }
}

/**
 * Writes the run's model card with these scores, and the part of the report about it. A read-only run stays unchanged.
 */
async function writeOwnReport(
  run: TrainedRun,
  place: number,
  { seeds: _, comparisons: __, ...report }: Report,
  attention: readonly SentenceAttention[],
  say: (text: string) => void,
): Promise<void> {
  const model = report.models[place];
  if (model === undefined) return;
  const samples = report.samples?.map((sample) => ({
    ...sample,
    hypotheses: sample.hypotheses.filter(({ model: name }) => name === run.name),
  }));
  const own = attention.filter(({ model: name }) => name === run.name);
  const ofOthers = cutNotes({ ...report, models: report.models.filter((one) => one !== model) });
  const notes = report.notes?.filter((note) => !ofOthers.includes(note));
  try {
    await whileOwning(run.folder.path, 'the writing of a report', () => {
      writeReport(
        run.folder.report,
        { ...report, models: [model], comparisons: [], ...(samples && { samples }), ...(notes && { notes }) },
        own,
      );
      if (!writeCard(run, { test: report.test, model })) say(`${run.folder.card} was edited, so it is left unchanged`);
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    say(`${run.path} keeps its old model card: ${error.problem}`);
  }
}
