import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { measure, openWorkplace, pointsOf, tryFault, type Workplace, ways } from '../../campaign/faults/faults.ts';
import { scenarios } from '../../campaign/faults/scenarios.ts';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

/** One item of a list; the choice varies with fault and scenario. */
function pick(points: readonly number[], ...key: string[]): number {
  return new Random('faults', ...key).choice(points);
}

// The short form of `npm run campaign -- faults`, which strikes every operation.
describe('a file operation that fails', { skip }, () => {
  let place: Workplace;
  before(async () => {
    place = await openWorkplace();
  });
  after(() => place.remove());

  for (const scenario of scenarios) {
    test(`in ${scenario.name}: the error is reported, existing files stay complete, and the same command then succeeds`, async () => {
      const measured = await measure(place, scenario);
      const findings: string[] = [];
      for (const way of ways) {
        const at = pick(pointsOf(measured, way), scenario.name, way.fault, String(way.stays));
        for (const { operation, problem } of await tryFault(place, measured, way, at)) {
          findings.push(`${way.fault} at ${at}, ${operation}: ${problem}`);
        }
      }
      assert.deepEqual(findings, []);
    });
  }
});
