import type { Pair } from '../syntax.ts';
import { readPairs } from './pairs.ts';
import { outline, table } from './tables.ts';

/** Where things lie and stand: *sul tavolo*, on the table. */
export const surfaces = readPairs(table('scenes', 'surfaces'));

/** Where animals are found. */
export const haunts = readPairs(table('scenes', 'haunts'));

/** Where buildings and people are found. */
export const districts = readPairs(table('scenes', 'districts'));

/** Where food is kept. */
export const stores = readPairs(table('scenes', 'stores'));

/** Groups of which somebody is the tallest. */
export const groups: readonly (readonly [Pair, kinds: readonly string[]])[] = outline(table('scenes', 'groups')).map(
  ([phrase, kinds]) => [readPairs(phrase)[0] as Pair, kinds.trim().split(' ')],
);

/** Where something is the finest of its kind. */
export const areas = readPairs(table('scenes', 'areas'));

/** How much of a quality. */
export const degrees = readPairs(table('scenes', 'degrees'));

/** Containers and measures, with what they hold: *un bicchiere d'acqua*, a glass of water. */
export const measures = readPairs(table('scenes', 'measures'));

/** The weather, in the tenses it is told in: present, past with a time, future. */
export const weather = readPairs(table('scenes', 'weather'));

export const pastWeather = readPairs(table('scenes', 'pastWeather'));

export const futureWeather = readPairs(table('scenes', 'futureWeather'));

export const badWeatherAhead = readPairs(table('scenes', 'badWeatherAhead'));

export const goodWeatherAhead = readPairs(table('scenes', 'goodWeatherAhead'));
