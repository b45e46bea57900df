import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { z } from 'zod';
import { defaultSearch, Engine } from '../../src/server/engine.ts';
import { serverOptions } from '../../src/server/options.ts';
import { toyPair } from '../dataset/toy-corpus.ts';
import { writeModels } from './server.ts';

const folder = await writeModels();
const { precision } = z.object(serverOptions).parse({});
const search = defaultSearch(5);

test('calls made at the same time, as by a request while the server starts, load each model once and no more than allowed', async () => {
  const engine = new Engine({ maxLoaded: 1, precision, backend: 'wasm' });
  after(() => engine.close());
  const paths = ['dot', 'none', 'dot'].map((name) => join(folder, name));
  const answers = await Promise.all(paths.map((path) => engine.translate(path, [toyPair(2).source], search)));
  assert.deepEqual(answers[0], answers[2]);
  assert.notDeepEqual(answers[0], answers[1]);
  assert.deepEqual(engine.loaded, [paths[2]]);
});
