import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFlat, type Sample, summary } from '../../campaign/soak.ts';

test('memory is flat if its last quarter is like its second, whatever happens during warm-up', () => {
  const samples = (resident: (second: number) => number, tensors = 7): Sample[] =>
    Array.from({ length: 100 }, (_, seconds) => ({ seconds, resident: resident(seconds), tensors }));
  const flat = summary(
    'training',
    samples((second) => (second < 20 ? 500 : 1000 + (second % 3))),
  );
  assert.deepEqual([flat.before, flat.after, isFlat(flat)], [1001, 1001, true]);
  assert.ok(
    !isFlat(
      summary(
        'training',
        samples((second) => 1000 + second),
      ),
    ),
    'a byte a second is a leak',
  );
  const tensors = samples(() => 1000).map((sample) => ({ ...sample, tensors: sample.seconds }));
  assert.ok(!isFlat(summary('training', tensors)), 'so are tensors that stay');
});
