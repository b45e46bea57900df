import type { Random } from '../../src/support/random.ts';

/** Makes a small change to a valid file; the same random numbers make the same change. */
export type Mutator = (random: Random, valid: Uint8Array) => Uint8Array;

/** Numbers that are likely to break length fields and offsets. */
const oddIntegers = [
  0n,
  1n,
  2n,
  127n,
  128n,
  255n,
  65535n,
  65536n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];

const oddNumbers = [
  '0',
  '-1',
  '1e9',
  '1e308',
  '1e999',
  '-0',
  '0.1',
  '4294967296',
  '9007199254740993',
  'NaN',
  'Infinity',
  '0x10',
  '1_000',
  '',
];

const oddTexts = [
  '',
  ' ',
  '\t',
  '\t\t\t',
  '\r',
  '\r\n\r\n',
  '\0',
  '\ufeff',
  '\u2028',
  '\u0085',
  '\u200b',
  '\u00a0',
  '\u202e',
  '\u{1f468}\u200d\u{1f469}',
  '\u0301',
  '\u001b[2J',
  '__proto__',
  'constructor',
  'null',
  '~',
  '&a',
  '*a',
  '!!js/function x',
  '- ',
  '? ',
  ': ',
  '{',
  '[',
  '"',
  "'",
  '%',
  '|',
  '>',
  '#',
  '1-',
  '0?0',
  '0-99999999999',
  '/',
  '../..',
  '\\',
  '<s>',
  '</s>',
  '<unk>',
  '▁',
  '<0x00>',
  'true',
  '..',
  'a'.repeat(3000),
  '▁'.repeat(3000),
  '1 '.repeat(2000),
  '['.repeat(4000),
];

/** One to four changes of bytes. */
export const mutateBytes: Mutator = (random, valid) => {
  let bytes = Buffer.from(valid);
  for (let changes = 1 + random.integer(4); changes > 0; changes--) bytes = changeBytes(random, bytes);
  return bytes;
};

function changeBytes(random: Random, bytes: Buffer): Buffer<ArrayBuffer> {
  const at = random.integer(bytes.length + 1);
  const count = Math.min(bytes.length - at, 1 + random.integer(random.choice([2, 16, 256])));
  const part = bytes.subarray(at, at + count);
  const around = (middle: Uint8Array, skip = 0) =>
    Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(at + skip)]);
  switch (random.integer(8)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] as number) ^ (1 << random.integer(8));
      return flipped;
    }
    case 1:
      return Buffer.from(bytes.subarray(0, at));
    case 2:
      return around(new Uint8Array(), count);
    case 3:
      return around(part);
    case 4:
      return around(
        Uint8Array.from({ length: count }, () => random.integer(256)),
        count,
      );
    case 5:
      return around(Buffer.from(random.choice(oddTexts)));
    case 6: {
      const from = random.integer(bytes.length + 1);
      return around(bytes.subarray(from, from + count), random.integer(2) * count);
    }
    default: {
      const size = random.choice([1, 2, 4, 8]);
      const field = Buffer.alloc(8);
      field.writeBigUInt64LE(BigInt.asUintN(64, random.choice(oddIntegers)));
      return around(field.subarray(0, size), Math.min(size, bytes.length - at));
    }
  }
}

/** One to four changes of lines, words and numbers; sometimes of bytes. */
export const mutateText: Mutator = (random, valid) => {
  if (random.integer(4) === 0) return mutateBytes(random, valid);
  let text = Buffer.from(valid).toString('utf8');
  for (let changes = 1 + random.integer(4); changes > 0; changes--) text = changeText(random, text);
  return Buffer.from(text, 'utf8');
};

