import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Ancestor, type CarriedRows, describeAncestor } from '../checkpoints/ancestry.ts';
import { modelFile } from '../checkpoints/checkpoint.ts';
import { folderOfModel } from '../checkpoints/run-folder.ts';
import { checkModelOptions } from '../checkpoints/trained-options.ts';
import { openTrainedRun } from '../checkpoints/trained-run.ts';
import type { Run } from '../config/run.ts';
import { initialParameters } from '../models/create.ts';
import { parametersOfGroups } from '../models/parameter-groups.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { InputError } from '../support/errors.ts';
import { sha256OfFile } from '../support/sha256.ts';
import { countParameters } from '../tensor/parameters.ts';
import type { HostTensor } from '../tensor/session.ts';
import type { VocabularyPair } from '../vocabulary/pair.ts';
import { UNKNOWN, type Vocabulary } from '../vocabulary/vocabulary.ts';
import { readWordVectors, type VectorCoverage } from '../vocabulary/word-vectors.ts';

/** What training starts from. */
export interface Start {
  readonly variables: Record<string, HostTensor>;
  /** About the word vectors it started with, if any. */
  readonly vectors?: readonly VectorCoverage[];
  /** The model from which it started and that model's ancestors, if any. */
  readonly ancestry?: readonly Ancestor[];
}

/** The parameters that a run does not train. @throws InputError for a group of parameters that the model does not have */
export function frozenParameters(run: Run, model: Seq2Seq): Set<string> {
  const vectors = run.freezeVectors ? givenVectors(run).map(({ name }) => name) : [];
  return new Set([...vectors, ...parametersOfGroups(Object.keys(model.parameters), run.freeze ?? [])]);
}

/** What training takes from another model, for people. */
export function startNotes(ancestry: Start['ancestry'], frozen: ReadonlySet<string>, model: Seq2Seq): string[] {
  const [parent] = ancestry ?? [];
  if (parent === undefined) return [];
  const all = countParameters(model.parameters);
  const kept = all - countParameters(model.parameters, frozen);
  const [part, whole] = [kept, all].map((n) => n.toLocaleString('en-US'));
  const share = kept === 0 ? '' : `; ${part} of ${whole} parameters are not trained`;
  return [`starting from ${describeAncestor(parent)}${share}`];
}

/** @throws InputError if training would overwrite the model from which it starts */
export function checkAncestor(from: string, out: string): void {
  // links too: starting over would remove what they lead to
  const real = (path: string) => (existsSync(path) ? realpathSync(path) : resolve(path));
  const isFile = statSync(from, { throwIfNoEntry: false })?.isFile() === true;
  if (real(isFile ? folderOfModel(from) : from) !== real(out)) return;
  throw new InputError('is also the folder of this run', { where: '--from', remedy: 'name another one: --out' });
}

/** The files of word vectors for a run, and the tables they go into. */
function givenVectors(
  run: Run,
): { readonly side: 'source' | 'target'; readonly file: string; readonly name: string }[] {
  return (['source', 'target'] as const).flatMap((side) => {
    const file = side === 'source' ? run.sourceVectors : run.targetVectors;
    const name = side === 'source' || run.shareEmbeddings ? 'encoder.embedding.weight' : 'decoder.embedding.weight';
    return file === undefined ? [] : [{ side, file, name }];
  });
}

/**
 * The initial parameters: random ones, or those of a trained model; with word vectors inserted from files if given.
 * @throws InputError for a model that does not fit, and for invalid word vector files
 */
export async function firstParameters(run: Run, model: Seq2Seq, vocabularies: VocabularyPair): Promise<Start> {
  const random = initialParameters(model, run.initializer, run.seed);
  const { variables, ancestry } =
    run.from === undefined ? { variables: random } : await takeOver(run.from, run, vocabularies, random);
  const vectors: VectorCoverage[] = [];
  for (const { side, file, name } of givenVectors(run)) {
    const { rows, found, words } = await readWordVectors(file, vocabularies[side], run.embedding);
    const table = variables[name];
    if (table === undefined) throw new InputError(`the model has no ${name}`, { where: file });
    // words missing from the file keep their random values
    const data = table.data.slice();
    for (const id of found) data.set(rows.subarray(id * run.embedding, (id + 1) * run.embedding), id * run.embedding);
    variables[name] = { shape: table.shape, data };
    const random = vocabularies[side].size - found.length;
    vectors.push({ ...{ side, file, found: found.length, words, random }, frozen: run.freezeVectors });
  }
  return { variables, ...(vectors.length > 0 && { vectors }), ...(ancestry && { ancestry }) };
}

/** The parameters whose rows belong to the pieces of a vocabulary; both embeddings' if they are shared. */
const tables: Readonly<Record<string, 'source' | 'target'>> = {
  'encoder.embedding.weight': 'source',
  'decoder.embedding.weight': 'target',
  'output.weight': 'target',
  'output.bias': 'target',
};

/**
 * The parameters of a trained model; with a different vocabulary, the rows of the pieces that both have, the others
 * random.
 */
async function takeOver(
  from: string,
  run: Run,
  vocabularies: VocabularyPair,
  random: Readonly<Record<string, HostTensor>>,
): Promise<Start> {
  const parent = await openTrainedRun({ name: from, path: from });
  const { parameters, run: options, step, ancestry = [] } = parent.checkpoint;
  checkModelOptions(options, run, from);
  const carried = {
    source: sharedPieces(parent, vocabularies, 'source'),
    target: sharedPieces(parent, vocabularies, 'target'),
  };
  const variables = Object.fromEntries(
    Object.entries(random).map(([name, value]) => {
      const old = parameters[name] as HostTensor;
      const side = tables[name];
      const pairs = side && carried[side];
      return [name, pairs === undefined ? old : withRows(value, old, pairs)];
    }),
  );
  const rows = (side: 'source' | 'target'): CarriedRows | undefined =>
    carried[side] && { carried: carried[side].length, pieces: vocabularies[side].size };
  const ancestor: Ancestor = {
    ...{ path: from, sha256: sha256OfFile(modelFile(from)), step, data: options.data },
    rows: { source: rows('source'), target: rows('target') },
  };
  return { variables, ancestry: [ancestor, ...ancestry] };
}

/** The ids that a piece has in a new and in an old vocabulary, for the pieces that both have; undefined if they are the same. */
function sharedPieces(
  parent: { readonly vocabularies: VocabularyPair },
  vocabularies: VocabularyPair,
  side: 'source' | 'target',
): { readonly id: number; readonly old: number }[] | undefined {
  const [before, now]: [Vocabulary, Vocabulary] = [parent.vocabularies[side], vocabularies[side]];
  if (before.sha256 === now.sha256) return undefined;
  const ids = Array.from({ length: now.size }, (_, id) => ({ id, old: before.id(now.piece(id)) }));
  return ids.filter(({ id, old }) => old !== UNKNOWN || id === UNKNOWN);
}

/** A table [V, ...] with some of its rows taken from another one. */
function withRows(table: HostTensor, from: HostTensor, ids: readonly { id: number; old: number }[]): HostTensor {
  const data = table.data.slice();
  const width = data.length / (table.shape[0] as number);
  for (const { id, old } of ids) data.set(from.data.subarray(old * width, (old + 1) * width), id * width);
  return { shape: table.shape, data };
}
