import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { writing } from './problem.mjs';

/**
 * Where set-up puts its results: beside tfjs-node, the binding and a record that src/tensor/location.ts reads.
 * @param {string} root attn's own folder
 */
export function setupFiles(root) {
  const tfjsNode = dirname(createRequire(join(root, 'package.json')).resolve('@tensorflow/tfjs-node/package.json'));
  return {
    tfjsNode,
    record: join(tfjsNode, 'lib/attn-setup.json'),
    binding: join(tfjsNode, 'lib/napi-v8/tfjs_binding.node'),
    /** The command that repeats set-up. */
    retry: existsSync(join(root, 'package-lock.json')) ? 'npm run setup' : 'npx attn setup',
  };
}

/** What the last set-up recorded, or undefined. */
export function readRecord(files) {
  try {
    return JSON.parse(readFileSync(files.record, 'utf8'));
  } catch {
    return undefined;
  }
}

export function writeRecord(files, content) {
  return place(files, files.record, (path) => writeFileSync(path, `${JSON.stringify(content, undefined, 2)}\n`));
}

/** Writes a file beside tfjs-node under another name and renames it: a process that uses the old one keeps it. */
export function place({ tfjsNode, retry }, path, write) {
  return writing(tfjsNode, `run ${retry} as a user who can write there`, () => {
    const temporary = `${path}.${process.pid}.tmp`;
    mkdirSync(dirname(path), { recursive: true });
    write(temporary);
    renameSync(temporary, path);
  });
}
