import type { Verb } from '../syntax.ts';
import { readVerb, readVerbs } from './read-verbs.ts';

/** What comes of something: one does the first with a thing, then one of the others with it. */
export interface Sequel {
  readonly first: Verb;
  readonly next: readonly Verb[];
}

const sequel = (first: string, next: string): Sequel => ({ first: readVerb(first), next: readVerbs(next) });

/** *Ho comprato un libro e lo leggerò stasera*: the thing comes back as a pronoun in the first slot. */
export const sequels: readonly Sequel[] = [
  sequel(
    'comprare <text> | buy <text> | once',
    `leggere <text> | read <text>
    regalare <text> a <relation> | give <text> to <relation>
    portare <text> a casa | take <text> home
    mostrare <text> a <relation> | show <text> to <relation>
    prestare <text> a <relation> | lend <text> to <relation>`,
  ),
  sequel(
    'trovare <belonging> | find <belonging> | once',
    `portare <belonging> alla polizia | take <belonging> to the police
    mettere <belonging> sul tavolo | put <belonging> on the table
    dare <belonging> a <relation> | give <belonging> to <relation>
    mostrare <belonging> a <relation> | show <belonging> to <relation>`,
  ),
  sequel(
    'comprare <garment> | buy <garment> | once',
    `indossare <garment> alla festa | wear <garment> to the party
    provare <garment> a casa | try on <garment> at home
    regalare <garment> a <relation> | give <garment> to <relation>
    mostrare <garment> a <relation> | show <garment> to <relation>
    mettere <garment> nell'armadio | put <garment> in the wardrobe`,
  ),
  sequel(
    'comprare <produce> | buy <produce> | once',
    `mangiare <produce> a pranzo | eat <produce> for lunch
    lavare <produce> | wash <produce>
    tagliare <produce> | cut <produce>
    mettere <produce> in frigorifero | put <produce> in the fridge
    portare <produce> a <relation> | take <produce> to <relation>`,
  ),
  sequel(
    'preparare <dish> | make <dish> | once',
    `mangiare <dish> a cena | eat <dish> for dinner
    portare <dish> alla festa | take <dish> to the party
    dividere <dish> con <relation> | share <dish> with <relation>
    offrire <dish> a <relation> | offer <dish> to <relation>`,
  ),
  sequel(
    'ricevere <letter> | receive <letter> | once',
    `leggere <letter> a <relation> | read <letter> to <relation>
    mettere <letter> nel cassetto | put <letter> in the drawer
    strappare <letter> | tear up <letter>
    mostrare <letter> a <relation> | show <letter> to <relation>`,
  ),
  sequel(
    'scrivere <letter> | write <letter> | once',
    `mandare <letter> a <relation> | send <letter> to <relation>
    correggere <letter> | correct <letter>`,
  ),
  sequel(
    'scrivere <writing> | write <writing> | once',
    `leggere <writing> a <relation> | read <writing> to <relation>
    mandare <writing> a <relation> | send <writing> to <relation>
    correggere <writing> | correct <writing>
    tradurre <writing> | translate <writing>`,
  ),
  sequel(
    'comprare <present> | buy <present> | once',
    `regalare <present> a <relation> | give <present> to <relation>
    nascondere <present> | hide <present>
    portare <present> a <relation> | take <present> to <relation>
    mostrare <present> a <relation> | show <present> to <relation>`,
  ),
  sequel(
    'dipingere <picture> | paint <picture> | once',
    `regalare <picture> a <relation> | give <picture> to <relation>
    vendere <picture> | sell <picture>
    mostrare <picture> a <relation> | show <picture> to <relation>
    appendere <picture> in salotto | hang <picture> in the living room`,
  ),
  sequel(
    'comprare <furniture> | buy <furniture> | once',
    `mettere <furniture> in salotto | put <furniture> in the living room
    mettere <furniture> in camera | put <furniture> in the bedroom
    portare <furniture> a casa | take <furniture> home`,
  ),
  sequel(
    'raccogliere <flower> | pick <flower> | once',
    `mettere <flower> in un vaso | put <flower> in a vase
    regalare <flower> a <relation> | give <flower> to <relation>
    portare <flower> a casa | take <flower> home`,
  ),
];

