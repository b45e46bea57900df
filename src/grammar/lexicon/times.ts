import { englishNumber, englishOrdinal } from '../english/numbers.ts';
import { italianNumber } from '../italian/numbers.ts';
import type { MidAdverb, Pair } from '../syntax.ts';
import { readPairs } from './pairs.ts';
import { table } from './tables.ts';

/** Monday to Sunday; only *domenica* is feminine. */
export const weekdays: readonly Pair[] = readPairs(table('times', 'weekdays'));

export const months: readonly Pair[] = readPairs(table('times', 'months'));

/** *il primo maggio, il tre maggio*; the first of May, the third of May. */
export function date(day: number, month: number): Pair {
  const { italian, english } = months[month - 1] as Pair;
  const article = day === 8 || day === 11 ? "l'" : 'il ';
  return {
    italian: `${article}${day === 1 ? 'primo' : italianNumber(day)} ${italian}`,
    english: `the ${englishOrdinal(day)} of ${english}`,
  };
}

/**
 * The time of day, without a preposition: *le tre e mezza*, half past three; *mezzogiorno*, noon.
 * @param hour 0 to 12; 0 is midnight, 12 noon. @param minute a multiple of 5.
 */
export function clock(hour: number, minute: number): Pair {
  if (minute === 0 && hour % 12 === 0) {
    return hour === 0 ? { italian: 'mezzanotte', english: 'midnight' } : { italian: 'mezzogiorno', english: 'noon' };
  }
  const towards = minute > 30;
  const shown = ((towards ? hour : hour + 11) % 12) + 1;
  const left = towards ? 60 - minute : minute;
  const italianHour = shown === 1 ? "l'una" : `le ${italianNumber(shown)}`;
  if (left === 0) return { italian: italianHour, english: `${englishNumber(shown)} o'clock` };
  const italianLeft = left === 15 ? 'un quarto' : left === 30 ? 'mezza' : italianNumber(left);
  const englishLeft = left === 15 ? 'a quarter' : left === 30 ? 'half' : englishNumber(left);
  return {
    italian: `${italianHour} ${towards ? 'meno' : 'e'} ${italianLeft}`,
    english: `${englishLeft} ${towards ? 'to' : 'past'} ${englishNumber(shown)}`,
  };
}

const inNumber = (numbers: readonly number[], italian: string, english: string): Pair[] =>
  numbers.map((n) => ({
    italian: italian.replace('#', italianNumber(n)),
    english: english.replace('#', englishNumber(n)),
  }));

/** Days in the past: *ieri*, yesterday. */
export const pastDays: readonly Pair[] = [
  ...readPairs(table('times', 'pastDays')),
  ...weekdays.slice(0, 5).map((d) => ({ italian: `${d.italian} scorso`, english: `last ${d.english}` })),
];

/** Days and times of day and weeks in the past. */
export const pastTimes: readonly Pair[] = [...pastDays, ...readPairs(table('times', 'pastTimes'))];

/** So long ago. */
export const pastSpans: readonly Pair[] = [
  ...readPairs(table('times', 'pastSpans')),
  ...inNumber([2, 3], '# ore fa', '# hours ago'),
  ...inNumber([2, 3, 4, 5], '# giorni fa', '# days ago'),
  ...inNumber([2, 3], '# settimane fa', '# weeks ago'),
];

/** Longer ago, for what one seldom does. */
export const farPast: readonly Pair[] = [
  ...readPairs(table('times', 'farPast')),
  ...inNumber([2, 3, 4, 5, 6, 10], '# anni fa', '# years ago'),
  ...[1995, 1998, 2003, 2007, 2010, 2012, 2015, 2018, 2021].map((y) => ({ italian: `nel ${y}`, english: `in ${y}` })),
];

/** Days to come. */
export const futureDays: readonly Pair[] = [
  ...readPairs(table('times', 'futureDays')),
  ...weekdays.slice(0, 5).map((d) => ({ italian: `${d.italian} prossimo`, english: `next ${d.english}` })),
];

/** Days and times of day and weeks to come. */
export const futureTimes: readonly Pair[] = [...futureDays, ...readPairs(table('times', 'futureTimes'))];

/** So long from now. */
export const futureSpans: readonly Pair[] = [
  ...readPairs(table('times', 'futureSpans')),
  ...inNumber([2, 3, 4, 5], 'tra # giorni', 'in # days'),
  ...inNumber([2, 3], 'tra # settimane', 'in # weeks'),
];

/** A good while from now. */
export const farFuture: readonly Pair[] = [
  ...readPairs(table('times', 'farFuture')),
  ...inNumber([2, 3, 4], 'tra # anni', 'in # years'),
  ...inNumber([2, 3, 4, 6], 'tra # mesi', 'in # months'),
];

/** Days that come again: *il lunedì*, on Mondays. */
export const habitDays: readonly Pair[] = [
  ...readPairs(table('times', 'habitDays')),
  ...weekdays.slice(0, 5).map((d) => ({ italian: `il ${d.italian}`, english: `on ${d.english}s` })),
];

/** How often, as a phrase: *ogni sera*, every evening. */
export const habitTimes: readonly Pair[] = [...habitDays, ...readPairs(table('times', 'habitTimes'))];

/** Not long ago. */
export const recently: readonly Pair[] = readPairs(table('times', 'recently'));

/** How often one travels. */
export const yearly: readonly Pair[] = readPairs(table('times', 'yearly'));

/** *Adesso*: the Italian present beside these is the English progressive. */
export const nowTimes: readonly Pair[] = readPairs(table('times', 'nowTimes'));

const adverb = (
  italian: string,
  english: string,
  notes: Partial<Pick<MidAdverb, 'italianNegative' | 'englishNegative' | 'englishLast'>> = {},
): MidAdverb => ({
  italian,
  english,
  ...{ italianNegative: false, englishNegative: false, englishLast: false },
  ...notes,
});

/** How often, inside the verb group. */
export const frequencies: readonly MidAdverb[] = [
  adverb('sempre', 'always'),
  adverb('spesso', 'often'),
  adverb('di solito', 'usually'),
  adverb('qualche volta', 'sometimes'),
  adverb('raramente', 'rarely'),
  adverb('quasi sempre', 'almost always'),
];
export const never = adverb('mai', 'never', { italianNegative: true });
export const noLonger = adverb('più', 'no longer', { italianNegative: true });
export const already = adverb('già', 'already');
export const just = adverb('appena', 'just');
export const still = adverb('ancora', 'still');
export const finallyDone = adverb('finalmente', 'finally');
export const notYet = adverb('ancora', 'yet', { italianNegative: true, englishNegative: true, englishLast: true });
export const atOnce = adverb('subito', 'at once', { englishLast: true });
