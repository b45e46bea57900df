import { agreementOf } from '../agreement.ts';
import { chance, combine, type Derivation, pick } from '../derivation.ts';
import { englishNounPhrase } from '../english/noun-phrase.ts';
import { compare } from '../english/words.ts';
import { agree } from '../italian/adjectives.ts';
import { italianNounPhrase } from '../italian/noun-phrase.ts';
import { adjectivesByKind } from '../lexicon/adjectives.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import { areas, groups } from '../lexicon/scenes.ts';
import { be } from '../lexicon/states.ts';
import type { Adjective, Determiner, Noun, NounPhrase, Pair } from '../syntax.ts';
import { extreme } from './descriptions.ts';
import { clash, headOf, oneGrownUp, someName, someRelative, subject } from './people.ts';
import { finish, statement } from './render.ts';

/** Qualities people are compared by. */
const traits = adjectivesByKind.profession!.filter((a) => !/[A-Z]/.test(a.english) && !a.prenominal);

/** *Marco è più alto di suo fratello*, *Questa camicia è costosa come quella giacca.* */
function comparison(d: Derivation): Pair | undefined {
  if (chance(d, 0.55)) {
    const one = chance(d, 0.3) ? subject(d) : oneGrownUp(d);
    const other = oneGrownUp(d);
    if (clash(one, other)) return undefined;
    return compared(d, one, other, pick(d, traits));
  }
  const kind = pick(d, [
    'garment',
    'vehicle',
    'transport',
    'furniture',
    'volume',
    'film',
    'sight',
    'settlement',
    'wildAnimal',
  ]);
  const noun = pick(d, nounsOf(kind));
  const second = pick(d, nounsOf(kind));
  const known = (adjectivesByKind[noun.kind] ?? faster).filter((a) => !colours.has(a.english) && !extreme(a));
  if (noun === second || noun.pluralOnly !== second.pluralOnly) return undefined;
  const adjective = pick(d, known);
  combine(d, noun.english.singular, adjective.english);
  const generic = kind === 'transport' || kind === 'wildAnimal' || kind === 'vehicle';
  const phrase = (of: Noun, determiner: Determiner): NounPhrase => ({
    type: 'noun',
    noun: of,
    number: of.pluralOnly ? 'plural' : 'singular',
    determiner,
  });
  return compared(
    d,
    phrase(noun, generic ? 'definite' : 'this'),
    phrase(second, generic ? 'definite' : 'that'),
    adjective,
  );
}

const colours = new Set(
  'red yellow white pink purple green blue black grey brown orange new ancient'.split(' ').concat('light blue'),
);
const faster: readonly Adjective[] = ['veloce = fast', 'lento = slow', 'comodo = comfortable', 'rumoroso = noisy'].map(
  (line) => {
    const [italian, english] = line.split(' = ') as [string, string];
    return { italian, english, prenominal: false, telling: false };
  },
);

function compared(d: Derivation, one: NounPhrase, other: NounPhrase, adjective: Adjective): Pair {
  const head = headOf(one);
  if (head) combine(d, head, adjective.english);
  const equal = chance(d, 0.3);
  return statement({
    subject: one,
    verb: be,
    fillers: [{ type: 'predicate', adjective, ...(equal ? { as: other } : { than: other }) }],
    tense: chance(d, 0.85) ? 'present' : 'state past',
  });
}

/** *Anna è la ragazza più gentile della classe.* */
function superlative(d: Derivation): Pair | undefined {
  const [group, words] = pick(d, groups);
  const who = chance(d, 0.6) ? someName(d) : someRelative(d);
  const { gender: of, number } = agreementOf(who);
  const noun = pick(
    d,
    words.flatMap((kind) => nounsOf(kind)).filter((n) => n.gender === of),
  );
  if (number === 'plural' || !noun) return undefined;
  return finish(most(d, italianNounPhrase(who), englishNounPhrase(who), noun, pick(d, traits), group), '.');
}

/** *Questo è il museo più famoso della città.* */
function bestOfAll(d: Derivation): Pair {
  const noun = pick(d, nounsOf(pick(d, ['sight', 'building', 'shop'])));
  const adjective = pick(
    d,
    (adjectivesByKind[noun.kind] as readonly Adjective[]).filter((a) => !a.prenominal),
  );
  const pointer = noun.gender === 'feminine' ? 'questa' : 'questo';
  return finish(most(d, pointer, 'this', noun, adjective, pick(d, areas)), '.');
}

function most(d: Derivation, italian: string, english: string, noun: Noun, adjective: Adjective, group: Pair): Pair {
  combine(d, noun.english.singular, adjective.english);
  const the = italianNounPhrase({ type: 'noun', noun, number: 'singular', determiner: 'definite', after: adjective });
  const at = the.length - agree(adjective.italian, noun.gender, 'singular').length;
  return {
    italian: `${italian} è ${the.slice(0, at)}più ${the.slice(at)} ${group.italian}`,
    english: `${english} is the ${compare(adjective.english, 'superlative')} ${noun.english.singular} ${group.english}`,
  };
}

export const comparisons = { comparison, superlative, bestOfAll };
