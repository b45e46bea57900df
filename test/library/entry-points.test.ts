import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import type { z } from 'zod';
import type { runSchema } from '../../src/config/run.ts';
import type { TrainingOptions } from '../../src/library/training-options.ts';

const root = process.cwd();
const { exports: entries } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>;
};
const entryPoints = Object.entries(entries).flatMap(([name, files]) =>
  typeof files === 'string' ? [] : [{ name: name.replace(/^\./, 'attn'), ...files }],
);
const scratch = mkdtempSync(join(tmpdir(), 'attn-library-'));
before(() => {
  const built = spawnSync(process.execPath, ['scripts/build.mjs'], { encoding: 'utf8' });
  assert.equal(built.status, 0, built.stderr);
});
after(() => rmSync(scratch, { recursive: true, force: true }));

/** The packages that a built file needs before it can be used: static imports, followed through attn's own files. */
function packagesOf(file: string, ending: '.js' | '.d.ts', seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  if (seen.has(file)) return found;
  seen.add(file);
  const text = readFileSync(file, 'utf8').replace(/^\s*\*.*$/gm, '');
  for (const [, from, bare] of text.matchAll(/^(?:import|export|\}).*? from '([^']+)'|^import '([^']+)'/gm)) {
    const name = from ?? bare ?? '';
    if (!name.startsWith('.')) found.add(name);
    else {
      const next = join(dirname(file), name.replace(/\.(js|ts)$/, ending));
      for (const one of packagesOf(next, ending, seen)) found.add(one);
    }
  }
  // the build's replacement for tfjs-core's imports
  for (const [, name] of text.matchAll(/requireFor\(import\.meta\.url\)\('([^']+)'\)/g)) found.add(name ?? '');
  return found;
}

test('every entry point exists, and loads neither tfjs nor zod before it needs them', () => {
  assert.deepEqual(
    entryPoints.map(({ name }) => name),
    ['attn', 'attn/scores', 'attn/vocabulary', 'attn/corpus', 'attn/train', 'attn/attention'],
  );
  for (const { name, default: file } of entryPoints) {
    const heavy = [...packagesOf(resolve(file), '.js')].filter((one) => !one.startsWith('node:'));
    assert.deepEqual(heavy, [], name);
  }
  // the same search does find tfjs where it is loaded
  assert.ok(packagesOf(resolve('dist/decoding/translator.js'), '.js').has('@tensorflow/tfjs-core'));
});

test("the types a program sees depend only on attn's own and Node's", () => {
  for (const { name, types } of entryPoints) {
    const packages = [...packagesOf(resolve(types), '.d.ts')].filter((one) => one !== 'node:stream');
    assert.deepEqual(packages, [], name);
  }
  assert.ok(packagesOf(resolve('dist/decoding/translator.d.ts'), '.d.ts').has('@tensorflow/tfjs-core'));
});

test('TrainingOptions has the keys and the types of the schema', () => {
  type Input = z.input<typeof runSchema>;
  const same = {
    there: (options: Input): TrainingOptions => options,
    andBack: (options: TrainingOptions): Input => options,
    everyKey: (key: keyof Input): keyof TrainingOptions => key,
    noOtherKey: (key: keyof TrainingOptions): keyof Input => key,
  };
  assert.equal(Object.keys(same).length, 4);
});

/** A program that uses every entry point, as a strict TypeScript project would. */
const program = `
import { InputError, loadTranslator, type Translation, type Translator } from 'attn';
import { corpusBleu, type BleuScore, scoreSystem, compareSystems } from 'attn/scores';
import { BOS, loadVocabulary, type Vocabulary } from 'attn/vocabulary';
import { readPairs, writePairs, corpusStatistics } from 'attn/corpus';
import { type FinishInfo, hasLearned, prepareData, splitCorpus, train, type ValidationInfo } from 'attn/train';
import { attentionMatrix, attentionStatistics, renderAttention, type AttentionMatrix } from 'attn/attention';

export async function use(signal: AbortSignal): Promise<void> {
  await using translator: Translator = await loadTranslator(['a', 'b'], { threads: 1, device: 'gpu:1' });
  const [translation]: Translation[] = await translator.translate(['Ho fame.'], { beam: 2, attention: 'mean' });
  const matrix: AttentionMatrix | undefined = translation && attentionMatrix(translation);
  if (matrix) console.log(renderAttention(matrix, 'svg'), attentionStatistics([matrix]).entropy);
  const { score, signature }: BleuScore = corpusBleu(['a'], [['a']], { tokenize: 'none' });
  const system = scoreSystem(['a'], [['a']]);
  console.log(score.toFixed(1), signature, compareSystems(system, system).bleu.p, BOS);
  const vocabulary: Vocabulary = await loadVocabulary('source.model');
  console.log(vocabulary.encode('a'));
  for await (const { source, line } of readPairs('a.tsv')) console.log(source.length + line);
  await writePairs('b.tsv', [{ source: 'a', target: 'b' }]);
  console.log((await corpusStatistics('b.tsv')).parts[0]?.source.types);
  const { pairs } = await splitCorpus({ corpus: 'b.tsv', columns: ['it', 'en'], out: 'data', signal });
  const { out: data } = await prepareData({ train: 'data/train.tsv', signal });
  const info: FinishInfo = await train({
    data,
    score: 'concat',
    maxSteps: pairs.train,
    signal,
    onValidation: ({ record }: ValidationInfo) => console.log(record.bleu),
  });
  if (!hasLearned(info)) throw new InputError('nothing learned', { where: info.out });
  // @ts-expect-error: not a score
  await train({ data, score: 'euclid' });
  // @ts-expect-error: sentences come in an array
  await translator.translate('Ho fame.');
}
`;

const compilers = {
  'TypeScript 7': 'node_modules/typescript/bin/tsc',
  'TypeScript 5': 'scripts/docs/node_modules/typescript/bin/tsc',
};

for (const [name, tsc] of Object.entries(compilers)) {
  const skip = existsSync(tsc) ? false : `${tsc} is not there: npm run docs installs it`;
  test(`a strict program without skipLibCheck compiles with ${name}`, { skip }, () => {
    const folder = join(scratch, name.replace(' ', '-'));
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
    symlinkSync(root, join(folder, 'node_modules/attn'), 'dir');
    symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'), 'dir');
    symlinkSync(join(root, 'node_modules/undici-types'), join(folder, 'node_modules/undici-types'), 'dir');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    writeFileSync(join(folder, 'program.ts'), program);
    const flags = '--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --skipLibCheck false';
    const { stdout, status } = spawnSync(
      process.execPath,
      [
        resolve(tsc),
        ...flags.split(' '),
        ...'--target es2022 --module nodenext --lib es2022,esnext.disposable'.split(' '),
        ...'--types node --noEmit program.ts'.split(' '),
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout);
  });
}
