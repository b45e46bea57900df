import type { z } from 'zod';

/** The first problem with a value, and where it is: `runs.0.name: must be a text`. */
export function firstIssue({ issues: [first] }: z.ZodError): string {
  if (first === undefined) return 'not valid';
  return [...(first.path.length > 0 ? [first.path.join('.')] : []), inPlainWords(first)].join(': ');
}

/** A zod issue in words for people who write options and files, not schemas. */
export function inPlainWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.message.endsWith('received undefined')) return 'is missing';
      return `must be ${typeNames[issue.expected] ?? `a ${issue.expected}`}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'array'
        ? 'is empty'
        : `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    default:
      return issue.message.replace(/^Invalid input: /, '');
  }
}

/** zod types whose names need explaining. */
const typeNames: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  int: 'a whole number',
  array: 'a list',
  string: 'a text',
  object: 'an object',
  record: 'an object',
};
