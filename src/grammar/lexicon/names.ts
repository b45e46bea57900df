import { table } from './tables.ts';

export const menNames = table('names', 'menNames').trim().split(/\s+/);
export const womenNames = table('names', 'womenNames').trim().split(/\s+/);
