/**
 * SentencePiece's "precompiled charsmap": the replacements that a model file applies to a text before segmentation, as
 * a double-array trie over UTF-8 bytes and the strings it points to. Because they are in the file, attn,
 * sentencepiece-js and the C++ sentencepiece all apply the same ones.
 *
 * Layout: uint32 size of the trie in bytes, the trie's units (uint32, little-endian), the replacements, each terminated
 * by a zero byte. The units are darts-clone's: bits 0-7 the label, bit 8 whether a key ends below it, bits 10-30 the
 * XOR distance to its children (bit 9: times 256); bit 31 marks a value. Source: sentencepiece's normalizer.cc and
 * builder.cc; https://github.com/s-yata/darts-clone
 */
export interface Charsmap {
  /** Replaces from left to right, at each position the longest key that starts there; other characters stay. */
  replace(text: string): string;
}

const VALUE_FLAG = 0x80000000;
const KEY_ENDS_BELOW = 1 << 8;
/** The children of a unit are in the same block of this many units as its base. */
const BLOCK = 256;
/** SentencePiece rejects a trie with fewer units. */
const LEAST_UNITS = 512;
/** How far back to search for free units: gaps further back are too small for most nodes. */
const SEARCHED_UNITS = BLOCK;

interface TrieNode {
  readonly children: Map<number, TrieNode>;
  /** The offset of the replacement among the strings; undefined if no key ends here. */
  value?: number;
}

/**
 * The bytes of a charsmap with these replacements (keys are not empty and contain no zero character); empty without
 * rules.
 */
export function compileCharsmap(rules: ReadonlyMap<string, string>): Uint8Array {
  if (rules.size === 0) return new Uint8Array();
  const root: TrieNode = { children: new Map() };
  const offsets = new Map<string, number>();
  const strings: Buffer[] = [];
  let length = 0;
  for (const [key, replacement] of rules) {
    let offset = offsets.get(replacement);
    if (offset === undefined) {
      const bytes = Buffer.from(`${replacement}\0`, 'utf8');
      offset = length;
      offsets.set(replacement, offset);
      strings.push(bytes);
      length += bytes.length;
    }
    let node = root;
    for (const byte of Buffer.from(key, 'utf8')) {
      let child = node.children.get(byte);
      if (child === undefined) {
        child = { children: new Map() };
        node.children.set(byte, child);
      }
      node = child;
    }
    node.value = offset;
  }
  const units = layOut(root);
  const trie = Buffer.alloc(4 + units.length * 4);
  trie.writeUInt32LE(units.length * 4);
  units.forEach((unit, i) => {
    trie.writeUInt32LE(unit, 4 + i * 4);
  });
  return Buffer.concat([trie, ...strings]);
}

/** The trie as double-array units: each node gets the first base at which all its children's units are free. */
function layOut(root: TrieNode): number[] {
  const units: (number | undefined)[] = [0];
  const takenBases = new Set<number>([0]);
  let firstFree = 1;
  const waiting: { readonly node: TrieNode; readonly at: number }[] = [{ node: root, at: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, at } = next;
    const labels = [...node.children.keys()].sort((a, b) => a - b);
    if (node.value !== undefined) labels.unshift(0);
    const firstLabel = labels[0];
    if (firstLabel === undefined) continue;
    while (units[firstFree] !== undefined) firstFree++;
    let base = 0;
    for (let slot = Math.max(firstFree, units.length - SEARCHED_UNITS); ; slot++) {
      base = slot ^ firstLabel;
      if (!takenBases.has(base) && labels.every((label) => units[base ^ label] === undefined)) break;
    }
    takenBases.add(base);
    units[at] = ((units[at] ?? 0) | ((at ^ base) << 10) | (node.value === undefined ? 0 : KEY_ENDS_BELOW)) >>> 0;
    if (node.value !== undefined) units[base] = (VALUE_FLAG | node.value) >>> 0;
    for (const [label, child] of node.children) {
      units[base ^ label] = label;
      waiting.push({ node: child, at: base ^ label });
    }
  }
  const size = Math.max(LEAST_UNITS, Math.ceil(units.length / BLOCK) * BLOCK);
  // A free unit becomes a value, whose label equals no byte, so no search can enter it.
  return Array.from({ length: size }, (_, i) => units[i] ?? VALUE_FLAG);
}

/**
 * Reads a charsmap; no bytes at all mean the identity.
 * @throws RangeError if the sizes in it do not fit
 */
export function readCharsmap(bytes: Uint8Array): Charsmap {
  if (bytes.length === 0) return { replace: (text) => text };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const trieBytes = bytes.length < 4 ? 0 : view.getUint32(0, true);
  if (trieBytes < BLOCK * 4 || trieBytes % (BLOCK * 4) !== 0 || 4 + trieBytes >= bytes.length) {
    throw new RangeError('the normalisation table is damaged');
  }
  const units = new Uint32Array(trieBytes / 4).map((_, i) => view.getUint32(4 + i * 4, true));
  const strings = bytes.subarray(4 + trieBytes);
  return { replace: (text) => replaceAll(text, units, strings) };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function replaceAll(text: string, units: Uint32Array, strings: Uint8Array): string {
  const input = encoder.encode(text);
  const output: Uint8Array[] = [];
  let kept = 0;
  for (let at = 0; at < input.length; ) {
    const match = longestKey(units, input, at);
    if (match === undefined) {
      at += characterLength(input[at] ?? 0);
      continue;
    }
    output.push(input.subarray(kept, at), strings.subarray(match.value, strings.indexOf(0, match.value)));
    at += match.length;
    kept = at;
  }
  if (kept === 0) return text;
  output.push(input.subarray(kept));
  const whole = new Uint8Array(output.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of output) {
    whole.set(part, end);
    end += part.length;
  }
  return decoder.decode(whole);
}

function longestKey(
  units: Uint32Array,
  input: Uint8Array,
  start: number,
): { length: number; value: number } | undefined {
  let longest: { length: number; value: number } | undefined;
  let position = baseOf(units[0] ?? 0);
  for (let at = start; at < input.length; at++) {
    const byte = input[at] ?? 0;
    position ^= byte;
    const unit = units[position] ?? VALUE_FLAG;
    if ((unit & 0x800000ff) >>> 0 !== byte) break;
    position ^= baseOf(unit);
    if ((unit & KEY_ENDS_BELOW) !== 0) {
      longest = { length: at + 1 - start, value: (units[position] ?? 0) & 0x7fffffff };
    }
  }
  return longest;
}

function baseOf(unit: number): number {
  return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
}

function characterLength(firstByte: number): number {
  return firstByte < 0x80 ? 1 : firstByte < 0xe0 ? 2 : firstByte < 0xf0 ? 3 : 4;
}
