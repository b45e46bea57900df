// Checks the commands in README.md, docs/ and the shell scripts under scripts/: every `attn ...` and `npm run ...` line
// of a script or of a shell block must name a command and flags that exist. Run by `npm run check`; other files can be
// named as arguments.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parseCall } from '../src/cli/command.ts';
import { findCommand } from '../src/cli/main.ts';

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const named = process.argv.slice(2);
const files =
  named.length > 0
    ? named
    : ['README.md', ...filesUnder('docs', '.md'), ...filesUnder('scripts', '.sh')].filter(existsSync);
let checked = 0;
let wrong = 0;
for (const file of files) {
  for (const { line, words } of shellCommands(readFileSync(file, 'utf8'), file.endsWith('.sh') ? 'sh' : undefined)) {
    checked++;
    const fault = await faultOf(words);
    if (fault === undefined) continue;
    wrong++;
    console.error(`${file}:${line}: ${words.join(' ')}\n  ${fault}`);
  }
}
console.error(`docs: ${checked} commands in ${files.length} files, ${wrong} wrong`);
process.exitCode = wrong > 0 ? 1 : 0;

function filesUnder(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort();
}

/**
 * The calls of attn and npm scripts in a document's shell blocks, as words, each with its first line number.
 * @param fence the language at the start of the text: `sh` for a script, which is all shell
 */
function shellCommands(text, fence) {
  const found = [];
  let pending;
  text.split('\n').forEach((line, i) => {
    const mark = /^\s*(```+|~~~+)\s*(\w*)/.exec(line);
    if (mark) {
      fence = fence === undefined ? mark[2] : undefined;
      pending = undefined;
      return;
    }
    if (!['', 'sh', 'bash', 'shell', 'console'].includes(fence)) return;
    pending ??= { line: i + 1, text: '' };
    pending.text += line.replace(/\\$/, '');
    if (line.endsWith('\\')) return;
    for (const words of callsIn(pending.text)) found.push({ line: pending.line, words });
    pending = undefined;
  });
  return found;
}

/** Splits a shell line at pipes and separators, without redirections, prompts and comments. */
function callsIn(line) {
  const calls = [[]];
  for (const [token] of line.matchAll(/#.*$|&&|\|\||[|;]|\d?[<>]+\s*\S+|(?:"[^"]*"|'[^']*'|[^\s"'|;<>&])+/g)) {
    if (token.startsWith('#')) break;
    if (/^[<>]|^\d[<>]/.test(token)) continue;
    if (/^(&&|\|\||[|;])$/.test(token)) calls.push([]);
    else if (token !== '"$@"') calls.at(-1).push(token.replace(/["']/g, '').replace(/^\$\w+$/, '1')); // a variable: any value
  }
  return calls
    .map((words) => words.slice(words.findIndex((word) => word !== '$' && !/^[A-Z_]+=/.test(word))))
    .map((words) => (words[0] === 'npx' ? words.slice(1) : words))
    .filter(([first, second]) => first === 'attn' || (first === 'npm' && ['run', 'test'].includes(second)));
}

/** The problem with a call, or undefined. */
async function faultOf([program, ...words]) {
  if (program === 'npm') {
    const script = words[0] === 'test' ? 'test' : words[1];
    if (!(script in scripts)) return `package.json has no script ${script}`;
    if (script !== 'bench') return undefined;
    const name = words.slice(2).find((word) => !word.startsWith('-'));
    return name && existsSync(`bench/${name}.ts`) ? undefined : `there is no benchmark ${name}`;
  }
  if (words.length === 0 || ['--help', '--version', 'help'].includes(words[0])) return undefined;
  const entry = findCommand(words);
  if (entry === undefined) return `there is no command ${words[0]}`;
  try {
    // without the options of models that a command would look up
    parseCall({ ...(await entry.load()), recall: undefined }, words.slice(entry.name.split(' ').length));
  } catch (error) {
    // the files that a document mentions need not exist here
    return error.problem === 'no such file' ? undefined : error.message;
  }
}
