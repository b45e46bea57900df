/**
 * An error that a person caused and can mend: said as what was wrong, where, and what to do; never with a stack trace
 * (unless `--debug`). `InputError` ends the program with code 2 (a wrong call or bad input), `RunError` with code 1.
 */
export class AttnError extends Error {
  readonly exitCode: number;
  readonly where: string | undefined;
  readonly remedy: string | undefined;

  constructor(exitCode: number, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.exitCode = exitCode;
    this.where = details.where;
    this.remedy = details.remedy;
  }

  /** `where: message` and the remedy on a line of its own. */
  describe(): string {
    const head = this.where === undefined ? this.message : `${this.where}: ${this.message}`;
    return this.remedy === undefined ? head : `${head}\n  ${this.remedy}`;
  }
}

/** Where it happened (`file:line`, an option), what to do about it, and the error beneath. */
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

/** The `code` of a Node system error (`ENOENT`, `ENOSPC`), or undefined for any other value. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
