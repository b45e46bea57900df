import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { createForcing } from '../../src/decoding/forcing.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { openRuntime } from '../../src/tensor/runtime.ts';
import { EOS } from '../../src/vocabulary/vocabulary.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { alone, kinds, nameOf, randomSentences, teacherForced, tinyModel } from './models.ts';

const sources = [[], ...randomSentences(11, 9)];
const targets = randomSentences(12, 17).reverse();
const pairs = sources
  .map((source, i) => ({ source, said: [...(targets[i] as number[]), ...(i % 3 === 1 ? [] : [EOS])] }))
  .filter(({ said }) => said.length > 0);

for (const backend of ['cpu', 'tensorflow'] as const) {
  const skip = backend === 'tensorflow' && !hasTensorFlow() ? needsTensorFlow : false;
  test(`forced words have the log probabilities and the attention of each sentence alone, ${backend}`, {
    skip,
  }, async () => {
    const runtime = await openRuntime({ backend });
    try {
      for (const kind of kinds) {
        const tiny = tinyModel(kind);
        const force = createForcing(runtime, alone(tiny.model), await runtime.variables(tiny.parameters));
        const tensors = tf.memory().numTensors;
        const results = await force(pairs, 'heads');
        assert.equal(tf.memory().numTensors, tensors);
        for (const [i, { source, said }] of pairs.entries()) {
          const { logProbabilities, attention } = results[i]!;
          const oracle = teacherForced(
            tiny,
            source,
            said.filter((word) => word !== EOS),
          );
          assert.equal(logProbabilities.length, said.length);
          for (const [t, word] of said.entries()) {
            const expected = oracle.logProbabilities[t]![word]!;
            assert.ok(
              Math.abs(logProbabilities[t]! - expected) < 1e-4,
              `${nameOf(kind)}: ${logProbabilities[t]}, not ${expected}`,
            );
          }
          assert.deepEqual(Object.keys(attention), Object.keys(oracle.attention));
          for (const [name, rows] of Object.entries(attention)) {
            assert.equal(rows.length, said.length);
            for (const [t, row] of rows.entries()) {
              assert.equal(row.length, source.length + 1);
              for (const [s, weight] of row.entries()) {
                assert.ok(Math.abs(weight - oracle.attention[name]![t]![s]!) < 1e-4, `${nameOf(kind)}: ${name}`);
              }
            }
          }
        }
      }
    } finally {
      runtime.close();
    }
  });
}

test('no more attention is kept than requested', async () => {
  const runtime = await openRuntime({ backend: 'cpu' });
  try {
    const tiny = tinyModel({ arch: 'transformer', layers: 2 });
    const force = createForcing(runtime, alone(tiny.model), await runtime.variables(tiny.parameters));
    const names = async (level: 'none' | 'mean' | 'heads') => Object.keys((await force(pairs, level))[0]!.attention);
    assert.deepEqual(await names('none'), []);
    assert.deepEqual(await names('mean'), ['attention']);
    assert.ok((await names('heads')).includes('layer2.head1'));
  } finally {
    runtime.close();
  }
});

test('an ensemble says the mean of its members in probability', async () => {
  const runtime = await openRuntime({ backend: 'cpu' });
  try {
    const members = [tinyModel({ score: 'dot' }, 1), tinyModel({ score: 'none' }, 2)];
    const parameters = Object.assign(
      {},
      ...members.map((member, i) =>
        Object.fromEntries(Object.entries(member.parameters).map(([name, value]) => [`${i}/${name}`, value])),
      ),
    );
    const together = members.map(({ model }, i) => ({ model, prefix: `${i}/` }));
    const results = await createForcing(runtime, together, await runtime.variables(parameters))(pairs, 'mean');
    const { source, said } = pairs.at(-1)!;
    const oracles = members.map((member) =>
      teacherForced(
        member,
        source,
        said.filter((word) => word !== EOS),
      ),
    );
    for (const [t, word] of said.entries()) {
      const mean = oracles.reduce((sum, { logProbabilities }) => sum + Math.exp(logProbabilities[t]![word]!) / 2, 0);
      assert.ok(Math.abs(results.at(-1)!.logProbabilities[t]! - Math.log(mean)) < 1e-4);
    }
  } finally {
    runtime.close();
  }
});
