import { readFileSync, writeFileSync } from 'node:fs';
import { loadTensors, saveTensors } from '../../src/checkpoints/safetensors.ts';
import type { HostTensor } from '../../src/tensor/session.ts';

/** Rewrites a checkpoint, like somebody who changes it on purpose: other metadata or values, no checksum. */
export function editCheckpoint(
  path: string,
  changes: Readonly<Record<string, string | undefined>>,
  value?: number,
): void {
  const { tensors, metadata } = loadTensors(path);
  const [[name, first]] = Object.entries(tensors) as [[string, HostTensor]];
  const data = first.data.slice();
  if (value !== undefined) data[1] = value;
  const { sha256: _, ...kept } = metadata;
  const edited = Object.entries({ ...kept, ...changes }).filter(([, text]) => text !== undefined);
  saveTensors(path, { ...tensors, [name]: { ...first, data } }, Object.fromEntries(edited) as Record<string, string>);
  const bytes = readFileSync(path);
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, end).toString());
  delete header.__metadata__.sha256;
  writeFileSync(
    path,
    Buffer.concat([bytes.subarray(0, 8), Buffer.from(JSON.stringify(header).padEnd(end - 8)), bytes.subarray(end)]),
  );
}
