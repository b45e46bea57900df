import { readVerbs } from './read-verbs.ts';
import { readPairs } from './times.ts';

/** Openings that take the subjunctive: *penso che Marco sia stanco*. */
export const beliefs = readPairs(`
  penso che = I think that
  credo che = I believe that
  immagino che = I imagine that
  non credo che = I don't believe that
  pensiamo che = we think that
  crediamo che = we believe that
  è possibile che = it is possible that
  è probabile che = it is likely that
  mi sembra che = it seems to me that
  Marco pensa che = Marco thinks that
  Anna crede che = Anna believes that
  i miei genitori pensano che = my parents think that`);

/** Openings for what would be good, and for what would not. */
export const hopes = readPairs(`
  spero che = I hope that
  speriamo che = we hope that
  i miei genitori sperano che = my parents hope that`);
export const fears = readPairs(`
  ho paura che = I am afraid that
  abbiamo paura che = we are afraid that
  temo che = I fear that`);

/** Openings that take the indicative: *so che Marco è stanco*. */
export const certainties = readPairs(`
  so che = I know that
  sappiamo che = we know that
  è vero che = it is true that
  è chiaro che = it is clear that
  sono sicuro che = I am sure that
  siamo sicuri che = we are sure that
  ho sentito che = I heard that
  mi hanno detto che = they told me that
  tutti sanno che = everyone knows that
  ho dimenticato che = I forgot that
  mi ricordo che = I remember that`);

/** Openings before an indirect question: *non so dove abita Marco*. */
export const doubts = readPairs(`
  non so = I don't know
  non sappiamo = we don't know
  non ricordo = I don't remember
  mi chiedo = I wonder
  vorrei sapere = I would like to know
  nessuno sa = nobody knows
  non ho capito = I didn't understand
  mi hanno chiesto = they asked me`);

/** What people are found to do and have: for *penso che*, *so che*, *dice che*. */
export const opinions = readVerbs(`
  avere ragione | be right
  avere torto | be wrong
  avere fame | be hungry
  avere sonno | be sleepy
  avere la febbre | have a temperature
  avere molto da fare | have a lot to do
  avere bisogno di <a belonging> | need <belonging>
  avere paura di <generic feared> | be afraid of <feared>
  essere in ritardo | be late
  essere in vacanza | be on holiday
  essere ~stanco | be tired
  essere ~felice | be happy
  essere ~malato | be ill
  essere ~preoccupato | be worried
  essere ~arrabbiato | be angry
  essere ~occupato | be busy
  abitare <at region> | live <region>
  conoscere <someone> | know <someone>
  fidarsi di <companion> | trust <companion>
  sapere la verità | know the truth
  parlare <bare language> | speak <language>
  volere <a pet> | want <pet>
  preferire <this garment> | prefer <garment>
  odiare <generic eaten> | hate <eaten>
  amare <generic topic> | love <topic>
`).map((verb) => ({ ...verb, course: 'state' as const }));

/** What people are found to have done: *penso che abbia perso il treno*. */
export const findings = readVerbs(`
  perdere <the transport> | miss <transport>
  perdere <own papers> | lose <papers>
  dimenticare <the belonging> | forget <belonging>
  finire il lavoro | finish OWN work
  vendere <the vehicle> | sell <vehicle>
  comprare <a vehicle> | buy <vehicle>
  rompere <the tableware> | break <tableware>
  tornare <from region> | come back <region>
  cambiare idea | change OWN mind
  capire <the lesson> | understand <lesson>
  dire la verità | tell the truth
  leggere <the reading> | read <reading>
  ricevere <the letter> | receive <letter>
  trovare un lavoro | find a job
  mangiare <the dish> | eat <dish>
  invitare <companion> alla festa | invite <companion> to the party
  pagare il conto | pay the bill
  risolvere <the puzzle> | solve <puzzle>
  scrivere <a writing> | write <writing>
  chiudere <the opening> | close <opening>
`);

