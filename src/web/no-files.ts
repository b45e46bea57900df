/** Stands in for Node's `fs`, `url` and `module` where sentencepiece-js asks for them. The only file is the one put here. */
export const held: { bytes: Uint8Array } = { bytes: new Uint8Array() };

/** The bytes that are held, under whatever name. */
export function readFileSync(): Uint8Array {
  return held.bytes;
}

/** A browser's own. */
export const { URL } = globalThis;
