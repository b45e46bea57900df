import type { Noun } from '../syntax.ts';
import { animals } from './animals.ts';
import { culture } from './culture.ts';
import { food } from './food.ts';
import { people } from './people.ts';
import { surroundings } from './surroundings.ts';
import { things } from './things.ts';

/** Every noun of the lexicon. */
export const allNouns: readonly Noun[] = [...people, ...animals, ...food, ...things, ...culture, ...surroundings];

/** Kinds that gather others; a slot may name either. */
const unions: Readonly<Record<string, string>> = {
  person: 'human child acquaintance profession',
  kin: 'relative parent family littleRelative',
  pet: 'tame cub',
  animal: 'pet farmAnimal wildAnimal',
  collectable: 'correspondence tableware belonging present picture',
  anyAnimal: 'pet farmAnimal',
  sweetFood: 'fruit snack',
  costly: 'vehicle luggage',
  garment: 'clothing accessory',
  furniture: 'seat cabinet',
  text: 'volume press',
  reading: 'volume press readable',
  it: 'text',
  receiver: 'human',
  beast: 'pet wildAnimal smallAnimal',
  grazing: 'farmAnimal',
  peeled: 'produce',
  bite: 'fruit snack dish',
  produce: 'fruit vegetable',
  eaten: 'meal ingredient',
  portable: 'belonging tableware cutlery tool linen',
  handy: 'belonging tool',
  growing: 'plant flower',
  letter: 'correspondence',
  message: 'correspondence parcel',
  edible: 'fruit vegetable snack dish meal',
};

/** Some nouns of a kind. */
const subsets: Readonly<Record<string, readonly [kind: string, words: string]>> = {
  ironed: ['garment', 'camicia gonna vestito maglietta pantaloni camicetta grembiule'],
  washed: ['garment', 'camicia gonna vestito maglietta pantaloni camicetta maglione jeans calze sciarpa guanti'],
  drivable: ['vehicle', 'macchina moto camion furgone trattore'],
  official: ['profession', 'poliziotto autista segretaria'],
  pupil: ['human', 'ragazzo ragazza studente studentessa'],
  teacher: ['profession', 'maestro maestra professore professoressa'],
  grownup: ['human', 'uomo donna'],
  sweetSnack: ['snack', 'panino biscotto gelato'],
  dishes: ['tableware', 'bicchiere tazza piatto'],
  warmer: ['garment', 'maglione giacca cappotto'],
  outdoorGame: ['game', 'calcio tennis pallavolo pallacanestro golf'],
  blade: ['cutlery', 'coltello'],
  writer: ['belonging', 'penna matita'],
  fixer: ['tool', 'martello cacciavite'],
  machine: ['device', 'computer stampante'],
  dwelling: ['building', 'casa villa'],
  collected: ['collectable', 'cartolina tazza orologio bambola quadro'],
  outfit: [
    'garment',
    'camicia cappotto gonna vestito maglione giacca cappello maglietta cravatta impermeabile camicetta sciarpa grembiule',
  ],
  posted: ['correspondence', 'lettera cartolina'],
  forester: ['wildAnimal', 'lupo volpe orso cervo scoiattolo gufo'],
  runner: ['beast', 'cane leone tigre zebra lupo coniglio'],
  fearful: ['anyAnimal', 'gatto cane coniglio cavallo pecora mucca gallina'],
  early: ['profession', 'fornaio contadino pescatore postino operaio'],
  traveller: ['profession', 'pilota giornalista musicista attore calciatore'],
  reader: ['profession', 'maestro professore scrittore avvocato bibliotecaria'],
  skillGame: ['game', 'calcio tennis pallavolo pallacanestro scacchi golf ping-pong'],
  wellPaid: ['profession', 'avvocato medico pilota ingegnere dentista calciatore architetto'],
  talker: ['profession', 'barista avvocato giornalista maestro professore'],
  readable: ['writing', 'romanzo racconto poesia articolo'],
  cooked: ['meal', 'riso pasta carne pesce minestra pollo verdura'],
  longDistance: ['transport', 'treno aereo traghetto pullman'],
  formal: ['garment', 'camicia giacca cravatta'],
  appliance: ['device', 'computer lavatrice forno stampante ventilatore'],
  sibling: ['relative', 'fratello sorella cugino cugina'],
  glimpsed: ['wildAnimal', 'lupo volpe cervo aquila scoiattolo gufo'],
  stinging: ['smallAnimal', 'ape vespa zanzara'],
  biting: ['beast', 'cane serpente ragno pappagallo criceto'],
  feared: ['beast', 'lupo orso leone tigre coccodrillo squalo serpente ragno topo pipistrello vespa ape cane'],
  landAnimal: ['wildAnimal', 'lupo volpe orso leone tigre elefante scimmia cervo giraffa zebra coccodrillo'],
};

const kinds = new Map<string, readonly Noun[]>();
for (const noun of allNouns) kinds.set(noun.kind, [...(kinds.get(noun.kind) ?? []), noun]);

/** The nouns of a kind or of a union of kinds. */
export function nounsOf(kind: string): readonly Noun[] {
  const known = kinds.get(kind);
  if (known) return known;
  const nouns = gathered(kind);
  kinds.set(kind, nouns);
  return nouns;
}

function gathered(kind: string): readonly Noun[] {
  const parts = unions[kind];
  if (parts !== undefined) return parts.split(' ').flatMap(nounsOf);
  const subset = subsets[kind];
  if (subset === undefined) throw new Error(`no nouns of kind ${kind}`);
  return subset[1].split(' ').map((word) => noun(subset[0], word));
}

/** One noun by its Italian word. */
export function noun(kind: string, italian: string): Noun {
  const found = nounsOf(kind).find((n) => n.italian.singular === italian);
  if (!found) throw new Error(`no noun ${italian} of kind ${kind}`);
  return found;
}
