import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadTraining } from '../../src/checkpoints/checkpoint.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import type { TrainingState } from '../../src/training/train.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { type Mpi, mpis, withoutFinalize } from '../helpers/mpi.ts';
import { type Cluster, startSlurm, withoutSlurm } from '../helpers/slurm.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const mpich = mpis.find(({ family }) => family === 'mpich') as Mpi & { skip: string | false };
const skip = withoutSlurm() || mpich.skip || (hasTensorFlow() ? false : needsTensorFlow);

describe('srun attn train', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-srun-'));
  let slurm: Cluster;
  let data: string;
  before(async () => {
    data = await preparedWords(join(folder, 'corpus'));
    slurm = await startSlurm(join(folder, 'slurm'));
  });
  after(async () => {
    await slurm?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('with two tasks, trains one model by two workers, and ends though MPI_Finalize does not return', () => {
    const out = join(folder, 'pair');
    const command = [process.execPath, '--import', 'tsx', 'test/helpers/attn.ts', 'train'];
    const flags = tinyTrainingFlags(data, out, 4).filter((flag) => flag !== '--quiet');
    const words = ['--mpi=pmi2', '--ntasks=2', ...command, ...flags, '--max-shapes', '1'];
    const env = { ...process.env, SLURM_CONF: slurm.config, ATTN_MPI: withoutFinalize(mpich, folder) };
    const { status, stderr } = spawnSync('srun', words, { encoding: 'utf8', env, timeout: 400_000 });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /2 workers by MPICH/);
    assert.equal(stderr.match(/all steps done/g)?.length, 1, 'the first alone speaks');
    assert.equal(loadTraining<TrainingState>(runFolder(out).last).step, 4);
  });
});
