import type { Verb } from '../syntax.ts';
import { lines } from './read-nouns.ts';
import { readVerb } from './read-verbs.ts';

/** What one does, or does not do. */
export interface Deed {
  readonly verb: Verb;
  readonly negated: boolean;
}

/** A state and what comes of it: *ho fame*, so *mangio un panino*. */
export interface Reason {
  readonly cause: Verb;
  readonly effects: readonly Deed[];
}

/** A line of read-verbs.ts; an exclamation mark in front says that it is not done. */
export function readDeeds(table: string): Deed[] {
  return lines(table).map((line) => ({ verb: readVerb(line.replace('! ', '')), negated: line.startsWith('! ') }));
}

const reason = (cause: string, effects: string): Reason => ({
  cause: readVerb(`${cause} | state`),
  effects: readDeeds(effects),
});

/** Why people do what they do. */
export const reasons: readonly Reason[] = [
  reason(
    'avere fame | be hungry',
    `mangiare <a dish> | eat <dish>
    preparare un panino | make a sandwich
    andare al ristorante | go to the restaurant
    comprare <a snack> | buy <snack>
    ordinare due pizze | order two pizzas
    aprire il frigorifero | open the fridge
    tornare a casa | go home`,
  ),
  reason(
    'avere sete | be thirsty',
    `bere un bicchiere d'acqua | drink a glass of water
    comprare una bottiglia d'acqua | buy a bottle of water
    ordinare una limonata | order a lemonade
    entrare in un bar | go into a café
    finire tutta l'acqua | finish all the water`,
  ),
  reason(
    'essere ~stanco | be tired',
    `andare a letto presto | go to bed early
    rimanere a casa | stay at home
    riposare sul divano | rest on the sofa
    fare una pausa | take a break
    tornare a casa | go home
    prendere un taxi | take a taxi
    addormentarsi subito | fall asleep at once
    ! uscire con <companion> | go out with <companion>
    ! andare <to outing> | go <outing>
    ! giocare a <bare game> | play <game>
    ! finire il lavoro | finish OWN work
    ! guardare <the film> | watch <film>`,
  ),
  reason(
    'essere ~malato | be ill',
    `rimanere a letto | stay in bed
    chiamare il medico | call the doctor
    andare dal medico | go to the doctor's
    prendere una medicina | take some medicine
    bere una tazza di tè | drink a cup of tea
    dormire tutto il giorno | sleep all day
    ! andare a scuola | go to school
    ! andare al lavoro | go to work
    ! andare <to outing> | go <outing>
    ! mangiare niente | eat anything`,
  ),
  reason(
    'avere freddo | be cold',
    `chiudere la finestra | close the window
    accendere il riscaldamento | turn on the heating
    mettersi <worn warmer> | put on <warmer>
    bere una tazza di tè | drink a cup of tea
    prendere una coperta | get a blanket
    ! nuotare | swim
    ! togliersi il cappotto | take off OWN coat`,
  ),
  reason(
    'avere caldo | be hot',
    `aprire la finestra | open the window
    togliersi <worn warmer> | take off <warmer>
    accendere il ventilatore | turn on the fan
    mangiare un gelato | eat an ice cream
    bere una limonata | drink a lemonade
    dormire sul balcone | sleep on the balcony
    fare una doccia fredda | have a cold shower`,
  ),
  reason(
    'essere in ritardo | be late',
    `prendere un taxi | take a taxi
    correre alla stazione | run to the station
    chiamare l'ufficio | call the office
    chiedere scusa a <companion> | apologise to <companion>
    ! fare colazione | have breakfast
    ! salutare <companion> | greet <companion>
    ! aspettare l'autobus | wait for the bus`,
  ),
  reason(
    'avere un esame | have an exam',
    `studiare tutto il giorno | study all day
    alzarsi presto | get up early
    andare in biblioteca | go to the library
    spegnere il telefono | turn off OWN phone
    ! uscire con <companion> | go out with <companion>
    ! guardare la televisione | watch television
    ! andare <to outing> | go <outing>`,
  ),
  reason(
    'avere mal di testa | have a headache',
    `prendere un'aspirina | take an aspirin
    spegnere la radio | turn off the radio
    andare a letto presto | go to bed early
    chiudere gli occhi | close OWN eyes
    ! andare alla festa | go to the party
    ! leggere <the reading> | read <reading>
    ! finire il lavoro | finish OWN work`,
  ),
  reason(
    'avere mal di denti | have toothache',
    `andare dal dentista | go to the dentist's
    prendere un'aspirina | take an aspirin
    ! mangiare <a snack> | eat <snack>
    ! dormire bene | sleep well`,
  ),
  reason(
    'essere ~felice | be happy',
    `cantare in macchina | sing in the car
    sorridere a tutti | smile at everyone
    ballare in cucina | dance in the kitchen
    abbracciare <companion> | hug <companion>
    invitare tutti a cena | invite everyone to dinner
    comprare un mazzo di fiori | buy a bunch of flowers`,
  ),
  reason(
    'essere ~triste | be sad',
    `piangere tutta la notte | cry all night
    rimanere in camera | stay in OWN room
    chiamare <companion> | call <companion>
    scrivere una poesia | write a poem
    ascoltare una vecchia canzone | listen to an old song
    ! uscire con <companion> | go out with <companion>
    ! rispondere a <companion> | answer <companion>`,
  ),
  reason(
    'essere ~arrabbiato | be angry',
    `uscire di casa | leave the house
    rompere un piatto | break a plate
    chiudere la porta | close the door
    ! rispondere a <companion> | answer <companion>
    ! salutare <companion> | greet <companion>
    ! parlare con <companion> | talk to <companion>
    ! chiedere scusa a <companion> | apologise to <companion>`,
  ),
  reason(
    'essere ~annoiato | be bored',
    `accendere la televisione | turn on the television
    chiamare <companion> | call <companion>
    leggere <a reading> | read <reading>
    uscire con <companion> | go out with <companion>
    giocare con <the pet> | play with <pet>
    fare un cruciverba | do a crossword
    preparare <a dish> | make <dish>`,
  ),
  reason(
    'avere paura dei cani | be afraid of dogs',
    `attraversare la strada | cross the road
    chiudere il cancello | close the gate
    chiamare <companion> | call <companion>
    ! entrare nel giardino | go into the garden
    ! accarezzare il cagnolino | stroke the puppy`,
  ),
  reason(
    'essere al verde | be broke',
    `cercare un lavoro | look for a job
    vendere la moto | sell OWN motorbike
    mangiare a casa | eat at home
    ! comprare <a vehicle> | buy <vehicle>
    ! comprare <a present> | buy <present>
    ! andare in vacanza | go on holiday
    ! prenotare <a lodging> | book <lodging>`,
  ),
  reason(
    'avere ospiti | have guests',
    `pulire la casa | clean the house
    preparare <a dish> | make <dish>
    comprare <drink> | buy <drink>
    apparecchiare la tavola in giardino | set the table in the garden
    mettere in ordine il salotto | tidy the living room
    fare la spesa | do the shopping
    ! andare <to outing> | go <outing>`,
  ),
  reason(
    'avere molto da fare | have a lot to do',
    `alzarsi presto | get up early
    lavorare fino a tardi | work late
    chiedere aiuto a <companion> | ask <companion> for help
    ! pranzare | have lunch
    ! andare in vacanza | go on holiday
    ! leggere <the reading> | read <reading>
    ! chiamare <companion> | call <companion>`,
  ),
];

