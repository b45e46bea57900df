import type { Adjective } from '../syntax.ts';
import { lines } from './read-nouns.ts';

/** What may be wrong with a thing, so that one does not buy, eat or read it: for *perché era troppo caro*. */
const table: Readonly<Record<string, string>> = {
  'fruit vegetable': 'duro = hard, maturo = ripe, piccolo = small, caro = expensive',
  'dish meal': 'freddo = cold, salato = salty, secco = dry',
  snack: 'caro = expensive, duro = hard, piccolo = small',
  drink: 'caldo = hot, amaro = bitter, freddo = cold',
  clothing: 'caro = expensive, stretto = tight, sporco = dirty, elegante = elegant, leggero = thin, grande = big',
  accessory: 'caro = expensive, stretto = tight, sporco = dirty, vecchio = old, grande = big',
  'belonging tableware cutlery': 'caro = expensive, vecchio = old, pesante = heavy, piccolo = small',
  'seat vehicle': 'caro = expensive, vecchio = old, grande = big, scomodo = uncomfortable',
  cabinet: 'caro = expensive, vecchio = old, grande = big, pesante = heavy',
  'volume film event writing':
    'lungo = long, noioso = boring, triste = sad, complicato = complicated, violento = violent',
  'present picture': 'caro = expensive, grande = big, strano = strange',
  'correspondence tale': 'lungo = long, noioso = boring, triste = sad, complicato = complicated',
  press: 'noioso = boring, complicato = complicated, lungo = long',
  song: 'triste = sad, difficile = difficult, lungo = long',
  'lesson puzzle': 'difficile = difficult, complicato = complicated',
  sight: 'lontano = far away, affollato = crowded',
  settlement: 'affollato = crowded, rumoroso = noisy, grande = big',
};

export const faultsByKind: Readonly<Record<string, readonly Adjective[]>> = Object.fromEntries(
  Object.entries(table).flatMap(([kinds, text]) => {
    const adjectives = lines(text.replaceAll(', ', '\n')).map((line): Adjective => {
      const [italian, english] = line.split(' = ') as [string, string];
      return { italian, english, prenominal: false, telling: false };
    });
    return kinds.split(' ').map((kind) => [kind, adjectives]);
  }),
);
