import { readVerb, readVerbs } from './read-verbs.ts';

/** How people are. */
export const personStates = readVerbs(`
  avere fame | be hungry | state
  avere sete | be thirsty | state
  avere sonno | be sleepy | state
  avere freddo | be cold | state
  avere caldo | be hot | state
  avere fretta | be in a hurry | state
  avere ragione | be right | state
  avere torto | be wrong | state
  avere mal di testa | have a headache | state
  avere mal di denti | have toothache | state
  avere mal di gola | have a sore throat | state
  avere la febbre | have a temperature | state
  avere il raffreddore | have a cold | state
  avere molto da fare | have a lot to do | state
  essere in ritardo | be late | state
  essere in vacanza | be on holiday | state
  essere di buon umore | be in a good mood | state
  essere senza lavoro | be out of work | state
  stare bene | be well | state
`);

/** How they are and seem: the adjective agrees. */
export const adjectiveStates = readVerbs(`
  essere <adjective> | be <adjective> | state
  sembrare <adjective> | seem <adjective> | state
`);

/** What they have, know, love and fear. */
export const objectStates = readVerbs(`
  avere <a pet> | have <pet> | state
  avere <a vehicle> | have <vehicle> | state adult
  avere bisogno di <a belonging> | need <belonging> | state
  avere bisogno di <a garment> | need <garment> | state
  volere <a garment> | want <garment> | state
  volere <a dish> | want <dish> | state
  volere <a pet> | want <pet> | state
  preferire <this garment> | prefer <garment> | state
  conoscere <person> | know <person> | state
  conoscere <the tale> | know <tale> | state
  fidarsi di <person> | trust <person> | state
  credere a <person> | believe <person> | state
  avere fiducia in <person> | have faith in <person> | state
  essere d'accordo con <person> | agree with <person> | state
  avere paura di <generic feared> | be afraid of <feared> | state
  amare <generic animal> | love <animal> | state
  amare <generic topic> | love <topic> | state
  odiare <generic eaten> | hate <eaten> | state
  abitare <at region> | live <region> | state
  abitare con <own kin> | live with <kin> | state
  meritare <a present> | deserve <present> | state
`);

/** *Mi piace il caffè*: the Italian subject is what is liked. */
export const feelings = readVerbs(`
  piacere <generic edible> | like <edible> | state feel
  piacere <generic animal> | like <animal> | state feel
  piacere <generic drink> | like <drink> | state feel
  piacere <generic topic> | like <topic> | state feel
  piacere <this garment> | like <garment> | state feel
  piacere <this text> | like <text> | state feel
  piacere <this picture> | like <picture> | state feel
  piacere <this song> | like <song> | state feel
  mancare <own kin> | miss <kin> | state feel
  servire <a belonging> | need <belonging> | state feel
  servire <a cutlery> | need <cutlery> | state feel
  interessare <generic topic> | be interested in <topic> | state feel
`);

/** What things do. */
export const thingActions = readVerbs(`
  partire | leave | sudden by transport
  arrivare | arrive | sudden by transport
  cominciare | start | sudden by event
  finire | end | sudden by event
  aprire | open | sudden by shop
  chiudere | close | sudden by shop
`);

/** What animals do. */
export const animalActions = readVerbs(`
  dormire sul divano | sleep on the sofa | activity by pet
  dormire sotto il tavolo | sleep under the table | activity by pet
  giocare in giardino | play in the garden | activity by pet
  correre nel prato | run in the meadow | activity by farmAnimal
  mangiare l'erba | eat the grass | activity by grazing
  bere dal fiume | drink from the river | activity by landAnimal
  riposare all'ombra | rest in the shade | activity by farmAnimal
  attraversare la strada | cross the road | sudden by pet
  entrare in casa | come into the house | sudden by pet
  scappare dallo zoo | escape from the zoo | sudden once by landAnimal
  seguire <person> | follow <person> | activity by pet
  guardare <person> | look at <person> | activity by pet
  mordere <person> | bite <person> | sudden by biting
  pungere <person> | sting <person> | sudden by stinging
`);

/** What one has done in one's life, or never. */
export const experiences = readVerbs(`
  essere <to country> | be <country>
  essere <to city> | be <city>
  vedere <wildAnimal> | see <wildAnimal>
  mangiare <bite> | eat <bite>
  assaggiare <generic alcohol> | taste <alcohol>
  guidare <a drivable> | drive <drivable>
  suonare <the instrument> | play <instrument>
  giocare a <bare game> | play <game>
  studiare <bare subject> | study <subject>
  visitare <the sight> | visit <sight>
  scrivere <writing> | write <writing>
  parlare con <person> | speak to <person>
  conoscere <person> | meet <person>
  raccontare <joke> a <person> | tell <joke> to <person>
  viaggiare in aereo | travel by plane
  prendere <a transport> | take <transport>
`);

export const be = readVerb('essere <adjective> | be <adjective> | state');
