import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../scripts/experiments', import.meta.url));
const names = readdirSync(folder);
const experiments = names.filter((name) => name.endsWith('.sh') && name !== 'common.sh');
const hasBash = spawnSync('bash', ['--version']).status === 0;

/** The first command, on the corpus that the call names. */
const readsCorpus =
  /^\+ (attn data \w+ --corpus|attn vocab --train|write out the contractions of) corpus of mine\.tsv( |\/|$)/m;

describe('the experiments of scripts/', { skip: hasBash ? false : 'no bash here' }, () => {
  const empty = mkdtempSync(join(tmpdir(), 'attn-experiments-'));
  after(() => rmSync(empty, { recursive: true }));
  const call = (name: string, ...words: string[]) => {
    const fromSources = [
      '--import',
      import.meta.resolve('tsx'),
      fileURLToPath(new URL('../helpers/attn.ts', import.meta.url)),
    ];
    const env = { ...process.env, ATTN: [process.execPath, ...fromSources].join(' ') };
    return spawnSync('bash', [join(folder, name), ...words], { cwd: empty, encoding: 'utf8', env });
  };

  for (const name of experiments) {
    test(`${name} parses, asks for a corpus, and shows its commands without running them`, () => {
      assert.equal(spawnSync('bash', ['-n', join(folder, name)]).status, 0);
      const without = call(name);
      assert.equal(without.status, 2);
      assert.match(
        without.stderr,
        new RegExp(`^  (PYTHON=\\S+ )?scripts/experiments/${name} \\S+ \\[--dry-run\\]`, 'm'),
      );
      const { status, stdout, stderr } = call(name, 'corpus of mine.tsv', '--dry-run');
      assert.equal(status, 0, stderr);
      // noisy.sh shuffles the corpus first, which a dry run does not
      assert.match(stderr, name === 'noisy.sh' ? /^\+ attn score-pairs datasets\/noisy/m : readsCorpus);
      assert.match(stderr, /^\+ attn (compare|sweep|eval|score-pairs) /m);
      const isSweep = /^\+ attn sweep/m.test(stderr);
      assert.equal(isSweep, /^attn train --data /m.test(stdout), 'a sweep shows its runs');
      for (const [, data = ''] of `${stdout}${stderr}`.matchAll(/ --data (\S+)/g)) {
        const usual = stderr.includes(`prepare --train ${data.replace('prepared', 'train.tsv')}\n`);
        assert.ok(usual || stderr.includes(` --out ${data}\n`), `${data} is prepared before`);
      }
      assert.deepEqual(readdirSync(empty), [], 'nothing was written');
    });
  }

  test('the experiments named in the documentation exist', () => {
    const wanted = [
      'seed',
      'learning-rate',
      'vocabulary-size',
      'local-global',
      'input-feeding',
      'slurm',
      'guided-alignment',
      'adapt',
      'noisy',
      'score-functions',
      'batch-size',
      'recipe',
      'subword-sampling',
    ];
    assert.deepEqual(experiments, wanted.map((name) => `${name}.sh`).sort());
  });
});
