import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command that starts `attn` as a separate process: from `dist/` when installed, from the sources in tests. */
export function attnCommand(): readonly string[] {
  if (!import.meta.url.endsWith('.ts')) {
    return [process.execPath, fileURLToPath(new URL('../../scripts/attn.mjs', import.meta.url))];
  }
  const entry = new URL('../cli/process.ts', import.meta.url).href;
  const start = `import('${entry}').then(({ runProcess }) => runProcess(process.argv.slice(1)))`;
  return [process.execPath, '--import', import.meta.resolve('tsx'), '--eval', start, '--'];
}

/**
 * How the user called the program: in a checkout or a project that depends on it, `attn` is available only through
 * `npx`.
 */
function calledAs(): string {
  const name = basename(process.argv[1] ?? '');
  return name === 'attn.mjs' || (name === 'attn' && process.env.npm_command === 'exec') ? 'npx attn' : 'attn';
}

/** The first word of every command. */
const commandWords =
  'COMMAND|demo|setup|doctor|data|vocab|prepare|train|eval|translate|compare|sweep|score|self-attention|export|average|gradcheck|bench|help';
const hints = new RegExp(`(?<![\\w/.-]|npx )attn (?=(?:${commandWords})\\b)`, 'g');

/** Makes the commands in a hint typeable for this user: `attn train` is `npx attn train` in a checkout. */
export function asCalled(text: string): string {
  const name = calledAs();
  return name === 'attn' ? text : text.replace(hints, `${name} `);
}
