import type { Verb } from '../syntax.ts';
import { readVerb, readVerbs } from './read-verbs.ts';

/** Something and what may go with it: one is drawn, then one of the others. */
export type Linked = readonly (readonly [first: Verb, others: readonly Verb[]])[];

const linked = (...table: readonly (readonly [string, string])[]): Linked =>
  table.map(([first, others]) => [readVerb(first), readVerbs(others)]);

/** *Prima di uscire*: what one is about to do, and what one does first. */
export const preparations = linked(
  [
    'uscire | go out',
    `chiudere <the opening> | close <opening>
    spegnere <the device> | turn off <device>
    mettersi <worn warmer> | put on <warmer>
    prendere l'ombrello | take OWN umbrella
    salutare <companion> | greet <companion>
    dare da mangiare a <the pet> | feed <pet>
    telefonare a <companion> | call <companion>`,
  ],
  [
    'andare a letto | go to bed',
    `lavarsi i denti | brush OWN teeth
    leggere <a tale> | read <tale>
    spegnere <the device> | turn off <device>
    bere un bicchiere di latte | drink a glass of milk
    chiudere <the opening> | close <opening>
    scrivere sul diario | write in OWN diary
    preparare lo zaino | pack OWN backpack`,
  ],
  [
    'partire | leave',
    `preparare <the luggage> | pack <luggage>
    salutare <companion> | say goodbye to <companion>
    comprare <the papers> | buy <papers>
    prenotare <a lodging> | book <lodging>
    annaffiare <all growing> | water <growing>
    chiudere tutte le finestre | close all the windows`,
  ],
  [
    'mangiare | eat',
    `lavarsi le mani | wash OWN hands
    apparecchiare la tavola | set the table
    finire il lavoro | finish OWN work
    bere un bicchiere d'acqua | drink a glass of water`,
  ],
);

/** *Dopo aver mangiato*: what is over, and what comes next. */
export const aftermaths = linked(
  [
    'mangiare | eat',
    `lavare i piatti | wash the dishes
    bere un caffè | drink a coffee
    riposare sul divano | rest on the sofa
    fare una passeggiata | take a walk
    lavarsi i denti | brush OWN teeth`,
  ],
  [
    'finire il lavoro | finish OWN work',
    `andare <to leisure> | go <leisure>
    giocare con <companion> | play with <companion>
    guardare <a film> | watch <film>
    chiamare <companion> | call <companion>
    preparare lo zaino | pack OWN backpack`,
  ],
  [
    'lavorare tutto il giorno | work all day',
    `riposare sul divano | rest on the sofa
    andare <to town> | go <town>
    cenare con <companion> | have dinner with <companion>
    fare la doccia | have a shower`,
  ],
  [
    'leggere <the reading> | read <reading>',
    `scrivere a <companion> | write to <companion>
    andare a letto | go to bed
    spegnere la luce | turn off the light
    cambiare idea | change OWN mind`,
  ],
  [
    'tornare a casa | come home',
    `fare la doccia | have a shower
    accendere <the device> | turn on <device>
    preparare <a dish> | make <dish>
    telefonare a <companion> | call <companion>
    togliersi <worn warmer> | take off <warmer>`,
  ],
  [
    'arrivare alla stazione | arrive at the station',
    `comprare un biglietto | buy a ticket
    prendere un taxi | take a taxi
    chiamare <companion> | call <companion>
    cercare l'albergo | look for the hotel`,
  ],
);

/** *Senza salutare*: how one does what, and leaves something out. */
export const omissions = linked(
  [
    'uscire di casa | leave the house',
    `salutare <companion> | say goodbye to <companion>
    chiudere <the opening> | close <opening>
    fare colazione | have breakfast
    prendere l'ombrello | take OWN umbrella
    spegnere <the device> | turn off <device>`,
  ],
  [
    'andare a letto | go to bed',
    `cenare | have dinner
    lavarsi i denti | brush OWN teeth
    spegnere la luce | turn off the light
    salutare <companion> | say goodnight to <companion>`,
  ],
  [
    'comprare <a vehicle> | buy <vehicle>',
    `chiedere un consiglio a <companion> | ask <companion> for advice
    guardare il prezzo | look at the price
    pensare ai soldi | think about the money`,
  ],
  [
    'partire | leave',
    `dire niente a <companion> | say anything to <companion>
    prendere il passaporto | take OWN passport
    pagare il conto | pay the bill
    aspettare <companion> | wait for <companion>`,
  ],
  [
    'parlare per due ore | talk for two hours',
    `guardare <companion> | look at <companion>
    fare una pausa | take a break
    dire niente di nuovo | say anything new`,
  ],
);

