import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createModel } from '../../src/models/create.ts';
import { groupsOf, parametersOfGroups } from '../../src/models/parameter-groups.ts';
import { InputError } from '../../src/support/errors.ts';
import { kinds, nameOf } from '../decoding/models.ts';
import { tinyOptions } from '../helpers/copy-task.ts';

const parts = ['source-embedding', 'target-embedding', 'encoder', 'decoder', 'attention', 'output'] as const;

for (const kind of [...kinds, { arch: 'transformer', positions: 'learned' } as const]) {
  test(`every parameter is in one group: ${nameOf(kind)}`, () => {
    const names = Object.keys(createModel(tinyOptions(kind)).parameters);
    const existing = groupsOf(names);
    for (const name of names) {
      const groups = parts.filter(
        (group) => existing.includes(group) && parametersOfGroups(names, [group]).includes(name),
      );
      assert.equal(groups.length, 1, `${name} is in ${groups.join(' and ') || 'none'}`);
    }
  });
}

test('a group has the parameters that its name suggests', () => {
  const names = Object.keys(createModel(tinyOptions({ score: 'concat', bidirectional: true })).parameters);
  assert.deepEqual(parametersOfGroups(names, ['embeddings']), ['encoder.embedding.weight', 'decoder.embedding.weight']);
  assert.ok(parametersOfGroups(names, ['encoder']).includes('bridge.l0.weight'));
  assert.ok(parametersOfGroups(names, ['attention']).includes('attention.output.weight'));
  assert.deepEqual(parametersOfGroups(names, ['output']), ['output.weight', 'output.bias']);
  assert.deepEqual(parametersOfGroups(names, []), []);
});

test('a group that the model does not have is rejected, and the existing ones are named', () => {
  const names = Object.keys(createModel(tinyOptions({ score: 'none' })).parameters);
  assert.throws(
    () => parametersOfGroups(names, ['encoder', 'attention']),
    (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.describe(), /--freeze: this model has no parameters in the group attention/);
      assert.match(error.describe(), /embeddings, source-embedding, target-embedding, encoder, decoder, output/);
      return true;
    },
  );
  assert.throws(() => parametersOfGroups(names, ['embeddings', 'encoder', 'decoder', 'output']), /nothing is left/);
});
