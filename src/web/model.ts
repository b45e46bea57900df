import { checkParameters } from '../checkpoints/compatibility.ts';
import { parseSafetensors, tensorsOf } from '../checkpoints/safetensors-content.ts';
import { createSearch } from '../decoding/search.ts';
import { sourceReader } from '../decoding/source-reader.ts';
import type { TranslatingParts } from '../decoding/translate-sentences.ts';
import { createModel } from '../models/create.ts';
import { longestSource } from '../models/places.ts';
import { eagerSteps } from '../tensor/eager.ts';
import { vocabularyFromBytes } from '../vocabulary/from-bytes.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { wordForm } from '../vocabulary/word-form.ts';
import type { SiteModel } from '../workflows/site.ts';
import { loadSentencePiece } from './sentencepiece.ts';

/** Reads a file of the site. @throws Error that names the file if it cannot be read */
export async function readFile(path: string): Promise<Uint8Array> {
  const response = await fetch(new URL(path, import.meta.url)).catch((cause: unknown) => {
    throw new Error(`${path} cannot be reached: are you offline?`, { cause });
  });
  if (!response.ok) throw new Error(`${path} cannot be read: the server says ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Loads a model of the site into the current backend, with the same translation code as in Node. */
export async function loadModel({ files, options }: SiteModel): Promise<TranslatingParts> {
  const [weights, source, target] = await Promise.all([
    readFile(files.model),
    readVocabulary(files.source),
    readVocabulary(files.target),
  ]);
  const model = createModel({ ...options, sourceVocabulary: source.size, targetVocabulary: target.size });
  const parameters = tensorsOf(parseSafetensors(weights, files.model).blocks, files.model);
  checkParameters(parameters, model.parameters, files.model);
  const engine = { ...eagerSteps(), compiled: false, kernels: 'graph', device: { kind: 'cpu' } } as const;
  const search = createSearch(engine, [{ model, prefix: '' }], await engine.variables(parameters));
  const words = source.type === 'words' ? wordForm(await readFile(files.source), files.source) : undefined;
  return {
    read: sourceReader(source, { longest: longestSource(model.options), ...(words && { words }) }),
    target,
    canCopy:
      words !== undefined && target.type === 'words' && (options.arch === 'transformer' || options.score !== 'none'),
    searchFor: async () => search,
  };
}

/** By path: models share vocabularies. */
const vocabularies = new Map<string, Promise<Vocabulary>>();

function readVocabulary(path: string): Promise<Vocabulary> {
  const known = vocabularies.get(path);
  if (known !== undefined) return known;
  const reading = readFile(path).then((bytes) => vocabularyFromBytes(bytes, path, '', loadSentencePiece));
  reading.catch(() => vocabularies.delete(path));
  vocabularies.set(path, reading);
  return reading;
}
