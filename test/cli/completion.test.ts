import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { commands } from '../../src/cli/commands/index.ts';
import { attn } from '../helpers/command.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-completion-'));
before(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await attn('completion', shell);
    assert.equal(code, 0);
    writeFileSync(join(scratch, shell), out);
  }
});
after(() => rmSync(scratch, { recursive: true, force: true }));

/** What each shell offers after some words, the last of which is incomplete; files are `FILES`. */
const shells: Record<string, (words: readonly string[]) => string[]> = {
  bash(words) {
    const script = `. ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _attn; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run('bash', ['-c', script, 'bash', 'attn', ...words]);
  },
  // functions that zsh's completion system has only at a prompt
  zsh(words) {
    const script = `compdef() { :; }; _files() { print FILES; }; compadd() { shift; print -l -- "$@"; }
      _describe() { print -l -- "\${(@P)2}"; }; . ./zsh; words=("$@"); CURRENT=$#; _attn`;
    const current = words.at(-1) ?? '';
    return run('zsh', ['-f', '-c', script, 'zsh', 'attn', ...words])
      .map((line) => line.replace(/(?<!\\):.*/, ''))
      .filter((line) => line.startsWith(current) || line === 'FILES');
  },
  fish(words) {
    const script = `source ./fish; complete -C "$argv"`;
    return run('fish', ['--no-config', '-c', script, ['attn', ...words].join(' ')]).map((line) =>
      line.replace(/\t.*/, ''),
    );
  },
};

function run(program: string, words: readonly string[]): string[] {
  const { stdout, stderr, error } = spawnSync(program, words, { cwd: scratch, encoding: 'utf8' });
  assert.equal(error, undefined);
  assert.equal(stderr, '');
  return stdout.split('\n').filter((line) => line !== '');
}

for (const [shell, complete] of Object.entries(shells)) {
  const skip = spawnSync(shell, ['--version']).error ? `${shell} is not installed` : false;
  test(`${shell} completes commands, options, their values and shells`, { skip }, () => {
    const firsts = [...new Set(commands.map(({ name }) => name.split(' ')[0]))];
    for (const name of firsts) assert.ok(complete(['']).includes(name ?? ''), name);
    assert.deepEqual(complete(['tr']).sort(), ['train', 'translate']);
    assert.deepEqual(complete(['data', 's']).sort(), ['split', 'stats']);
    assert.deepEqual(complete(['vocab', 'en']), ['encode']);
    assert.deepEqual(complete(['vocab', '--sh']), ['--shared']);
    assert.deepEqual(complete(['data', 'split', '--dev']).sort(), ['--dev-lines', '--dev-size']);
    assert.deepEqual(complete(['train', '--score', 'con']), ['concat']);
    assert.deepEqual(complete(['train', '--preset', 'de']), ['demo']);
    assert.deepEqual(complete(['train', '--no-bi']), ['--no-bidirectional']);
    assert.ok(!complete(['train', '--']).includes('--corpus'));
    assert.deepEqual(complete(['completion', 'f']), ['fish']);
  });
}

test('every flag in the help of a command is in each script', async () => {
  const { out } = await attn('train', '--help');
  const flags = [...out.matchAll(/^ {2}(?:-h, )?(--[a-z-]+)/gm)].map(([, flag]) => flag ?? '');
  assert.ok(flags.length > 40);
  const { out: bash } = await attn('completion', 'bash');
  const line = bash.split('\n').find((one) => one.includes("'train':*:-*")) ?? '';
  for (const flag of flags) assert.ok(line.includes(flag), flag);
});

test('an unknown shell is rejected with a list of the known ones', async () => {
  const { code, err } = await attn('completion', 'zhs');
  assert.equal(code, 2);
  assert.match(err, /there is no completion for 'zhs'\n.*bash, zsh, fish/);
});
