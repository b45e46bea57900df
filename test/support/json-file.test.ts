import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { z } from 'zod';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { remarkOn } from '../../src/checkpoints/run-remark.ts';
import { InputError } from '../../src/support/errors.ts';
import { jsonNumber, readJsonFile } from '../../src/support/json-file.ts';
import { readMetrics } from '../../src/training/metrics.ts';
import { readPlan, sweepFolder } from '../../src/workflows/sweep/folder.ts';
import { readResults } from '../../src/workflows/sweep/results.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-json-'));
after(() => rmSync(folder, { recursive: true }));

test('a file is read, or rejected with what is wrong in it and advice', () => {
  const path = join(folder, 'a.json');
  const schema = z.object({ runs: z.array(z.object({ name: z.string(), score: jsonNumber })) });
  const read = (text: string) => {
    writeFileSync(path, text);
    return readJsonFile(path, schema, 'attn sweep');
  };
  assert.deepEqual(read('{"runs": [{"name": "dot", "score": null}]}'), {
    runs: [{ name: 'dot', score: Number.POSITIVE_INFINITY }],
  });
  for (const [text, message] of [
    ['', /a\.json: is not what attn sweep writes\n {2}remove the file/],
    ['null', /is not what attn sweep writes: .*object/],
    ['{"runs": [{"score": 1}]}', /is not what attn sweep writes: runs\.0\.name: /],
  ] as const) {
    assert.throws(
      () => read(text),
      (error) => error instanceof InputError && message.test(error.describe()),
      text,
    );
  }
  assert.throws(() => readJsonFile(join(folder, 'none.json'), schema, 'attn sweep'), /no such file/);
  assert.throws(() => readJsonFile(folder, schema, 'attn sweep'), /is a folder, not a file/);
});

// Each was an internal error, here or where the missing value was used.
test('JSON that lacks a value is rejected: metrics, the end of a run, the plan and the results of a sweep', () => {
  const place = sweepFolder(folder);
  const read: readonly (readonly [path: string, text: string, read: () => unknown])[] = [
    [
      join(folder, 'metrics.jsonl'),
      '{"kind":"validation","step":1}\n',
      () => readMetrics(join(folder, 'metrics.jsonl')),
    ],
    [join(folder, 'metrics.jsonl'), 'null\n', () => readMetrics(join(folder, 'metrics.jsonl'))],
    [runFolder(folder).finished, 'null', () => remarkOn(runFolder(folder))],
    [place.plan, '{"runs":[{}]}', () => readPlan(folder)],
    [place.plan, '[]', () => readPlan(folder)],
    [place.results, '{"runs":null}', () => readResults(place)],
  ];
  for (const [path, text, action] of read) {
    writeFileSync(path, text);
    assert.throws(action, InputError, `${path}: ${text}`);
  }
});