/** What one does all the same: *anche se era stanca, ha finito i compiti*. */
export const concessions: readonly Reason[] = [
  reason(
    'essere ~stanco | be tired',
    `lavorare fino a tardi | work late
    aiutare <companion> | help <companion>
    finire il lavoro | finish OWN work
    andare <to outing> | go <outing>
    pulire <the room> | clean <room>
    uscire con <companion> | go out with <companion>`,
  ),
  reason(
    'essere ~malato | be ill',
    `andare al lavoro | go to work
    preparare la cena | make dinner
    andare <to outing> | go <outing>
    ! chiamare il medico | call the doctor
    ! rimanere a letto | stay in bed`,
  ),
  reason(
    'avere paura | be afraid',
    `entrare nel bosco | go into the wood
    aprire la porta | open the door
    scendere in cantina | go down to the cellar
    accarezzare il lupo | stroke the wolf
    ! gridare | shout`,
  ),
  reason(
    'avere fame | be hungry',
    `aspettare <companion> | wait for <companion>
    continuare a lavorare | carry on working
    ! mangiare <the dish> | eat <dish>
    ! ordinare niente | order anything`,
  ),
  reason(
    'essere in ritardo | be late',
    `fare colazione con calma | have breakfast without hurrying
    fermarsi al bar | stop at the café
    ! prendere un taxi | take a taxi
    ! chiedere scusa | apologise`,
  ),
  reason(
    'avere torto | be wrong',
    `continuare a discutere | carry on arguing
    litigare con <companion> | argue with <companion>
    ! cambiare idea | change OWN mind
    ! chiedere scusa a <companion> | apologise to <companion>`,
  ),
];

/** What one does in the rain, and in the sun. */
export const rainyDeeds = readDeeds(`
  rimanere a casa | stay at home
  prendere l'ombrello | take OWN umbrella
  chiudere le finestre | close the windows
  guardare <a film> a casa | watch <film> at home
  andare <to indoors> | go <indoors>
  leggere <a reading> sul divano | read <reading> on the sofa
  giocare a carte con <companion> | play cards with <companion>
  prendere un taxi | take a taxi
  mettersi gli stivali | put on OWN boots
  ! andare <to leisure> | go <leisure>
  ! fare una passeggiata | take a walk
  ! mangiare in giardino | eat in the garden
  ! giocare a <bare outdoorGame> | play <outdoorGame>
`);
export const sunnyDeeds = readDeeds(`
  andare <to leisure> | go <leisure>
  mangiare in giardino | eat in the garden
  fare una passeggiata | take a walk
  fare un giro in bicicletta con <companion> | go for a bike ride with <companion>
  giocare a <bare outdoorGame> con <companion> | play <outdoorGame> with <companion>
  leggere <a reading> in giardino | read <reading> in the garden
  aprire le finestre | open the windows
  mettersi gli occhiali da sole | put on OWN sunglasses
  annaffiare <all growing> | water <growing>
  fare colazione sul balcone | have breakfast on the balcony
  portare i bambini al parco | take the children to the park
  ! rimanere a casa | stay at home
  ! prendere l'ombrello | take OWN umbrella
`);
