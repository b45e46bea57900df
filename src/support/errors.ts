/**
 * An error that a person caused and can fix. It tells what was wrong, where, and what to do, without a stack trace
 * (except with `--debug`). `InputError` ends the program with code 2 (a wrong call or bad input), `RunError` with code
 * 1.
 */
export class AttnError extends Error {
  readonly exitCode: number;
  /** What was wrong, without where; `message` contains both, for programs that show nothing else. */
  readonly problem: string;
  readonly where: string | undefined;
  readonly remedy: string | undefined;

  constructor(exitCode: number, problem: string, details: ErrorDetails = {}) {
    super(details.where === undefined ? problem : `${details.where}: ${problem}`, { cause: details.cause });
    this.exitCode = exitCode;
    this.problem = problem;
    this.where = details.where;
    this.remedy = details.remedy;
  }

  /** The message, then the remedy on its own line. */
  describe(): string {
    return this.remedy === undefined ? this.message : `${this.message}\n  ${this.remedy}`;
  }
}

/** Where it happened (`file:line`, an option), what to do about it, and the underlying error. */
export interface ErrorDetails {
  readonly where?: string;
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** A wrong call or bad input: exit code 2. */
export class InputError extends AttnError {
  override readonly name = 'InputError';
  constructor(message: string, details: ErrorDetails = {}) {
    super(2, message, details);
  }
}

/** A run that failed for a reason outside its input (a full disk, a numeric overflow): exit code 1. */
export class RunError extends AttnError {
  override readonly name = 'RunError';
  constructor(message: string, details: ErrorDetails = {}) {
    super(1, message, details);
  }
}

/** Work that failed in another process, which has reported why. */
export class AlreadySaid extends AttnError {
  override readonly name = 'AlreadySaid';
  constructor(exitCode: number) {
    super(exitCode, 'another process has failed');
  }
}

/** The `code` of a Node system error (`ENOENT`, `ENOSPC`), or undefined for any other value. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
