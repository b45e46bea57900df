import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pauses } from '../../campaign/pauses.ts';
import { fuzzServer } from '../../campaign/serve.ts';
import { fuzzRequest } from '../../campaign/serve-requests.ts';
import { testServer, writeModels } from '../server/server.ts';

test('a request of a number is always the same, and there are all kinds', () => {
  const kinds = new Set(Array.from({ length: 200 }, (_, i) => fuzzRequest(i).kind));
  assert.equal(kinds.size, 10);
  assert.deepEqual(fuzzRequest(7), fuzzRequest(7));
});

test('300 odd requests of odd clients: each has a right status, and the server is as it was', async () => {
  const { url, ready, log } = await testServer(await writeModels(), { timeout: 120 });
  await ready;
  const { statuses, findings } = await fuzzServer(url, 0, 300);
  assert.deepEqual(findings, []);
  assert.deepEqual(log, []);
  for (const status of [200, 400, 405, 415]) assert.ok(statuses.has(status), `${status} among ${[...statuses.keys()]}`);
});

test('a campaign that stood still knows it; one that merely waited does not', () => {
  let now = 0;
  const pauses = new Pauses(() => now);
  for (; now < 60_000; now += 500) assert.equal(pauses.since(0), false);
  now += 20_000; // stopped, and continued
  const continued = now;
  assert.equal(pauses.since(0), true);
  now += 400;
  assert.equal(pauses.since(continued), true, 'the request was under way when it ended');
  assert.equal(pauses.since(continued + 1), false);
  pauses.close();
});
