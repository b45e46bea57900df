import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { launchOf } from '../../src/cluster/launch.ts';
import { inWorkers, mpis } from '../helpers/mpi.ts';

for (const mpi of mpis)
  describe(`workers connected by ${mpi.name}`, { skip: mpi.skip }, () => {
    for (const size of [2, 3])
      test(`${size} of them sum, gather, share and compare their data`, () => {
        const { status, stdout, stderr } = inWorkers(mpi, size, 'mpi-collectives.ts');
        assert.equal(status, 0, stderr + stdout);
        const lines = stdout.trim().split('\n').sort();
        assert.equal(lines.length, size);
        for (const [rank, line] of lines.entries()) {
          assert.match(line, new RegExp(`^${rank} of ${size} done by ${mpi.name} \\d`));
        }
      });
  });

test('the environment tells what started a process together with others', () => {
  const families = (environment: NodeJS.ProcessEnv) => {
    const launch = launchOf(environment);
    return launch && [launch.rank, launch.size, launch.family];
  };
  assert.equal(families({}), undefined);
  assert.deepEqual(families({ PMI_RANK: '1', PMI_SIZE: '4' }), [1, 4, 'mpich']);
  assert.deepEqual(families({ OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '2' }), [0, 2, 'openmpi']);
  assert.deepEqual(families({ SLURM_PROCID: '3', SLURM_STEP_NUM_TASKS: '8' }), [3, 8, undefined]);
  assert.equal(families({ PMI_RANK: '0', PMI_SIZE: '1' }), undefined, 'one alone needs no other');
  assert.equal(families({ SLURM_PROCID: '0', SLURM_NTASKS: '8' }), undefined, 'a batch script is one process');
});

test('without an MPI, workers are rejected with what to install', () => {
  const words = ['--import', 'tsx', 'test/helpers/attn.ts', 'train', '--workers', '2'];
  const environment = { ...process.env, ATTN_MPI: '/nowhere/libmpi.so.12', LD_LIBRARY_PATH: '' };
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env: environment });
  assert.equal(status, 2);
  assert.match(stderr, /ATTN_MPI=\/nowhere\/libmpi\.so\.12 is no MPI library/);
});
