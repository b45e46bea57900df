import { AttnError, RunError, systemCode } from './errors.ts';

/** How the system reports that a resource is exhausted, and what to do about it. */
const limits: readonly { readonly sign: RegExp; readonly message: string; readonly remedy: string }[] = [
  {
    sign: /^(EMFILE|ENFILE)\b/,
    message: 'the system does not let this process open more files',
    remedy: 'allow more, then run the same command again: ulimit -n 1024',
  },
  {
    sign: /^ENOMEM\b|Array buffer allocation failed|Out of memory|could not allocate memory|Cannot allocate Wasm memory/i,
    message: 'there is not enough memory',
    remedy:
      'give it more (ulimit -v unlimited if a limit is set: WebAssembly reserves about 10 GB of addresses), or use smaller batches',
  },
  {
    sign: /^(ENOSPC|EDQUOT)\b/,
    message: 'the disk is full',
    remedy: 'free some space, then run the same command again',
  },
];

/**
 * A system error or limit in words for the user, so that it is not mistaken for a bug in attn; undefined for any other
 * error. Errors that already explain themselves pass through.
 * @param where what it was about, if the error does not say
 */
export function systemFailure(error: unknown, where?: string): AttnError | undefined {
  if (error instanceof AttnError) return error;
  if (!(error instanceof Error)) return undefined;
  const { path } = error as NodeJS.ErrnoException;
  const place = where ?? path;
  const details = { ...(place !== undefined && { where: place }), cause: error };
  const code = systemCode(error);
  const limit = limits.find(({ sign }) => sign.test(`${code} ${error.message}`) || sign.test(error.message));
  if (limit) return new RunError(limit.message, { ...details, remedy: limit.remedy });
  // Node's own codes (ERR_...) mean a wrong call: our bug
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return undefined;
  const { syscall } = error as NodeJS.ErrnoException;
  return new RunError(`the system says ${code}${syscall ? ` to ${syscall}` : ''}`, {
    ...details,
    remedy: 'check that it exists, is accessible and has free space',
  });
}
