import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { preparedWords } from '../helpers/word-corpus.ts';

const hasBash = spawnSync('bash', ['--version']).status === 0;

// The script is for machines with a card, where it runs once in a while: here the CPU stands in for it.
describe('scripts/gpu-check.sh, as a dry run', {
  skip: !hasBash ? 'no bash here' : hasTensorFlow() ? false : needsTensorFlow,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-gpu-check-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function check(...words: string[]) {
    const run = spawnSync('scripts/gpu-check.sh', ['--dry-run', '--python', 'no-such-python', ...words], {
      encoding: 'utf8',
    });
    const parts = run.stdout.split(/^### /m).slice(1);
    const sections = Object.fromEntries(parts.map((part): [string, string] => [part.split('\n')[0] as string, part]));
    return { ...run, sections };
  }

  /** The cells of a section's table, without its headings. */
  const rowsOf = (section = '') =>
    section
      .split('\n')
      .flatMap((line) => (/^\| (?!---)/.test(line) ? [line.slice(2, -2).split(' | ')] : []))
      .slice(1);

  test('every part runs, and fills its table', async () => {
    const data = await preparedWords(join(folder, 'corpus'));
    // a test is no measurement, and may run on a slow machine
    const { status, stderr, stdout, sections } = check('--data', data, '--limit', '3000');
    assert.equal(stderr, '');
    assert.equal(status, 0, stdout);
    const { environment, correctness, determinism, speed, training } = sections;
    assert.match(environment ?? '', /^engine +TensorFlow/m);
    assert.match(environment ?? '', /^- no PyTorch for no-such-python$/m);
    assert.deepEqual(
      rowsOf(correctness).map(([model, strict, float32]) => [model, strict, float32]),
      [
        ['dot', '0.0e+0', '0.0e+0'],
        ['transformer', '0.0e+0', '0.0e+0'],
      ],
      'the same device makes no errors',
    );
    assert.ok(
      rowsOf(correctness).every((row) => Number(row[3]) > 1e-4),
      'bfloat16 does',
    );
    for (const [, first, second, halves, equal] of rowsOf(determinism)) {
      assert.match(first ?? '', /^[0-9a-f]{12}$/);
      assert.deepEqual([second, halves, equal], [first, first, 'yes'], 'on a CPU');
    }
    assert.deepEqual(
      rowsOf(speed).map(([model, tokens, precision]) => `${model}, ${tokens}, ${precision}`),
      ['float32', 'bfloat16'].flatMap((precision) =>
        ['gru E16 H16 V100', 'transformer E16 H16 V100'].map((model) => `${model}, 120, ${precision}`),
      ),
    );
    assert.match(speed ?? '', /^No PyTorch beside it: failed \(127\): spawn no-such-python ENOENT$/m);
    assert.match(
      training ?? '',
      /^- `attn train .*` on .*: \d+ s with start and validations, 4 updates, \d+ k target/m,
    );
    for (const precision of ['float32', 'bfloat16']) {
      assert.match(
        training ?? '',
        new RegExp(`^- Beam 5 of 4 sentences, ${precision}: \\*\\*\\d+\\.\\d BLEU\\*\\*; start`, 'm'),
      );
    }
    assert.match(stdout, /<!-- \d+ s in all -->\n$/);
  });

  test('a part that fails is named, and the others run all the same', () => {
    const { status, stdout, sections } = check('--data', join(folder, 'nowhere'), '--only', 'determinism,training');
    assert.equal(status, 1);
    assert.match(sections.determinism ?? '', /\| failed \| failed \| failed \| \? \|/);
    assert.match(sections.determinism ?? '', /^- transformer, .*, first: failed \(2\): attn: .*nowhere: /m);
    assert.match(sections.training ?? '', /^- failed \(2\): attn: .*nowhere: /m);
    assert.match(stdout, /not all of it succeeded, see above -->\n$/);
    const unknown = check('--only', 'speeed');
    assert.equal(unknown.status, 2);
    assert.match(
      unknown.stderr,
      /there is no section 'speeed'; there are environment, correctness, determinism, speed, training\n/,
    );
  });
});