/** *Marco ha bisogno della chiave, ma non gliela darò*: wanted, and then given or not. */
export const wants: readonly Sequel[] = [
  sequel(
    'avere bisogno di <the handy> | need <handy> | state',
    `dare <handy> a <person> | give <handy> to <person>
    prestare <handy> a <person> | lend <handy> to <person>
    portare <handy> a <person> | bring <handy> to <person>`,
  ),
  sequel(
    'volere <this garment> | want <garment> | state',
    `dare <garment> a <person> | give <garment> to <person>
    comprare <garment> a <person> | buy <garment> for <person>
    prestare <garment> a <person> | lend <garment> to <person>`,
  ),
  sequel(
    'cercare <own belonging> | look for <belonging>',
    `portare <belonging> a <person> | bring <belonging> to <person>
    restituire <belonging> a <person> | return <belonging> to <person>`,
  ),
  sequel(
    'volere leggere <this text> | want to read <text> | state',
    `prestare <text> a <person> | lend <text> to <person>
    dare <text> a <person> | give <text> to <person>
    portare <text> a <person> | bring <text> to <person>`,
  ),
  sequel(
    'volere vedere <the picture> | want to see <picture> | state',
    `mostrare <picture> a <person> | show <picture> to <person>`,
  ),
];

/** *Se vedo Marco, lo saluto*: what one does on meeting somebody. */
export const encounters = readVerbs(`
  salutare <person> | greet <person>
  abbracciare <person> | hug <person>
  invitare <person> a cena | invite <person> to dinner
  ringraziare <person> | thank <person>
  aiutare <person> | help <person>
  chiedere scusa a <person> | apologise to <person>
  dire la verità a <person> | tell <person> the truth
  fare una domanda a <person> | ask <person> a question
  chiedere un consiglio a <person> | ask <person> for advice
  raccontare <tale> a <person> | tell <tale> to <person>
  dare <present> a <person> | give <present> to <person> | once
  mostrare <the picture> a <person> | show <picture> to <person> | once
  restituire <the belonging> a <person> | return <belonging> to <person> | once
  accompagnare <person> a casa | take <person> home
  offrire un caffè a <person> | buy <person> a coffee
`);

/** Seeing and meeting somebody. */
export const sightings = readVerbs(`
  vedere <person> | see <person>
  incontrare <person> | meet <person>
`);

/** Putting things where they are found again. */
export const placings = readVerbs(`
  mettere <belonging> | put <belonging>
  lasciare <belonging> | leave <belonging>
  vedere <belonging> | see <belonging>
  trovare <belonging> | find <belonging>
  dimenticare <belonging> | leave <belonging>
`);

export const going = readVerb('andare <to city> | go <city>');
export const cityLove = readVerb('amare <settlement> | love <settlement> | state');

/** Many got, and some of them used up. */
export const portions: readonly (readonly [first: Verb, next: Verb, kind: string])[] = [
  [readVerb('comprare <fruit> | buy <fruit>'), readVerb('mangiare | eat'), 'fruit'],
  [readVerb('raccogliere <fruit> | pick <fruit>'), readVerb('mangiare | eat'), 'fruit'],
  [readVerb('preparare <snack> | make <snack>'), readVerb('mangiare | eat'), 'sweetSnack'],
  [readVerb('scrivere <letter> | write <letter>'), readVerb('spedire | post'), 'posted'],
  [readVerb('ricevere <letter> | receive <letter>'), readVerb('leggere | read'), 'letter'],
  [readVerb('comprare <text> | buy <text>'), readVerb('leggere | read'), 'text'],
  [readVerb('lavare <tableware> | wash <tableware>'), readVerb('rompere | break'), 'dishes'],
  [readVerb('raccogliere <vegetable> | pick <vegetable>'), readVerb('mangiare | eat'), 'vegetable'],
];
