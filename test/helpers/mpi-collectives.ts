// A worker that makes every call of a cluster and checks the results.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { gatherValues, sumOf } from '../../src/cluster/cluster.ts';
import { checkSameFacts, checkSameValues } from '../../src/cluster/fingerprint.ts';
import { launchOf } from '../../src/cluster/launch.ts';
import { joinMpi } from '../../src/cluster/mpi.ts';
import { takePlace } from '../../src/cluster/place.ts';
import { reduce } from '../../src/cluster/reduce.ts';
import { shareFromFirst } from '../../src/cluster/share.ts';
import { Random } from '../../src/support/random.ts';

const launch = launchOf();
if (launch === undefined) throw new Error('not started by mpiexec');
const cluster = joinMpi(launch);
const { rank, size } = cluster;
assert.deepEqual([rank, size], [launch.rank, launch.size]);
const ranks = Array.from({ length: size }, (_, i) => i);

for (const length of [1, 3, 1000, 300_001]) {
  const vector = (worker: number) => {
    const random = new Random('vector', worker, length);
    return Float32Array.from({ length }, () => random.normal());
  };
  const exact = Float64Array.from({ length }, () => 0);
  for (const worker of ranks) for (const [i, x] of vector(worker).entries()) exact[i] = exact[i]! + x;
  for (const [wire, share] of [
    ['float32', 1e-6],
    ['bfloat16', 2 ** -8],
  ] as const) {
    const values = vector(rank);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 0);
    await reduce(cluster, values, wire);
    clearInterval(timer);
    const largest = ranks.map(vector);
    values.forEach((x, i) => {
      // each number is rounded once, and so is their sum
      const bound = share * (Math.abs(exact[i]!) + largest.reduce((sum, v) => sum + Math.abs(v[i]!), 0));
      assert.ok(Math.abs(x - exact[i]!) <= bound, `${wire}: ${x} instead of ${exact[i]}`);
    });
    await checkSameValues(cluster, { values: { data: values } }, ranks.map(String));
  }
}
const odd = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-40, 3e38);
await reduce(cluster, odd, 'bfloat16');
assert.ok(Number.isNaN(odd[0]) && odd[1] === Number.POSITIVE_INFINITY);

assert.deepEqual(await sumOf(cluster, [rank, 0.1, 2 ** 53 - size]), [
  (size * (size - 1)) / 2,
  ranks.reduce((sum) => sum + 0.1, 0),
  size * (2 ** 53 - size),
]);
const texts = ranks.map((worker) => 'è'.repeat(worker * 10_000));
assert.deepEqual(await gatherValues(cluster, texts[rank]), texts);
assert.deepEqual(
  (await cluster.allGather(new Uint8Array(0))).map(({ length }) => length),
  ranks.map(() => 0),
);
const bytes = Uint8Array.of(rank, rank);
await cluster.broadcast(bytes, size - 1);
assert.deepEqual([...bytes], [size - 1, size - 1]);

const first = { plain: { step: 7 }, values: { w: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } } };
assert.deepEqual(await shareFromFirst(cluster, rank === 0 ? first : undefined), first);

const available = availableParallelism();
const place = await takePlace(cluster);
assert.equal(place.localRank, rank);
assert.equal(place.threads, Math.max(1, Math.floor(available / size)), 'all cores are used');
assert.equal(place.names.length, size);

await checkSameFacts(cluster, { data: 'a', option: '1' }, place.names);
await assert.rejects(
  checkSameFacts(cluster, { data: 'a', option: rank === size - 1 ? '2' : '1' }, place.names),
  new RegExp(`worker ${size - 1} .* has option 2, not 1$`),
);
await assert.rejects(
  checkSameValues(cluster, { w: { data: Float32Array.of(rank === size - 1 ? -0 : 0) } }, place.names),
  new RegExp(`worker ${size - 1} .*are no longer those of worker 0`),
);
await cluster.barrier();
process.stdout.write(`${rank} of ${size} done by ${cluster.engine}\n`);
await cluster.close();
