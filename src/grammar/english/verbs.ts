import type { Agreement } from '../syntax.ts';

/** What no rule gives: past and participle. */
export const irregularEnglish: Readonly<Record<string, readonly [past: string, participle: string]>> =
  Object.fromEntries(
    `become became become | begin began begun | bite bit bitten | break broke broken | bring brought brought
  | build built built | burn burnt burnt | buy bought bought | catch caught caught | choose chose chosen
  | come came come | cost cost cost | cut cut cut | do did done | draw drew drawn | dream dreamt dreamt
  | drink drank drunk | drive drove driven | eat ate eaten | fall fell fallen | feed fed fed | feel felt felt
  | find found found | fly flew flown | forget forgot forgotten | forgive forgave forgiven | get got got | give gave given | go went gone
  | grow grew grown | hang hung hung | have had had | hear heard heard | hide hid hidden | hit hit hit | hold held held
  | hurt hurt hurt | keep kept kept | know knew known | learn learnt learnt | leave left left | lend lent lent
  | lie lay lain | light lit lit | lose lost lost | make made made | meet met met | pay paid paid | put put put
  | read read read | ride rode ridden | ring rang rung | rise rose risen | run ran run | say said said | see saw seen
  | sell sold sold | set set set | send sent sent | shine shone shone | show showed shown | sing sang sung | sit sat sat | sleep slept slept
  | speak spoke spoken | spend spent spent | stand stood stood | steal stole stolen | sting stung stung | sweep swept swept
  | swim swam swum | take took taken | teach taught taught | tell told told | think thought thought
  | tear tore torn | throw threw thrown | understand understood understood | wake woke woken | wear wore worn | win won won
  | write wrote written`
      .split('|')
      .map((line) => line.trim().split(/\s+/))
      .map(([base, past, participle]) => [base, [past, participle]]),
  );

/** Longer verbs and those in one vowel and one consonant that double it: *stopped, travelling*. */
const doubling = new Set(
  'stop plan shop hug chat rob travel beg drop slip run swim sit cut put get win begin forget hit set cancel prefer'.split(
    ' ',
  ),
);

/** *reads, goes, studies, has*. */
export function thirdPerson(base: string): string {
  if (base === 'be') return 'is';
  if (base === 'have') return 'has';
  if (/[^aeiou]y$/.test(base)) return `${base.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh|[^aeiou]o)$/.test(base) ? `${base}es` : `${base}s`;
}

export function pastTense(base: string): string {
  return irregularEnglish[base]?.[0] ?? regularPast(base);
}

export function pastParticiple(base: string): string {
  if (base === 'be') return 'been';
  return irregularEnglish[base]?.[1] ?? regularPast(base);
}

/** *reading, making, running, lying*. */
export function ingForm(base: string): string {
  if (base === 'be') return 'being';
  if (base.endsWith('ie')) return `${base.slice(0, -2)}ying`;
  if (doubling.has(base)) return `${base}${base.slice(-1)}ing`;
  return /[^eo]e$/.test(base) ? `${base.slice(0, -1)}ing` : `${base}ing`;
}

function regularPast(base: string): string {
  if (base.endsWith('e')) return `${base}d`;
  if (/[^aeiou]y$/.test(base)) return `${base.slice(0, -1)}ied`;
  return doubling.has(base) ? `${base}${base.slice(-1)}ed` : `${base}ed`;
}

/** *am, is, are; was, were*. */
export function be({ person, number }: Agreement, tense: 'present' | 'past'): string {
  const plural = number === 'plural' || person === 2;
  if (tense === 'past') return plural ? 'were' : 'was';
  return plural ? 'are' : person === 1 ? 'am' : 'is';
}

/** The present of any verb: *I read, she reads*. */
export function presentTense(base: string, agreement: Agreement): string {
  if (base === 'be') return be(agreement, 'present');
  return agreement.person === 3 && agreement.number === 'singular' ? thirdPerson(base) : base;
}

/** An auxiliary with *not*: *isn't, won't, can't*; *am not*. */
export function negate(auxiliary: string): string {
  if (auxiliary === 'am') return 'am not';
  if (auxiliary === 'will') return "won't";
  if (auxiliary === 'can') return "can't";
  return `${auxiliary}n't`;
}
