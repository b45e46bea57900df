import { createHash } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import { closeQuietly } from './files.ts';

/** The SHA-256 of a file as it is stored, in hex; read a megabyte at a time. Throws the system's error. */
export function sha256OfFile(path: string): string {
  const hash = createHash('sha256');
  const descriptor = openSync(path, 'r');
  try {
    const block = Buffer.alloc(1 << 20);
    for (;;) {
      const read = readSync(descriptor, block);
      if (read === 0) return hash.digest('hex');
      hash.update(block.subarray(0, read));
    }
  } finally {
    closeQuietly(descriptor);
  }
}
