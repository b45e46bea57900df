import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inWorkers, mpis, withoutFinalize } from '../helpers/mpi.ts';

for (const mpi of mpis)
  describe(`workers connected by ${mpi.name} whose MPI_Finalize does not return`, { skip: mpi.skip }, () => {
    test('end all the same, and are not taken for failed', (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'attn-leave-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const library = withoutFinalize(mpi, folder);
      if (library === undefined) return t.skip('there is no gcc');
      const stuck = { ...mpi, words: (n: number) => [...mpi.words(n), 'env', `ATTN_MPI=${library}`] };
      const { status, stdout, stderr } = inWorkers(stuck, 2, 'mpi-collectives.ts');
      assert.equal(status, 0, stderr + stdout);
      assert.equal(stdout.match(/done by/g)?.length, 2);
    });
  });
