import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';

/** The command of pip: PYTHON's if set, else any Python 3's, else a standalone pip. */
export function findPip(retry) {
  const { PYTHON } = process.env;
  const modules = (PYTHON ? [PYTHON] : ['python3', 'python']).map((python) => [python, '-m', 'pip']);
  const candidates = PYTHON ? modules : [...modules, ['pip3'], ['pip']];
  for (const words of candidates) {
    const { status, stdout } = spawnSync(words[0], [...words.slice(1), '--version'], { encoding: 'utf8' });
    if (status === 0 && /\(python 3/.test(stdout)) return words;
  }
  const install = process.platform === 'darwin' ? 'brew install python' : 'sudo apt-get install -y python3-pip';
  throw PYTHON
    ? new Problem(`PYTHON=${PYTHON} is not a Python 3 with pip`, `PYTHON=python3 ${retry}`)
    : new Problem('there is no Python 3 with pip, which fetches TensorFlow', `${install} && ${retry}`);
}

/**
 * Lets pip download a wheel into a folder.
 * @param {{project: string, version: string, file: string}} wheel its file name tells for which platforms it is
 * @returns {string} the file's path; pip may have saved a different one
 */
export function downloadWithPip({ project, version, file }, folder, retry) {
  const platforms = file
    .replace(/\.whl$/, '')
    .split('-')
    .at(-1)
    .split('.');
  const pip = findPip(retry);
  const { status, stderr } = spawnSync(
    pip[0],
    [
      ...[...pip.slice(1), 'download', '--no-deps', '--only-binary=:all:'],
      ...['--python-version', '3.13', '--implementation', 'cp', '--abi', 'cp313'],
      ...platforms.flatMap((platform) => ['--platform', platform]),
      ...['--no-cache-dir', '--disable-pip-version-check', '--no-input', '--retries', '2'],
      ...['--dest', folder, `${project}==${version}`],
    ],
    {
      // pip's progress bar is only useful on a terminal
      stdio: ['ignore', process.stderr.isTTY ? 2 : 'ignore', 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: folder, PIP_REQUIRE_VIRTUALENV: '0' },
    },
  );
  const path = join(folder, file);
  if (status === 0 && existsSync(path)) return path;
  throw downloadProblem(project, version, stderr, retry);
}

/**
 * The package index that pip uses: PIP_INDEX_URL's, its configuration's, else its default. Undefined for a standalone
 * pip without one.
 */
export function pipIndex(retry) {
  const pip = findPip(retry);
  const ask = (words) => {
    const { status, stdout } = spawnSync(pip[0], words, { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : '';
  };
  const { PIP_INDEX_URL } = process.env;
  if (PIP_INDEX_URL) return PIP_INDEX_URL;
  const settings = ask([...pip.slice(1), 'config', 'list']);
  const configured = /^(?:download|global)\.index-url='(.*)'$/m.exec(settings)?.[1];
  if (configured || pip[1] !== '-m') return configured;
  return ask(['-c', 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)']) || undefined;
}

function downloadProblem(project, version, stderr, retry) {
  const last = stderr.match(/ERROR: .*/g)?.at(-1) ?? stderr.trim().split('\n').at(-1);
  if (/No space left/.test(stderr)) return new Problem('the disk is full', `free about 1.2 GB, then: ${retry}`);
  return /Retrying|Connection|timed out|name resolution|not known/i.test(stderr)
    ? new Problem(`no connection to the package index that has ${project}`, `connect to the network, then: ${retry}`)
    : new Problem(
        `pip cannot fetch ${project} ${version}: ${last}`,
        `fix that (PIP_INDEX_URL names an index), then: ${retry}`,
      );
}
