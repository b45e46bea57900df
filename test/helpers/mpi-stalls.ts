// A worker of several of which the second never comes to the call that the others wait in: it is alive, but does
// something else.
import { setTimeout } from 'node:timers/promises';
import { watchWorkers } from '../../src/cluster/heartbeat.ts';
import { launchOf } from '../../src/cluster/launch.ts';
import { joinMpi } from '../../src/cluster/mpi.ts';
import { takePlace } from '../../src/cluster/place.ts';

const launch = launchOf();
if (launch === undefined) throw new Error('not started by mpiexec');
const joined = joinMpi(launch);
const { names } = await takePlace(joined);
const cluster = await watchWorkers(joined, names, 60, Number(process.argv[2]));
await cluster.barrier();
cluster.at?.(7);
// longer than the test waits
if (cluster.rank === 1) await setTimeout(110_000);
await cluster.barrier();
await cluster.close();
