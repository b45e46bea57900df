import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The words that start `attn` in a process of its own: from `dist/` as a user has it, from the sources as tests run them. */
export function attnCommand(): readonly string[] {
  if (!import.meta.url.endsWith('.ts')) {
    return [process.execPath, fileURLToPath(new URL('../../scripts/attn.mjs', import.meta.url))];
  }
  const entry = new URL('../cli/process.ts', import.meta.url).href;
  const start = `import('${entry}').then(({ runProcess }) => runProcess(process.argv.slice(1)))`;
  return [process.execPath, '--import', import.meta.resolve('tsx'), '--eval', start, '--'];
}

/** How a person called the program: a checkout and a project that depends on it have `attn` by `npx` alone. */
function calledAs(): string {
  const name = basename(process.argv[1] ?? '');
  return name === 'attn.mjs' || (name === 'attn' && process.env.npm_command === 'exec') ? 'npx attn' : 'attn';
}

/** The first word of every command. */
const commandWords =
  'COMMAND|demo|setup|doctor|data|vocab|prepare|train|eval|translate|compare|sweep|score|self-attention|export|average|gradcheck|bench|help';
const hints = new RegExp(`(?<![\\w/.-]|npx )attn (?=(?:${commandWords})\\b)`, 'g');

/** A hint's commands as this person can type them: `attn train` is `npx attn train` in a checkout. */
export function asCalled(text: string): string {
  const name = calledAs();
  return name === 'attn' ? text : text.replace(hints, `${name} `);
}
