import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { StartMode } from '../checkpoints/run-folder.ts';
import { launchWorkers } from '../cluster/launcher.ts';
import type { Run } from '../config/run.ts';
import { toYaml } from '../config/run-file.ts';
import { InputError, RunError } from '../support/errors.ts';
import { writeFileAtomic } from '../support/files.ts';
import { attnCommand } from '../support/program.ts';
import type { FinishInfo } from '../training/events.ts';

export interface WorkersOptions {
  readonly start: StartMode;
  /** The file for the run's options, which the workers read. */
  readonly config: string;
  readonly signal: AbortSignal;
  /** Gets what the workers report, line by line. */
  readonly say: (text: string) => void;
}

/**
 * Trains one model with workers on this machine, each a process of its own.
 * @returns why it stopped
 * @throws InputError for bad input, RunError for a failed training, in the words of the worker that failed
 */
export async function trainByWorkers(
  run: Run,
  { start, config, signal, say }: WorkersOptions,
): Promise<FinishInfo['reason']> {
  writeFileAtomic(config, toYaml(run));
  // an error is thrown instead of said: its first line, and the indented ones after it
  let failure: string[] = [];
  const messages = linesTo((line) => {
    if (line.startsWith('attn: ')) failure = [line.slice('attn: '.length)];
    else if (failure.length > 0 && line.startsWith('  ')) failure.push(line.trim());
    else say(line);
  });
  let reason: FinishInfo['reason'] | undefined;
  const results = linesTo((line) => {
    reason = (JSON.parse(line) as FinishInfo).reason;
  });
  const mode = { new: [], resume: ['--resume'], overwrite: ['--overwrite'] }[start];
  const command = [...attnCommand(), 'train', config, ...mode, '--json'];
  const code = await launchWorkers({
    ...{ command, workers: run.workers, signal },
    ...{ stdout: results.input, stderr: messages.input },
  });
  await Promise.all([results.end(), messages.end()]);
  if (reason !== undefined) return reason;
  if (signal.aborted) return 'interrupted';
  const [problem = `the workers ended with exit code ${code}`, ...remedy] = failure;
  const details = { where: run.out, ...(remedy.length > 0 && { remedy: remedy.join('\n  ') }) };
  const own = problem.replace(`${run.out}: `, '');
  throw code === 2 ? new InputError(own, details) : new RunError(own, details);
}

function linesTo(take: (line: string) => void): { readonly input: PassThrough; end(): Promise<void> } {
  const input = new PassThrough();
  const lines = createInterface({ input }).on('line', take);
  const closed = new Promise<void>((resolve) => lines.once('close', resolve));
  return {
    input,
    end: () => {
      input.end();
      return closed;
    },
  };
}
