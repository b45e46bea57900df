import { agreementOf } from '../agreement.ts';
import { between, chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { withPreposition } from '../italian/articles.ts';
import { lasting } from '../lexicon/asking.ts';
import { appointments, departures, opened, spoken } from '../lexicon/calendar.ts';
import { placesOf } from '../lexicon/places.ts';
import { futureWeather, pastWeather, weather } from '../lexicon/scenes.ts';
import { clock, date, months, weekdays } from '../lexicon/times.ts';
import type { Clause, NounPhrase, Pair } from '../syntax.ts';
import { agesOf } from './identities.ts';
import { headOf, subject } from './people.ts';
import { finish, frame, render } from './render.ts';

/** An hour and a minute that go together in speech. */
function time(d: Derivation): Pair {
  const hour = between(d, 1, 12);
  const minute = pick(d, [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]);
  combine(d, `hour ${hour}`, `minute ${minute}`);
  return clock(hour, minute);
}

const at = ({ italian, english }: Pair): Pair => ({ italian: withPreposition('a', italian), english: `at ${english}` });

/** *Sono le tre e mezza*, *È l'una meno dieci.* */
function whatTime(d: Derivation): Pair {
  const { italian, english } = time(d);
  const verb = italian.startsWith('le ') ? 'sono' : 'è';
  const day = chance(d, 0.4) ? pick(d, dayparts(italian)) : { italian: '', english: '' };
  return finish({ italian: `${verb} ${italian}${day.italian}`, english: `it is ${english}${day.english}` }, '.');
}

/** Noon and midnight have no part of the day. */
function dayparts(hour: string): readonly Pair[] {
  if (/^mezz|dodici/.test(hour)) return [{ italian: '', english: '' }];
  if (/(cinque|sei|sette|otto|nove|dieci|undici)( |$)/.test(hour))
    return [{ italian: ' di mattina', english: ' in the morning' }];
  return [{ italian: ' del pomeriggio', english: ' in the afternoon' }];
}

function someDate(d: Derivation): Pair {
  const month = between(d, 1, 12);
  const day = between(d, 1, month === 2 ? 28 : 30);
  combine(d, `day ${day}`, `month ${month}`);
  return date(day, month);
}

/** *Oggi è lunedì tre maggio*, *Il mio compleanno è il dodici luglio.* */
function whatDate(d: Derivation): Pair {
  const when = someDate(d);
  const day = pick(d, weekdays);
  combine(d, day.english, when.english);
  const what = pick(d, appointments);
  combine(d, what.english, when.english);
  const bare = { italian: when.italian.replace(/^(il |l')/, ''), english: when.english };
  return weighted<() => Pair>(d, [
    [1, () => finish(frame('oggi è {0}', 'today is {0}', when), '.')],
    [2, () => finish(frame('oggi è {0} {1}', 'today is {0}, {1}', day, bare), '.')],
    [2, () => finish(frame('{0} è {1}', '{0} is on {1}', what, when), '.')],
    [2, () => finish(frame('{0} è {1} {2}', '{0} is on {1}, {2}', what, day, bare), '.')],
    [1, () => finish(frame('{0} è {1} alle tre', "{0} is on {1} at three o'clock", what, day), '.')],
    [2, () => finish(frame('{0} è {1} {2}', '{0} is on {1} {2}', what, day, at(time(d))), '.')],
  ])();
}

/** *Mio fratello è nato il tre maggio 1998.* */
function birth(d: Derivation): Pair | undefined {
  const who = subject(d);
  if (who.type === 'and' || agreementOf(who).number === 'plural') return undefined;
  const when = someDate(d);
  const [youngest, oldest] = agesOf(who);
  const year = 2021 - between(d, youngest, oldest);
  const place = pick(d, placesOf('city'));
  const head = headOf(who);
  if (head) combine(d, head, when.english);
  const end = chance(d, 0.5)
    ? { italian: `${when.italian} ${year}`, english: `on ${when.english} ${year}` }
    : { italian: `${place.at.italian} nel ${year}`, english: `${place.at.english} in ${year}` };
  return finish(render(bornClause(who, end)), '.');
}

function bornClause(who: NounPhrase, end: Pair): Clause {
  return {
    subject: who,
    verb: {
      ...(lasting[0] as (typeof lasting)[number]),
      italian: { infinitive: 'nascere', reflexive: false, parts: [] },
      english: { base: 'be', parts: ['born'] },
      slots: [],
    },
    fillers: [],
    tense: 'past',
    end: [end],
  };
}

/** *Il museo è aperto dalle nove alle sei*, *Il treno per Roma parte alle tre e dieci.* */
function timetable(d: Derivation): Pair {
  const from = time(d);
  const opening = clock(...pick(d, mornings));
  const closing = clock(...pick(d, evenings));
  const what = pick(d, opened);
  const carrier = pick(d, departures);
  const city = pick(d, placesOf('city'));
  const town = { italian: city.at.italian.replace(/^ad? /, ''), english: city.at.english.replace('in ', '') };
  combine(d, what.english, `${opening.english} ${closing.english}`);
  combine(d, carrier.english, town.english);
  const day = pick(d, weekdays);
  const since: Pair = { italian: withPreposition('da', opening.italian), english: `from ${opening.english}` };
  const till: Pair = { italian: at(closing).italian, english: `to ${closing.english}` };
  return weighted<() => Pair>(d, [
    [2, () => finish(frame('{0} è aperto {1} {2}', '{0} is open {1} {2}', ...gendered(what), since, till), '.')],
    [
      3,
      () =>
        finish(frame('{0} apre {1} e chiude {2}', '{0} opens {1} and closes {2}', what, at(opening), at(closing)), '.'),
    ],
    [1, () => finish(frame('{0} è chiuso il {1}', '{0} is closed on {1}s', ...gendered(what), sundayless(day)), '.')],
    [3, () => finish(frame('{0} per {1} parte {2}', '{0} to {1} leaves {2}', carrier, town, at(from)), '.')],
    [3, () => finish(frame('{0} da {1} arriva {2}', '{0} from {1} arrives {2}', carrier, town, at(from)), '.')],
    [2, () => finish(frame('a che ora parte {0} per {1}', 'what time does {0} to {1} leave', carrier, town), '?')],
    [1, () => finish(frame('a che ora apre {0}', 'what time does {0} open', what), '?')],
  ])();
}

const mornings: readonly [number, number][] = [
  [7, 30],
  [8, 0],
  [8, 15],
  [8, 30],
  [8, 45],
  [9, 0],
  [9, 15],
  [9, 30],
  [10, 0],
  [10, 30],
];
const evenings: readonly [number, number][] = [
  [12, 30],
  [1, 0],
  [1, 30],
  [4, 0],
  [5, 0],
  [5, 30],
  [6, 0],
  [6, 15],
  [6, 30],
  [7, 0],
  [7, 30],
];

/** Only masculine things keep *aperto* and *chiuso* as they are. */
function gendered(what: Pair): readonly [Pair] {
  return /^(il|lo) /.test(what.italian) ? [what] : [{ italian: 'il museo', english: 'the museum' }];
}

function sundayless(day: Pair): Pair {
  return day.english === 'Sunday' ? (weekdays[0] as Pair) : day;
}

const todays = [
  [{ italian: 'oggi', english: 'today' }, weather],
  [{ italian: 'ieri', english: 'yesterday' }, pastWeather],
  [{ italian: 'domani', english: 'tomorrow' }, futureWeather],
] as const;

/** *Oggi piove e fa freddo*, *Domani a Roma ci sarà il sole.* */
function forecast(d: Derivation): Pair | undefined {
  const [day, skies] = pick(d, todays);
  const one = pick(d, skies);
  const two = pick(d, skies);
  const city = pick(d, placesOf('city')).at;
  combine(d, city.english, one.english);
  const weekday = pick(d, weekdays);
  if (one === two || opposed(one, two)) return undefined;
  combine(d, one.english, two.english);
  return weighted<() => Pair>(d, [
    [2, () => finish(frame('{0} {1} {2}', '{0} {1} {2}', day, one, city), '.')],
    [3, () => finish(frame('{0} {1} e {2}', '{0} {1} and {2}', day, one, two), '.')],
    [3, () => finish(frame('{0} {3} {1} e {2}', '{0} {1} and {2} {3}', day, one, two, city), '.')],
    [skies === futureWeather ? 2 : 0, () => finish(frame('{0} {1} {2}', 'on {0} {1} {2}', weekday, one, city), '.')],
  ])();
}

/** Not hot and cold, nor hot and snowing. */
function opposed(one: Pair, two: Pair): boolean {
  const both = `${one.english} ${two.english}`;
  if (/hot/.test(both)) return /cold|snow|fog|rain/.test(both);
  return /sunny/.test(both) && /rain|snow|fog|cloudy/.test(both);
}

/** *In Brasile si parla portoghese*, Portuguese is spoken in Brazil. */
function languages(d: Derivation): Pair {
  const said = pick(d, spoken);
  const opening = pick(d, [
    { italian: '', english: '' },
    { italian: 'sapevo già che ', english: 'I already knew that ' },
    { italian: 'tutti sanno che ', english: 'everyone knows that ' },
  ]);
  combine(d, opening.english, said.english);
  return finish({ italian: opening.italian + said.italian, english: opening.english + said.english }, '.');
}

/** *In agosto andiamo al mare*, *A Roma in gennaio fa freddo.* */
function monthly(d: Derivation): Pair | undefined {
  const month = pick(d, months);
  const sky = pick(
    d,
    weather.filter(({ english }) => /cold|hot|windy|sunny/.test(english)),
  );
  const city = pick(d, placesOf('city')).at;
  combine(d, month.english, sky.english);
  combine(d, city.english, month.english);
  const often: Pair = { ...sky, italian: sky.italian.replace(' ', ' spesso ') };
  const winter = /January|February|December|November/.test(month.english);
  const summer = /June|July|August/.test(month.english);
  if ((winter && /hot|sunny/.test(sky.english)) || (summer && /cold/.test(sky.english))) return undefined;
  return finish(
    frame('{0} in {1} {2}', '{0} it is often {3} in {1}', city, month, often, {
      italian: '',
      english: sky.english.replace('it is ', ''),
    }),
    '.',
  );
}

export const calendar = {
  whatTime,
  whatDate,
  birth,
  timetable,
  forecast,
  languages,
  monthly,
};
