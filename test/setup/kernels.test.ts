import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { processorVariants } from '../../src/tensor/kernel-library.ts';

const [best, next] = processorVariants();
const folder = mkdtempSync(join(tmpdir(), 'attn-kernels-'));
after(() => rmSync(folder, { recursive: true }));

test('a variant that the compiler does not know is tried once, and the next one instead of it', {
  skip: best !== undefined && next !== undefined ? false : 'this processor has kernels of fewer than two variants',
}, () => {
  const root = join(folder, 'attn');
  const tfjsNode = join(root, 'node_modules/@tensorflow/tfjs-node');
  const record = join(tfjsNode, 'lib/attn-setup.json');
  mkdirSync(join(tfjsNode, 'lib'), { recursive: true });
  for (const path of [root, tfjsNode]) writeFileSync(join(path, 'package.json'), '{"name": "any", "version": "1.0.0"}');
  writeFileSync(record, '{"backend": "tensorflow"}');
  cpSync(fileURLToPath(new URL('../../src/tensor/kernels', import.meta.url)), join(root, 'src/tensor/kernels'), {
    recursive: true,
  });
  const compiler = (name: string, says: string) => {
    const path = join(folder, name);
    const script = `#!/bin/sh\n[ "$1" = --version ] && echo "${says}" && exit 0\necho "error: unrecognized option" >&2\nexit 1\n`;
    writeFileSync(path, script, { mode: 0o755 });
    return path;
  };
  const setUp = (CXX: string) => {
    const script = new URL('../../scripts/setup/kernels.mjs', import.meta.url).href;
    const code = `const { installKernels } = await import('${script}'); await installKernels(process.argv[1]);`;
    const { ATTN_KERNELS: _, ...env } = process.env;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code, root], {
      encoding: 'utf8',
      env: { ...env, CXX, ATTN_CACHE: join(folder, 'cache') },
    });
    assert.equal(status, 0, stderr);
    return stderr;
  };
  const old = compiler('old', 'version 1');
  const tried = setUp(old);
  for (const variant of processorVariants()) assert.match(tried, new RegExp(`compiling kernels .*\\(${variant}\\)`));
  const { kernels } = JSON.parse(readFileSync(record, 'utf8'));
  assert.match(kernels[best!].problem.what, /old could not compile the kernels: error: unrecognized option/);
  assert.ok(kernels[next!].problem);
  assert.equal(setUp(old), '', 'nothing new, nothing to say');
  compiler('old', 'version 2');
  assert.match(setUp(old), /compiling kernels/, 'another version may know them');
  // a library that was recorded as whole, and damaged since
  const library = join(folder, `kernels-${'0'.repeat(16)}.so`);
  writeFileSync(library, 'half');
  const { sources, compiler: by } = kernels[best!];
  writeFileSync(
    record,
    JSON.stringify({ backend: 'tensorflow', kernels: { [best!]: { sources, compiler: by, library } } }),
  );
  assert.match(setUp(old), new RegExp(`compiling kernels .*\\(${best}\\)`));
  const none = setUp(join(folder, 'none'));
  assert.equal(none.match(/is not a C\+\+ compiler/g)?.length, 1, none);
});