/** *Vado al mercato per comprare del pane.* */
export const errands = linked(
  [
    'andare al mercato | go to the market',
    `comprare <produce> | buy <produce>
    comprare <meal> | buy <meal>
    comprare <flower> | buy <flower>
    incontrare <companion> | meet <companion>`,
  ],
  [
    'andare in biblioteca | go to the library',
    `studiare <bare subject> | study <subject>
    leggere <the reading> | read <reading>
    cercare <a text> | look for <text>
    preparare l'esame | prepare for the exam`,
  ],
  [
    'andare alla stazione | go to the station',
    `prendere il treno | take the train
    aspettare <companion> | wait for <companion>
    comprare i biglietti | buy the tickets
    salutare <companion> | say goodbye to <companion>`,
  ],
  [
    'andare in centro | go to the city centre',
    `comprare <a garment> | buy <garment>
    visitare <the sight> | visit <sight>
    incontrare <companion> | meet <companion>
    vedere <the film> | see <film>
    cercare <a present> | look for <present>`,
  ],
  [
    'telefonare a <companion> | call <companion>',
    `chiedere aiuto | ask for help
    raccontare <the tale> | tell <tale>
    parlare di <bare topic> | talk about <topic>
    fissare un appuntamento | make an appointment`,
  ],
  [
    'rimanere a casa | stay at home',
    `finire <the text> | finish <text>
    pulire <the room> | clean <room>
    aspettare <companion> | wait for <companion>
    guardare <the film> | watch <film>
    preparare <a dish> | make <dish>`,
  ],
  [
    'alzarsi presto | get up early',
    `studiare | study
    prendere l'aereo | take the plane
    correre nel parco | run in the park
    ammirare l'alba | admire the dawn
    fotografare <the view> | photograph <view>`,
  ],
  [
    'andare <to country> | go <country>',
    `visitare <a sight> | visit <sight>
    cercare un lavoro | look for a job`,
  ],
);

/** *Quando arriverò a casa*: what one waits for, and what one will do then. */
export const moments = linked(
  [
    'arrivare a casa | get home',
    `chiamare <companion> | call <companion>
    fare la doccia | have a shower
    preparare <a dish> | make <dish>
    accendere <the device> | turn on <device>
    dare da mangiare a <the pet> | feed <pet>`,
  ],
  [
    'finire il lavoro | finish OWN work',
    `andare <to outing> | go <outing>
    bere <drink> con <companion> | drink <drink> with <companion>
    comprare <produce> | buy <produce>
    telefonare a <companion> | call <companion>
    leggere <the reading> | read <reading>`,
  ],
  [
    'avere tempo | have time',
    `scrivere a <companion> | write to <companion>
    leggere <the reading> | read <reading>
    pulire <the room> | clean <room>
    riparare <the device> | repair <device>
    imparare <generic language> | learn <language>
    visitare <the sight> | visit <sight>`,
  ],
  [
    'trovare un lavoro | find a job',
    `comprare <a vehicle> | buy <vehicle>
    trasferirsi <to region> | move <region>
    affittare un appartamento | rent a flat
    invitare <companion> a cena | invite <companion> to dinner
    comprare <a present> per <companion> | buy <present> for <companion>`,
  ],
  [
    'andare <to country> | go <country>',
    `visitare <the sight> | visit <sight>
    scrivere una cartolina a <companion> | write a postcard to <companion>
    imparare la lingua | learn the language
    mangiare <dish> | eat <dish>
    comprare un regalo per <companion> | buy a present for <companion>`,
  ],
  [
    'essere in vacanza | be on holiday',
    `dormire fino a tardi | sleep late
    leggere <a reading> | read <reading>
    nuotare ogni giorno | swim every day
    scrivere cartoline a <companion> | write postcards to <companion>
    giocare a <bare outdoorGame> | play <outdoorGame>`,
  ],
);

/** *Se avessi più tempo, leggerei di più.* */
export const dreams = linked(
  [
    'avere più tempo | have more time',
    `leggere di più | read more
    imparare <generic language> | learn <language>
    suonare <the instrument> | play <instrument>
    dormire di più | sleep more
    cucinare ogni giorno | cook every day
    scrivere <a writing> | write <writing>
    aiutare <companion> | help <companion>`,
  ],
  [
    'essere ~ricco | be rich',
    `comprare <a vehicle> | buy <vehicle>
    viaggiare di più | travel more
    aiutare <own family> | help <family>
    smettere di lavorare | stop working
    affittare <a lodging> | rent <lodging>
    comprare <a garment> ogni giorno | buy <garment> every day`,
  ],
  [
    'abitare <at country> | live <country>',
    `parlare bene la lingua | speak the language well
    mangiare molto bene | eat very well
    lavorare in una scuola | work in a school
    invitare <companion> | invite <companion>
    andare al mare ogni giorno | go to the seaside every day`,
  ],
  [
    'avere una macchina | have a car',
    `andare <to region> | go <region>
    accompagnare <companion> al lavoro | take <companion> to work
    visitare <the sight> | visit <sight>
    arrivare in orario | arrive on time`,
  ],
  [
    'sapere cucinare | know how to cook',
    `preparare <a dish> per <companion> | make <dish> for <companion>
    aprire un ristorante | open a restaurant
    invitare <companion> a cena | invite <companion> to dinner`,
  ],
  [
    'essere ~giovane | be young',
    `imparare <generic language> | learn <language>
    trasferirsi <to region> | move <region>
    studiare <bare subject> | study <subject>
    giocare a <bare outdoorGame> | play <outdoorGame>`,
  ],
);
