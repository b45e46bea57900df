import { createRequire } from 'node:module';
import { convertRemedy, NOT_UTF8 } from '../support/encoding.ts';
import { InputError } from '../support/errors.ts';
import { readWhole } from '../support/file-failures.ts';

/** A YAML file that holds a mapping, and the lines of its parts. */
export interface YamlFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** `sweep.yaml:7`: the line of the part at these keys (`'runs', 2, 'score'`), or of the nearest enclosing part. */
  where(...keys: readonly (string | number)[]): string;
}

/** What is wrong with a YAML file, in words for people who do not program with its parser. */
function inPlainWords({ code, message, pos }: import('yaml').YAMLParseError, text: string): string {
  if (code === 'MULTIPLE_DOCS') return 'there is a second document (---): a file may hold only one';
  if (code === 'DUPLICATE_KEY') {
    const key = /^["']?([^:"'\n]*)/.exec(text.slice(pos[0]))?.[1]?.trim();
    return `${key} occurs twice: remove one`;
  }
  if (code === 'TAB_AS_INDENT') return 'indent with spaces, not with tabs';
  return (message.split('\n')[0] ?? 'not YAML').replace(/ at line \d+, column \d+:?$/, '');
}

/** Reads a YAML file. @throws InputError with file and line if it is not YAML, or not a mapping */
export function readYamlFile(path: string, remedy: string): YamlFile {
  const text = readText(path, remedy);
  // loaded here, so that commands without a config file start faster
  const { isMap, isScalar, isSeq, isNode, LineCounter, parseDocument } = createRequire(import.meta.url)(
    'yaml',
  ) as typeof import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset: number) => `${path}:${lines.linePos(offset).line}`;
  const first = document.errors[0];
  if (first) throw new InputError(inPlainWords(first, text), { where: lineAt(first.pos[0]), remedy });
  if (!isMap(document.contents) && document.contents !== null) {
    throw new InputError('must be a mapping of option names to values', {
      where: path,
      remedy: 'a line has a name, a colon, a space and a value: hidden: 128',
    });
  }
  const where = (...keys: readonly (string | number)[]): string => {
    let node: unknown = document.contents;
    let place = `${path}:1`;
    for (const key of keys) {
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
        if (pair === undefined) break;
        if (isScalar(pair.key) && pair.key.range) place = lineAt(pair.key.range[0]);
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(key)];
        if (isNode(node) && node.range) place = lineAt(node.range[0]);
      }
    }
    return place;
  };
  try {
    return { values: (document.toJS() ?? {}) as Record<string, unknown>, where };
  } catch (error) {
    // an alias of nothing, or one that expands enough to fill memory
    throw new InputError(error instanceof Error ? error.message : 'not YAML', { where: path, cause: error });
  }
}

function readText(path: string, remedy: string): string {
  const bytes = readWhole(path, remedy);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    // PowerShell's `>` writes UTF-16
    const mark = bytes.subarray(0, 2).toString('hex');
    const encoding = mark === 'fffe' || mark === 'feff' ? 'UTF-16' : 'CP1252';
    throw new InputError(NOT_UTF8, { where: path, remedy: convertRemedy(path, encoding), cause: error });
  }
}
