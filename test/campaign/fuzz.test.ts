import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Finding, openBench } from '../../campaign/fuzz/fuzz.ts';
import { targets } from '../../campaign/fuzz/targets.ts';

/** The short form of `npm run campaign -- fuzz`, which tries 100,000. */
const INPUTS = 100;

for (const target of targets) {
  test(`${target.name}: ${INPUTS} damaged inputs are read or rejected with a message`, async () => {
    const bench = await openBench(target);
    try {
      const findings: Finding[] = [];
      for (let number = 0; number < INPUTS; number++) {
        const finding = await bench.attempt(number);
        // processor time is not checked here: other tests run at the same time
        if (finding !== undefined && !finding.problem.startsWith('took ')) findings.push(finding);
      }
      assert.deepEqual(findings, []);
      assert.ok(bench.counts.refused > 0, 'some are refused');
    } finally {
      bench.close();
    }
  });
}
