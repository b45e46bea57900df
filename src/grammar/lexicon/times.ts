import { englishNumber, englishOrdinal } from '../english/numbers.ts';
import { italianNumber } from '../italian/numbers.ts';
import type { MidAdverb, Pair } from '../syntax.ts';
import { lines } from './read-nouns.ts';

/** Reads lines of `ieri = yesterday`. */
export function readPairs(table: string): Pair[] {
  return lines(table).map((line) => {
    const [italian, english] = line.split(' = ') as [string, string];
    return { italian, english };
  });
}

const weekdayNames = `lunedì Monday martedì Tuesday mercoledì Wednesday giovedì Thursday venerdì Friday sabato Saturday
  domenica Sunday`.split(/\s+/);

/** Monday to Sunday; only *domenica* is feminine. */
export const weekdays: readonly Pair[] = Array.from({ length: 7 }, (_, day) => ({
  italian: weekdayNames[2 * day] as string,
  english: weekdayNames[2 * day + 1] as string,
}));

const monthNames = `gennaio January febbraio February marzo March aprile April maggio May giugno June luglio July
  agosto August settembre September ottobre October novembre November dicembre December`.split(/\s+/);

export const months: readonly Pair[] = Array.from({ length: 12 }, (_, month) => ({
  italian: monthNames[2 * month] as string,
  english: monthNames[2 * month + 1] as string,
}));

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
  ...readPairs(`
    ieri = yesterday
    l'altro ieri = the day before yesterday
    sabato scorso = last Saturday
    domenica scorsa = last Sunday`),
  ...weekdays.slice(0, 5).map((d) => ({ italian: `${d.italian} scorso`, english: `last ${d.english}` })),
];

/** Days and times of day and weeks in the past. */
export const pastTimes: readonly Pair[] = [
  ...pastDays,
  ...readPairs(`
    ieri mattina = yesterday morning
    ieri pomeriggio = yesterday afternoon
    ieri sera = last night
    stamattina = this morning
    oggi pomeriggio = this afternoon`),
];

/** So long ago. */
export const pastSpans: readonly Pair[] = [
  ...readPairs(`
    la settimana scorsa = last week
    un'ora fa = an hour ago
    una settimana fa = a week ago`),
  ...inNumber([2, 3], '# ore fa', '# hours ago'),
  ...inNumber([2, 3, 4, 5], '# giorni fa', '# days ago'),
  ...inNumber([2, 3], '# settimane fa', '# weeks ago'),
];

/** Longer ago, for what one seldom does. */
export const farPast: readonly Pair[] = [
  ...readPairs(`
    l'anno scorso = last year
    l'estate scorsa = last summer
    un anno fa = a year ago
    il mese scorso = last month
    qualche anno fa = a few years ago
    tanto tempo fa = a long time ago`),
  ...inNumber([2, 3, 4, 5, 6, 10], '# anni fa', '# years ago'),
  ...[1995, 1998, 2003, 2007, 2010, 2012, 2015, 2018, 2021].map((y) => ({ italian: `nel ${y}`, english: `in ${y}` })),
];

/** Days to come. */
export const futureDays: readonly Pair[] = [
  ...readPairs(`
    domani = tomorrow
    dopodomani = the day after tomorrow
    sabato prossimo = next Saturday
    domenica prossima = next Sunday`),
  ...weekdays.slice(0, 5).map((d) => ({ italian: `${d.italian} prossimo`, english: `next ${d.english}` })),
];

/** Days and times of day and weeks to come. */
export const futureTimes: readonly Pair[] = [
  ...futureDays,
  ...readPairs(`
    domani mattina = tomorrow morning
    domani sera = tomorrow evening
    stasera = this evening
    più tardi = later`),
];

/** So long from now. */
export const futureSpans: readonly Pair[] = [
  ...readPairs(`
    la settimana prossima = next week
    tra un'ora = in an hour
    tra una settimana = in a week
    tra qualche giorno = in a few days`),
  ...inNumber([2, 3, 4, 5], 'tra # giorni', 'in # days'),
  ...inNumber([2, 3], 'tra # settimane', 'in # weeks'),
];

/** A good while from now. */
export const farFuture: readonly Pair[] = [
  ...readPairs(`
    il mese prossimo = next month
    l'anno prossimo = next year
    l'estate prossima = next summer
    tra un anno = in a year`),
  ...inNumber([2, 3, 4], 'tra # anni', 'in # years'),
  ...inNumber([2, 3, 4, 6], 'tra # mesi', 'in # months'),
];

/** Days that come again: *il lunedì*, on Mondays. */
export const habitDays: readonly Pair[] = [
  ...readPairs(`
    ogni giorno = every day
    la domenica = on Sundays
    il sabato = on Saturdays`),
  ...weekdays.slice(0, 5).map((d) => ({ italian: `il ${d.italian}`, english: `on ${d.english}s` })),
];

/** How often, as a phrase: *ogni sera*, every evening. */
export const habitTimes: readonly Pair[] = [
  ...habitDays,
  ...readPairs(`
    ogni mattina = every morning
    ogni pomeriggio = every afternoon
    ogni sera = every evening
    ogni settimana = every week
    ogni fine settimana = every weekend
    una volta alla settimana = once a week
    due volte al mese = twice a month`),
];

/** Not long ago. */
export const recently: readonly Pair[] = readPairs(`
  ieri = yesterday
  stamattina = this morning
  ieri sera = last night
  un'ora fa = an hour ago
  due ore fa = two hours ago
  dieci minuti fa = ten minutes ago
  poco fa = a little while ago
  l'altro ieri = the day before yesterday
  oggi pomeriggio = this afternoon`);

/** How often one travels. */
export const yearly: readonly Pair[] = readPairs(`
  ogni anno = every year
  ogni estate = every summer
  ogni inverno = every winter
  ogni primavera = every spring
  ogni autunno = every autumn
  ogni mese = every month
  due volte all'anno = twice a year
  tre volte all'anno = three times a year`);

/** *Adesso*: the Italian present beside these is the English progressive. */
export const nowTimes: readonly Pair[] = readPairs(`
  adesso = now
  in questo momento = at the moment`);

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
