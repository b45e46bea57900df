import { readVerbs } from './read-verbs.ts';

/** What one asks *cosa?* about: the first slot is left open. */
export const askedWhat = readVerbs(`
  comprare <belonging> | buy <belonging> | @shop
  mangiare <dish> | eat <dish> | @meals
  bere <drink> | drink <drink> | @meals
  cucinare <cooked> | cook <cooked>
  leggere <reading> | read <reading>
  scrivere <writing> | write <writing>
  guardare <film> | watch <film>
  cercare <belonging> | look for <belonging>
  perdere <belonging> | lose <belonging> | mishap
  trovare <belonging> | find <belonging> | mishap
  ordinare <dish> | order <dish> | @meals
  disegnare <animal> | draw <animal>
  dimenticare <belonging> | forget <belonging> | mishap
  studiare <subject> | study <subject> | @study
  raccontare <tale> a <person> | tell <tale> <person>
  regalare <present> a <person> | give <present> to <person>
  mandare <message> a <person> | send <message> to <person>
  portare <present> a <person> | bring <present> to <person>
  preparare <dish> per <person> | make <dish> for <person>
  fare <event> | do <event> | @home @leisure
`);

/** What one asks *dove?* about. */
export const askedWhere = readVerbs(`
  comprare <that garment> | buy <garment>
  comprare <that present> | buy <present>
  comprare <that belonging> | buy <belonging>
  trovare <that belonging> | find <belonging>
  perdere <own belonging> | lose <belonging>
  mettere <own belonging> | put <belonging>
  nascondere <the present> | hide <present>
  parcheggiare <own vehicle> | park <vehicle>
  incontrare <person> | meet <person>
  imparare <generic language> | learn <language>
  vedere <animal> | see <animal>
  fotografare <the wildAnimal> | photograph <wildAnimal>
`);

/** What one asks *dove?* and *quando?* about, with the one who does it after the verb. */
export const askedOf = readVerbs(`
  abitare | live | state
  lavorare | work
  studiare | study
  pranzare | have lunch
  fare la spesa | do the shopping
  andare in vacanza | go on holiday
`);

/** What one asks *quando?* about, after the fact. */
export const askedWhen = readVerbs(`
  arrivare | arrive
  partire | leave
  tornare a casa | come home
  sposarsi | get married
  cominciare a studiare <generic language> | start studying <language>
  trasferirsi <to region> | move <region>
  comprare <that vehicle> | buy <vehicle>
  finire <the text> | finish <text>
  visitare <the sight> | visit <sight>
`);

/** What one asks others to do: *puoi?*, *potresti?* */
export const favours = readVerbs(`
  aprire <the opening> | open <opening>
  chiudere <the opening> | close <opening>
  accendere <the device> | turn on <device>
  spegnere <the device> | turn off <device>
  aiutare <person> | help <person>
  chiamare <person> | call <person>
  svegliare <person> | wake up <person>
  aspettare <person> | wait for <person>
  accompagnare <person> alla stazione | take <person> to the station
  dare una mano a <person> | give <person> a hand
  prestare <a belonging> a <person> | lend <belonging> to <person>
  prestare <the vehicle> a <person> | lend <vehicle> to <person>
  passare <the cutlery> a <person> | pass <cutlery> to <person>
  portare <a tableware> a <person> | bring <tableware> to <person>
  spiegare <the lesson> a <person> | explain <lesson> to <person>
  ripetere <the lesson> | repeat <lesson>
  comprare <meal> | buy <meal> | @shop
  comprare <produce> | buy <produce> | @shop
  tagliare <the dish> | cut <dish>
  fare i compiti | do OWN homework
  lavare i piatti | wash the dishes
  apparecchiare la tavola | set the table
  preparare il caffè | make coffee
  preparare la cena | make dinner
  portare fuori il cane | walk the dog
  annaffiare <all growing> | water <growing>
  dare da mangiare a <the pet> | feed <pet>
  spostare <the furniture> | move <furniture>
  riparare <the device> | repair <device>
  pulire <the room> | clean <room>
  leggere <a tale> a <person> | read <tale> to <person>
  spedire <the posted> | post <posted>
  parlare più piano | speak more slowly
  fare la spesa | do the shopping
  guidare più piano | drive more slowly
  aprire <the luggage> | open <luggage>
`);

/** What one proposes: *vuoi?*, *ti va di?* */
export const proposals = readVerbs(`
  andare <to outing> con <companion> | go <outing> with <companion>
  giocare a <bare game> con <companion> | play <game> with <companion>
  mangiare <a dish> con <companion> | eat <dish> with <companion>
  guardare <a film> con <companion> | watch <film> with <companion>
  fare una passeggiata con <companion> | take a walk with <companion>
  fare un giro in bicicletta con <companion> | go for a bike ride with <companion>
  cenare con <companion> | have dinner with <companion>
  pranzare con <companion> | have lunch with <companion>
  ballare con <companion> | dance with <companion>
  visitare <the sight> con <companion> | visit <sight> with <companion>
  bere <drink> | drink <drink>
  assaggiare <the dish> | taste <dish>
  provare <this garment> | try on <garment>
  ascoltare <this song> | listen to <song>
  vedere <this picture> | see <picture>
  leggere <this reading> | read <reading>
  imparare <generic language> | learn <language>
  studiare con <companion> | study with <companion>
  andare <to region> con <companion> | go <region> with <companion>
  conoscere <person> | meet <person>
`);

/** What one may ask the length of: *da quanto tempo?* */
export const lasting = readVerbs(`
  abitare <at region> | live <region> | state
  lavorare <at work> | work <work>
  studiare <generic language> | study <language>
  suonare <the instrument> | play <instrument>
  conoscere <person> | know <person> | state
  aspettare <the transport> | wait for <transport>
  giocare a <bare skillGame> | play <skillGame>
  essere in vacanza | be on holiday | state
  stare male | feel ill
`);
