import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCall } from '../../src/cli/command.ts';
import { resolveOptions } from '../../src/config/options.ts';
import { presets } from '../../src/config/presets.ts';
import { completeRun, type Run, runSchema } from '../../src/config/run.ts';
import { exampleYaml, readRun, toCommand, toYaml } from '../../src/config/run-file.ts';
import { presetNames } from '../../src/config/run-options.ts';
import { InputError } from '../../src/support/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-config-'));
after(() => rmSync(folder, { recursive: true }));

function readBack(text: string | Uint8Array): Run {
  const path = join(folder, 'config.yaml');
  writeFileSync(path, text);
  return readRun(path);
}

function complete(values: Record<string, unknown>): Run {
  return completeRun(resolveOptions(runSchema, [{ values, name: String }]));
}

test('a run written to config.yaml reads back equal, whatever the preset', () => {
  for (const preset of presetNames) {
    const run = complete({ ...presets[preset], preset });
    assert.deepEqual(readBack(toYaml(run)), run);
  }
});

test('text that YAML would read as something else survives', () => {
  const run = complete({ data: 'no', out: '10: # {x}', sourceVectors: 'l\'acqua: "è".vec', learningRate: 1e-7 });
  assert.deepEqual(readBack(toYaml(run)), run);
});

test('lists survive, and a command that starts from a model names what it would otherwise use of it', () => {
  const run = complete({ from: 'runs/a', freeze: 'encoder,output', mix: ['old, and older:0.2', 'x:0.1'] });
  assert.deepEqual(run.freeze, ['encoder', 'output']);
  assert.equal(run.out, 'checkpoints/a-tuned');
  assert.deepEqual(readBack(toYaml(run)), run);
  assert.match(toCommand(run), /--from runs\/a --freeze encoder,output .*--learning-rate 0.002/);
  assert.match(toCommand(run), /--dropout 0.2/);
  for (const from of ['runs/a/', './runs/a/model.safetensors', 'runs/a/best/step-0000009.safetensors']) {
    assert.equal(complete({ from }).out, 'checkpoints/a-tuned');
  }
});

test('a long path with spaces survives, and so does one with a line end', () => {
  const run = complete({ data: `/home/anna rossi/${'i miei dati/'.repeat(12)}prepared`, out: 'two\nlines' });
  assert.deepEqual(readBack(toYaml(run)), run);
});

test('the example lists every key with its default', () => {
  const text = exampleYaml();
  for (const key of Object.keys(runSchema.shape)) assert.match(text, new RegExp(`^(# )?${key}:`, 'm'));
  assert.deepEqual(readBack(text), complete({}));
});

test('an error in a config file names file and line', () => {
  assert.throws(
    () => readBack('score: dot\nhidden: wide\n'),
    (error) => error instanceof InputError && /config\.yaml:2: hidden/.test(error.describe()),
  );
  assert.throws(
    () => readBack('scroe: dot\n'),
    (error) => error instanceof InputError && /config\.yaml:1: scroe.*unknown option/.test(error.describe()),
  );
});

test('an invalid YAML file gets a plain message', () => {
  for (const [text, says] of [
    [
      'score: dot\n---\nscore: concat\n',
      /config\.yaml:2: there is a second document \(---\): a file may hold only one\n/,
    ],
    ['hidden: 16\nhidden: 32\n', /config\.yaml:2: hidden occurs twice: remove one\n/],
    ['"hidden": 16\n"hidden" : 32\n', /config\.yaml:2: hidden occurs twice/],
    ['inputFeeding: no\n', /config\.yaml:1: inputFeeding: "no": must be true or false/],
    ['inputFeeding: On\n', /"On": must be true or false/],
    ['score:\n\tdot\n', /config\.yaml:2: indent with spaces, not with tabs/],
    ['hidden: 0\n', /hidden: 0: must be more than 0/],
    ['hidden: 1.5\n', /hidden: 1\.5: must be a whole number/],
    ['hidden: [1]\n', /hidden: \[1\]: must be a number/],
    ['score: {a: b: c}\n', /config\.yaml:1: (?!.*at line)/],
    ['hidden:16\n', /config\.yaml: must be a mapping[^\n]*\n[^\n]*hidden: 128/],
    [Buffer.from('out: caffè\n', 'latin1'), /config\.yaml: not valid UTF-8\n.*iconv -f CP1252 -t UTF-8 .*config\.yaml/],
    [Buffer.from('\ufeffhidden: 16\n', 'utf16le'), /config\.yaml: not valid UTF-8\n.*iconv -f UTF-16 -t UTF-8/],
  ] as const) {
    assert.throws(
      () => readBack(text),
      (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.describe(), says);
        return true;
      },
      String(text),
    );
  }
});

test('a config.yaml of the previous version reads like a current one, and a program is warned', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error) => void warnings.push(warning.message);
  process.on('warning', listen);
  const old = toYaml(complete({ maxPositions: 77 })).replace('maxPositions', 'maxLength');
  assert.match(old, /^maxLength: 77$/m);
  assert.deepEqual(readBack(old), complete({ maxPositions: 77 }));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  assert.match(warnings.join(), /config\.yaml:\d+: maxLength is now called maxPositions; the old name works for this/);
  assert.throws(
    () => readBack('maxLength: 7\nmaxPositions: 8\n'),
    (error) => error instanceof InputError && /:1: maxLength: is the old name of maxPositions/.test(error.describe()),
  );
  assert.throws(
    () => readBack('hidden: 8\nmaxLength: wide\n'),
    (error) => error instanceof InputError && /:2: maxLength: "wide"/.test(error.describe()),
    'an error names what stands in the file',
  );
});

test('an old flag still works and is not in the help; the notice names both', () => {
  const command = { name: 'train', summary: '', options: runSchema, run: async () => {} } as const;
  const call = parseCall(command, ['--max-length', '77']) as { options: unknown; notices?: readonly string[] };
  assert.deepEqual(completeRun(call.options as never), complete({ maxPositions: 77 }));
  assert.deepEqual(call.notices, [
    '--max-length is now called --max-positions; the old name works for this version only',
  ]);
  const { help } = parseCall(command, ['--help']) as { help: string };
  assert.ok(help.includes('--max-positions') && !help.includes('--max-length'));
});

test('an alias of nothing is rejected', () => {
  assert.throws(
    () => readBack('data: *x\n'),
    (error) => error instanceof InputError && /config\.yaml: .*alias.*x/.test(error.describe()),
  );
});

/** Options of `attn train` that are not the run's. */
const ofOneCall = { resume: false, restarts: 0, overwrite: false };

test('the command of a run repeats it exactly, whatever the preset and the folder', async () => {
  const { train } = await import('../../src/cli/commands/train.ts');
  for (const preset of presetNames) {
    const out = `checkpoints/it's ${preset}`;
    const { preset: _, ...run } = complete({
      ...presets[preset],
      resetAfter: ['seed', 'transformer', 'best'].includes(preset),
      out,
    });
    // split as a shell would
    const words = [...toCommand(run).matchAll(/'((?:[^']|'\\'')*)'|\S+/g)].map(
      ([word, quoted]) => quoted?.replaceAll("'\\''", "'") ?? word,
    );
    assert.deepEqual(words.splice(0, 2), ['attn', 'train']);
    const call = parseCall(train, words);
    assert.ok(!('help' in call));
    const { resume, restarts, overwrite, ...options } = call.options as Run & typeof ofOneCall;
    assert.deepEqual({ resume, restarts, overwrite }, ofOneCall);
    assert.deepEqual(completeRun(options), run);
  }
});