/** What one hopes of somebody: *spero che abbia trovato un lavoro*. */
export const blessings = readVerbs(`
  finire il lavoro | finish OWN work
  trovare un lavoro | find a job
  trovare <the belonging> | find <belonging>
  capire <the lesson> | understand <lesson>
  dire la verità | tell the truth
  ricevere <the letter> | receive <letter>
  chiudere <the opening> | close <opening>
  risolvere <the puzzle> | solve <puzzle>
  invitare <companion> alla festa | invite <companion> to the party
  chiedere scusa a <companion> | apologise to <companion>
  dormire bene | sleep well
  prendere <the transport> | catch <transport>
`);

/** What one fears, finds out too late, and says with a sigh. */
export const misfortunes = readVerbs(`
  perdere <the transport> | miss <transport>
  perdere <own papers> | lose <papers>
  perdere <own belonging> | lose <belonging>
  dimenticare <the belonging> | forget <belonging>
  dimenticare di chiudere <the opening> | forget to close <opening>
  rompere <the tableware> | break <tableware>
  prendere il treno sbagliato | take the wrong train
  lasciare le chiavi in ufficio | leave OWN keys at the office
  bruciare <the dish> | burn <dish>
`);

/** What takes practice, and is a pleasure to some. */
export const skills = readVerbs(`
  imparare <generic language> | learn <language>
  suonare <the instrument> | play <instrument>
  guidare <a drivable> | drive <drivable>
  giocare a <bare game> | play <game>
  disegnare <generic animal> | draw <animal>
  cucinare per <companion> | cook for <companion>
  studiare <bare subject> | study <subject>
  parlare di <bare topic> | talk about <topic>
  ballare | dance
  cantare in un coro | sing in a choir
  scrivere <bare writing> | write <writing>
  piantare <bare growing> | plant <growing>
`);

/** What is good for one. */
const virtues = readVerbs(`
  dire la verità | tell the truth
  mangiare molta frutta | eat a lot of fruit
  mangiare <generic produce> | eat <produce>
  dormire otto ore | sleep eight hours
  risparmiare | save money
  chiedere scusa | apologise
  smettere di fumare | stop smoking
  alzarsi presto | get up early
  imparare <generic language> | learn <language>
  studiare <bare subject> | study <subject>
  aiutare <companion> | help <companion>
  bere molta acqua | drink a lot of water
  fare ginnastica | exercise
  arrivare in orario | arrive on time
  ascoltare <companion> | listen to <companion>
`);

/** What one likes doing, or does not. */
export const pastimes = readVerbs(`
  viaggiare in treno | travel by train
  leggere <bare tale> | read <tale>
  leggere a letto | read in bed
  dormire fino a tardi | sleep late
  alzarsi presto | get up early
  lavare i piatti | wash the dishes
  lavorare di notte | work at night
  andare <to outing> | go <outing>
  mangiare <bare fruit> | eat <fruit>
  bere <generic drink> la mattina | drink <drink> in the morning
  nuotare nel lago | swim in the lake
  camminare nel bosco | walk in the wood
  guardare la televisione | watch television
  ascoltare la musica | listen to music
  collezionare <bare collected> | collect <collected>
  chiacchierare con <companion> | chat with <companion>
  giocare con <companion> | play with <companion>
  vivere in campagna | live in the country
  stirare le camicie | iron shirts
  fare la fila | queue
`);

const easy = `
  è facile = it is easy
  è difficile = it is difficult
  non è facile = it isn't easy
  è bello = it is nice
  è divertente = it is fun
  non è difficile = it isn't difficult`;
const good = `
  è importante = it is important
  è utile = it is useful
  è necessario = it is necessary
  non è facile = it isn't easy
  è giusto = it is right`;

/** What is said of each. */
export const judgements = [
  [readPairs(easy), skills],
  [readPairs(good), virtues],
] as const;
