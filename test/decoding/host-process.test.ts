import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder, writeToyRun } from './toy-run.ts';

const scratch = scratchFolder();

test('a program that translates keeps its own handling of unhandled rejections and uncaught errors', async () => {
  const run = await writeToyRun(join(scratch, 'run'));
  const translator = new URL('../../src/decoding/translator.ts', import.meta.url).href;
  const program = `
    const seen = [];
    const events = ['uncaughtException', 'unhandledRejection'];
    for (const event of events) process.on(event, (error) => seen.push(event + ' ' + error.message));
    const { loadTranslator } = await import(${JSON.stringify(translator)});
    const translator = await loadTranslator(${JSON.stringify(run)}, { backend: 'wasm', threads: 1 });
    await translator.translate(['la casa']);
    await translator.close();
    Promise.reject(new Error('one'));
    setTimeout(() => { throw new Error('two'); }, 20);
    setTimeout(() => console.log(JSON.stringify({ seen, listeners: events.map((event) => process.listenerCount(event)) })), 50);
  `;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), {
    seen: ['unhandledRejection one', 'uncaughtException two'],
    listeners: [1, 1],
  });
});