function changeText(random: Random, text: string): string {
  const lines = text.split('\n');
  const line = random.integer(lines.length);
  const words = (lines[line] as string).split(/(\s+|[:,=-])/);
  const word = random.integer(words.length);
  const withWord = (value: string) => {
    words[word] = value;
    lines[line] = words.join('');
    return lines.join('\n');
  };
  switch (random.integer(9)) {
    case 0:
      lines.splice(line, 1);
      return lines.join('\n');
    case 1:
      lines.splice(line, 0, ...Array.from({ length: random.choice([1, 2, 500]) }, () => lines[line] as string));
      return lines.join('\n');
    case 2:
      lines.splice(line, 0, random.choice(oddTexts));
      return lines.join('\n');
    case 3:
      return withWord(random.choice(oddTexts));
    case 4:
      return withWord(random.choice(oddNumbers));
    case 5:
      return withWord((words[word] as string).repeat(random.choice([2, 3, 1000])));
    case 6: {
      const numbers = [...text.matchAll(/-?\d+(\.\d+)?/g)];
      if (numbers.length === 0) return text;
      const { index, 0: number } = random.choice(numbers);
      return text.slice(0, index) + random.choice(oddNumbers) + text.slice(index + number.length);
    }
    case 7:
      return text.slice(0, random.integer(text.length + 1));
    default:
      return text.replaceAll(
        random.choice([' ', '\t', '\n', ':']),
        random.choice(['', '\t', ' ', '\r\n', '\u00a0', ',']),
      );
  }
}

/** Replaces one to three values of a JSON document; sometimes changes its text. */
export const mutateJson: Mutator = (random, valid) => {
  if (random.integer(5) === 0) return mutateText(random, valid);
  let value: unknown = JSON.parse(Buffer.from(valid).toString('utf8'));
  for (let changes = 1 + random.integer(3); changes > 0; changes--) value = changeJson(random, value);
  return Buffer.from(JSON.stringify(value) ?? '');
};

/** A change somewhere in a JSON value. Texts that contain JSON are changed inside as well. */
export function changeJson(random: Random, value: unknown): unknown {
  const isNode = typeof value === 'object' && value !== null;
  if (!isNode || random.integer(8) === 0)
    return typeof value === 'string' ? changeString(random, value) : oddValue(random, value);
  if (Array.isArray(value)) {
    const copy = [...value];
    const at = random.integer(copy.length + 1);
    if (at === copy.length) copy.push(oddValue(random, copy[0]));
    else if (random.integer(4) === 0) copy.splice(at, 1);
    else copy[at] = changeJson(random, copy[at]);
    return copy;
  }
  const copy: Record<string, unknown> = { ...value };
  const keys = Object.keys(copy);
  if (keys.length === 0) return { [random.choice(oddTexts)]: 1 };
  const key = random.choice(keys);
  if (random.integer(6) === 0) delete copy[key];
  else if (random.integer(8) === 0) copy[random.choice(oddTexts)] = copy[key];
  else copy[key] = changeJson(random, copy[key]);
  return copy;
}

function changeString(random: Random, text: string): unknown {
  if (/^[[{]/.test(text) && random.integer(4) > 0) {
    try {
      return JSON.stringify(changeJson(random, JSON.parse(text)));
    } catch {}
  }
  return random.integer(3) === 0 ? oddValue(random, text) : changeText(random, text);
}

function oddValue(random: Random, before: unknown): unknown {
  const odd: unknown[] = [
    null,
    true,
    '',
    [],
    {},
    -1,
    0,
    0.5,
    1e9,
    1e15,
    2 ** 53,
    1e308,
    [before],
    { a: before },
    [[[[]]]],
    random.choice(oddTexts),
    random.choice(oddNumbers),
    typeof before === 'number' ? before + random.choice([-1, 1, 0.5, 1e6]) : before,
    // many of what is small: an input rarely exceeds the 100 kB for which the limits are fixed
    Array.from({ length: isSmall(before) ? 1000 : 5 }, () => before),
  ];
  return random.choice(odd);
}

function isSmall(value: unknown): boolean {
  return typeof value === 'string' ? value.length < 50 : typeof value !== 'object' || value === null;
}
