import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Saves } from '../../src/training/saves.ts';

/** Saves every two minutes whose end the test controls, with a clock that it controls too. */
function savesByHand(t: TestContext) {
  let minutes = 0;
  t.mock.method(performance, 'now', () => minutes * 60_000);
  const events: string[] = [];
  let end: { resolve: () => void; reject: (error: Error) => void } | undefined;
  let captured = 0;
  const saves = new Saves(2, async () => {
    const number = ++captured;
    events.push(`capture ${number}`);
    return {
      save: () => events.push(`save ${number}`),
      saveAside: () => {
        events.push(`aside ${number}`);
        return new Promise<void>((resolve, reject) => {
          end = { resolve, reject };
        });
      },
    };
  });
  const pass = (more: number) => {
    minutes += more;
  };
  return { saves, events, pass, end: () => end?.resolve(), fail: (error: Error) => end?.reject(error) };
}

test('it saves beside the updates when enough minutes have passed since the last save ended', async (t) => {
  const { saves, events, pass, end } = savesByHand(t);
  pass(1.9);
  await saves.whenDue();
  assert.deepEqual(events, []);
  pass(0.1);
  await saves.whenDue();
  assert.deepEqual(events, ['capture 1', 'aside 1'], 'the updates go on while it is saved');
  pass(5);
  await saves.whenDue();
  assert.equal(events.length, 2, 'one that is underway is not overtaken');
  end();
  await saves.settle();
  pass(1.9);
  await saves.whenDue();
  assert.equal(events.length, 2, 'counted from its end');
  pass(0.1);
  await saves.whenDue();
  assert.deepEqual(events.slice(2), ['capture 2', 'aside 2']);
});

test('an immediate save waits for the one underway, so that the newer one stays, and counts as the last', async (t) => {
  const { saves, events, pass, end } = savesByHand(t);
  pass(2);
  await saves.whenDue();
  const now = saves.now();
  await new Promise(setImmediate);
  assert.deepEqual(events, ['capture 1', 'aside 1']);
  end();
  await now;
  assert.deepEqual(events.slice(2), ['capture 2', 'save 2']);
  pass(1.9);
  await saves.whenDue();
  assert.equal(events.length, 4);
});

test('the error of a save beside the updates ends training at its next update, and is not hidden later', async (t) => {
  const { saves, pass, fail } = savesByHand(t);
  pass(2);
  await saves.whenDue();
  fail(new Error('the disk is full'));
  await saves.settle();
  await assert.rejects(saves.whenDue(), /the disk is full/);
  await assert.rejects(saves.finish(), /the disk is full/);
  await assert.rejects(saves.now(), /the disk is full/);
  await saves.settle();
});
