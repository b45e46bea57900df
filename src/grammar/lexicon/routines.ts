import type { Pair, Verb } from '../syntax.ts';
import { readVerbs } from './read-verbs.ts';
import { readPairs } from './times.ts';

/** What is done one thing after the other, and when: some of them, in their order, make a sentence. */
export interface Routine {
  readonly verbs: readonly Verb[];
  readonly past: readonly Pair[];
  readonly future: readonly Pair[];
  readonly habit: readonly Pair[];
}

const routine = (past: string, future: string, habit: string, verbs: string): Routine => ({
  verbs: readVerbs(verbs),
  past: readPairs(past),
  future: readPairs(future),
  habit: readPairs(habit),
});

export const routines: readonly Routine[] = [
  routine(
    `stamattina = this morning
    ieri mattina = yesterday morning`,
    'domani mattina = tomorrow morning',
    `ogni mattina = every morning
    la mattina = in the morning`,
    `svegliarsi presto | wake up early
    fare la doccia | have a shower
    lavarsi i denti | brush OWN teeth
    vestirsi | get dressed
    fare colazione | have breakfast
    leggere il giornale | read the newspaper
    portare fuori il cane | walk the dog
    salutare i bambini | say goodbye to the children
    uscire di casa | leave the house
    prendere <the transport> | take <transport>
    andare al lavoro | go to work`,
  ),
  routine(
    `ieri sera = last night
    lunedì sera = on Monday evening`,
    `stasera = this evening
    domani sera = tomorrow evening`,
    `ogni sera = every evening
    la sera = in the evening`,
    `tornare a casa | come home
    togliersi <worn warmer> | take off <warmer>
    dare da mangiare a <the pet> | feed <pet>
    preparare <a dish> | make <dish>
    cenare con <companion> | have dinner with <companion>
    lavare i piatti | wash the dishes
    guardare <a film> | watch <film>
    leggere <a text> | read <text>
    spegnere la luce | turn off the light
    andare a letto | go to bed`,
  ),
  routine(
    `l'anno scorso = last year
    la settimana scorsa = last week
    l'estate scorsa = last summer`,
    `l'anno prossimo = next year
    la settimana prossima = next week
    l'estate prossima = next summer`,
    `ogni estate = every summer
    ogni inverno = every winter`,
    `preparare <the luggage> | pack <luggage>
    chiudere le finestre | close the windows
    prendere <the longDistance> | take <longDistance>
    andare <to region> | go <region>
    cercare un albergo | look for a hotel
    visitare <a sight> | visit <sight>
    nuotare ogni giorno | swim every day
    mangiare <a dish> | eat <dish>
    comprare <a present> per <companion> | buy <present> for <companion>
    scrivere una cartolina a <companion> | write a postcard to <companion>
    tornare a casa | come home`,
  ),
  routine(
    `ieri sera = last night
    domenica scorsa = last Sunday`,
    `domenica prossima = next Sunday
    domani sera = tomorrow evening`,
    'ogni domenica = every Sunday',
    `pulire <the room> | clean <room>
    fare la spesa | do the shopping
    comprare <drink> | buy <drink>
    cucinare <cooked> | cook <cooked>
    preparare <a dish> | make <dish>
    apparecchiare la tavola | set the table
    mettersi <worn formal> | put on <formal>
    aprire una bottiglia di vino | open a bottle of wine
    ballare con <companion> | dance with <companion>
    cantare <a song> | sing <song>
    lavare i piatti | wash the dishes`,
  ),
];

/** What somebody lent, gave or recommended, and what became of it. */
export const givings = readVerbs(`
  prestare <text> a <receiver> | lend <text> to <receiver>
  regalare <text> a <receiver> | give <text> to <receiver>
  consigliare <film> a <receiver> | recommend <film> to <receiver>
  consigliare <text> a <receiver> | recommend <text> to <receiver>
  portare <dish> a <receiver> | bring <dish> to <receiver>
  preparare <dish> a <receiver> | make <dish> for <receiver>
  regalare <clothing> a <receiver> | give <clothing> to <receiver>
  prestare <clothing> a <receiver> | lend <clothing> to <receiver>
  mandare <letter> a <receiver> | send <letter> to <receiver>
`);

/** By kind of thing: what one could not do with it, and so bad it was. */
export const outcomes: Readonly<Record<string, readonly Verb[]>> = {
  volume: readVerbs(`
    finire <it> | finish <it>
    leggere <it> | read <it>
    capire <it> | understand <it>`),
  press: readVerbs(`
    finire <it> | finish <it>
    capire <it> | understand <it>`),
  film: readVerbs(`
    finire <it> | finish <it>
    capire <it> | understand <it>`),
  dish: readVerbs(`
    finire <it> | finish <it>
    mangiare <it> | eat <it>`),
  clothing: readVerbs(`
    mettersi <it> | put on <it>
    indossare <it> | wear <it>
    tenere <it> | keep <it>`),
  correspondence: readVerbs(`
    finire <it> | finish <it>
    capire <it> | understand <it>
    tenere <it> | keep <it>`),
};
