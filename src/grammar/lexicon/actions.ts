import { readVerbs } from './read-verbs.ts';

/** What people do to things. The form of a line is told in read-verbs.ts. */
export const objectActions = readVerbs(`
  leggere <reading> | read <reading> | activity regular @home @leisure
  finire <the text> | finish <text> | sudden once
  scrivere <writing> | write <writing> | adult rare
  tradurre <text> | translate <text> | adult rare
  cercare <own belonging> | look for <belonging> | activity
  trovare <belonging> | find <belonging> | mishap once
  perdere <own belonging> | lose <belonging> | mishap
  dimenticare <own belonging> | forget <belonging> | mishap
  perdere <own papers> | lose <papers> | mishap
  trovare <the papers> | find <papers> | mishap once
  cercare <own papers> | look for <papers> | activity
  mostrare <own papers> a <official> | show <papers> to <official> | once
  nascondere <the present> | hide <present> | once
  comprare <produce> | buy <produce> | regular @shop
  comprare <meal> | buy <meal> | regular @shop
  comprare <ingredient> | buy <ingredient> | @shop
  comprare <garment> | buy <garment> | once @shop
  comprare <vehicle> | buy <vehicle> | rare adult
  comprare <furniture> | buy <furniture> | once adult
  comprare <device> | buy <device> | rare adult
  comprare <present> | buy <present> | once @shop
  comprare <belonging> | buy <belonging> | once @shop
  comprare <flower> | buy <flower> | regular @shop
  comprare <text> | buy <text> | once
  vendere <the vehicle> | sell <vehicle> | rare adult
  vendere <the furniture> | sell <furniture> | once adult
  riparare <the vehicle> | repair <vehicle> | adult once
  riparare <the device> | repair <device> | adult once
  guidare <the drivable> | drive <drivable> | activity adult
  parcheggiare <the drivable> | park <drivable> | adult once
  lavare <the drivable> | wash <drivable> | regular adult
  lavare <the washed> | wash <washed>
  stirare <the ironed> | iron <ironed> | adult
  indossare <a outfit> | wear <outfit> | activity once
  provare <garment> | try on <garment> | once
  mettersi <worn garment> | put on <garment> | once
  togliersi <worn garment> | take off <garment> | once
  piegare <the ironed> | fold <ironed> | once
  aprire <the opening> | open <opening> | once
  chiudere <the opening> | close <opening> | once
  accendere <the device> | turn on <device> | sudden
  spegnere <the device> | turn off <device> | sudden
  usare <the appliance> | use <appliance> | activity
  pulire <the room> | clean <room> | regular
  dipingere <picture> | paint <picture> | once
  spostare <the furniture> | move <furniture> | once
  coprire <the furniture> | cover <furniture> | once
  rompere <tableware> | break <tableware> | mishap once
  lavare <the tableware> | wash <tableware> | once
  mangiare <bite> | eat <bite> | @meals with
  mangiare <meal> | eat <meal> | activity @meals with
  bere <drink> | drink <drink> | activity @meals with
  bere <alcohol> | drink <alcohol> | activity adult @meals with
  cucinare <cooked> | cook <cooked> | regular
  preparare <dish> | make <dish>
  preparare la cena | make dinner | daily regular
  preparare il caffè | make coffee | adult
  assaggiare <dish> | taste <dish> | once sudden
  ordinare <dish> | order <dish> | adult sudden
  dividere <the dish> con <companion> | share <dish> with <companion> | once
  tagliare <produce> | cut <produce> | once
  sbucciare <peeled> | peel <peeled> | once
  raccogliere <produce> | pick <produce>
  raccogliere <flower> | pick <flower>
  annaffiare <all growing> | water <growing> | regular
  piantare <growing> | plant <growing> | once
  disegnare <animal> | draw <animal>
  fotografare <all wildAnimal> | photograph <wildAnimal> | once
  fotografare <sight> | photograph <sight> | once
  visitare <sight> | visit <sight> | once with
  guardare <film> | watch <film> | activity @home with
  guardare <the view> | look at <view> | activity daily
  ammirare <the view> | admire <view> | activity daily
  vedere <film> | see <film> | once sudden with
  suonare <the instrument> | play <instrument> | activity regular
  cantare <song> | sing <song> | activity with
  imparare <generic language> | learn <language> | rare
  organizzare <occasion> | organise <occasion> | once adult
  ricevere <message> | receive <message> | mishap
  aprire <the letter> | open <letter> | once sudden
  leggere <the letter> | read <letter> | once
  aspettare <the transport> | wait for <transport> | activity
  prendere <the transport> | take <transport> | regular sudden
  perdere <the transport> | miss <transport> | mishap
  risolvere <the puzzle> | solve <puzzle> | once
  capire <the lesson> | understand <lesson> | mishap once
  ripetere <the lesson> | repeat <lesson> | once
  scegliere <the garment> | choose <garment> | once
  scegliere <the present> | choose <present> | once
  accarezzare <the pet> | stroke <pet> | activity
  dare da mangiare a <the pet> | feed <pet> | regular
  costruire <built> | build <built> | adult rare
  decorare <the room> | decorate <room> | once
  affittare <a lodging> | rent <lodging> | rare adult
  prenotare <a lodging> | book <lodging> | once adult sudden
  cancellare <the occasion> | cancel <occasion> | once adult sudden
  preparare <the luggage> | pack <luggage> | once
  salvare <the pet> | save <pet> | mishap once
`);

/** What people do to people. */
export const personActions = readVerbs(`
  aiutare <person> | help <person> | activity regular
  incontrare <person> | meet <person> | sudden @town @shop @leisure
  salutare <person> | greet <person> | sudden
  ringraziare <person> | thank <person> | sudden
  aspettare <person> | wait for <person> | activity @town
  invitare <person> a cena | invite <person> to dinner | sudden
  chiamare <person> | call <person> | regular
  accompagnare <person> alla stazione | take <person> to the station
  accompagnare <person> a casa | take <person> home
  cercare <person> | look for <person> | activity
  ascoltare <person> | listen to <person> | activity
  abbracciare <person> | hug <person> | sudden
  disturbare <person> | disturb <person> | activity
  svegliare <person> | wake up <person> | sudden
  rispondere a <person> | answer <person> | sudden
  chiedere aiuto a <person> | ask <person> for help | sudden
  chiedere un consiglio a <person> | ask <person> for advice | sudden
  chiedere scusa a <person> | apologise to <person> | sudden
  dire la verità a <person> | tell <person> the truth | sudden
  fare una domanda a <person> | ask <person> a question | sudden
  fare un regalo a <person> | give <person> a present | sudden
  dare una mano a <person> | give <person> a hand | sudden
  parlare con <person> | talk to <person> | activity regular @town
  lavorare con <person> | work with <person> | activity regular
  litigare con <person> | argue with <person> | activity
  uscire con <companion> | go out with <companion> | regular sudden
  ballare con <companion> | dance with <companion> | activity
  cenare con <companion> | have dinner with <companion> | activity daily
  pranzare con <companion> | have lunch with <companion> | activity daily
  giocare con <companion> | play with <companion> | activity regular
  sorridere a <person> | smile at <person> | activity
  arrabbiarsi con <person> | get angry with <person> | mishap
  lamentarsi con <person> | complain to <person> | activity
  pensare a <person> | think about <person> | activity
  parlare di <person> | talk about <person> | activity
  prendere in giro <person> | make fun of <person> | activity
  perdonare <person> | forgive <person> | sudden once
  deludere <person> | disappoint <person> | mishap
  riconoscere <person> | recognise <person> | mishap once
`);

/** What people give, say and show to people. */
export const transferActions = readVerbs(`
  dare <portable> a <person> | give <portable> to <person> | once
  prestare <belonging> a <person> | lend <belonging> to <person> | once
  prestare <text> a <person> | lend <text> to <person> | once
  restituire <the belonging> a <person> | return <belonging> to <person> | once
  mostrare <the picture> a <person> | show <picture> to <person> | once
  portare <present> a <person> | bring <present> to <person> | once
  mandare <message> a <person> | send <message> to <person> | regular
  scrivere <letter> a <person> | write <letter> to <person> | regular
  spedire <the posted> a <person> | post <posted> to <person> | once
  offrire <dish> a <person> | offer <dish> to <person> | once
  raccontare <tale> a <person> | tell <tale> to <person> | regular
  raccontare <joke> a <person> | tell <joke> to <person> | sudden
  leggere <tale> a <person> | read <tale> to <person> | regular
  spiegare <the lesson> a <person> | explain <lesson> to <person> | once
  vendere <the vehicle> a <person> | sell <vehicle> to <person> | rare adult
  regalare <a text> a <person> | give <text> to <person> | once
  insegnare <generic language> a <person> | teach <language> to <person> | activity adult
  preparare <dish> per <person> | make <dish> for <person> | once
  comprare <present> per <person> | buy <present> for <person> | once
  passare <the cutlery> a <person> | pass <cutlery> to <person> | once sudden
`);

/** What people do, without an object, or with a fixed one. */
export const plainActions = readVerbs(`
  dormire | sleep | activity @home
  riposare | rest | activity @home @leisure
  lavorare | work | activity regular @work
  studiare | study | activity regular @study with
  studiare <bare subject> | study <subject> | activity regular with
  studiare <generic language> | study <language> | activity regular with
  cucinare | cook | activity regular
  mangiare fuori | eat out | activity with
  fare colazione | have breakfast | daily regular finished @meals with
  pranzare | have lunch | daily regular finished @meals with
  cenare | have dinner | daily regular finished @meals with
  nuotare | swim | activity regular
  correre | run | activity regular @leisure
  camminare | walk | activity @leisure with
  passeggiare | go for a walk | activity regular @leisure with
  ballare | dance | activity with
  cantare | sing | activity
  cantare in un coro | sing in a choir | activity regular
  fumare | smoke | activity adult
  ridere | laugh | activity with
  sciare | ski | activity with
  pescare | fish | activity regular with
  fare la spesa | do the shopping | regular finished @shop with
  fare la doccia | have a shower | finished
  fare ginnastica | exercise | activity regular
  fare una passeggiata | take a walk | activity regular @leisure with
  fare un giro in bicicletta | go for a bike ride | activity regular with
  lavare i piatti | wash the dishes | finished
  apparecchiare la tavola | set the table | finished
  portare fuori il cane | walk the dog | finished regular
  pulire la casa | clean the house | finished regular
  giocare a <bare game> | play <game> | activity regular with
  parlare di <bare topic> | talk about <topic> | activity with
  ascoltare la musica | listen to music | activity regular @home
  ascoltare la radio | listen to the radio | activity regular @home
  guardare la televisione | watch television | activity regular @home with
  leggere il giornale | read the newspaper | activity regular @home
  alzarsi presto | get up early | daily regular sudden
  alzarsi tardi | get up late | mishap daily
  svegliarsi presto | wake up early | mishap daily
  andare a letto presto | go to bed early | daily regular sudden
  lavarsi i denti | brush OWN teeth | finished
  lavarsi le mani | wash OWN hands | finished
  lavarsi i capelli | wash OWN hair | finished
  pettinarsi | comb OWN hair | finished
  prepararsi | get ready | finished sudden
  vestirsi | get dressed | finished
  annoiarsi | get bored | mishap @study
  divertirsi | have fun | activity @outing with
  ammalarsi | get ill | mishap
  arrivare in ritardo | arrive late | mishap
  tornare a casa tardi | come home late | mishap daily
  prendere il sole | sunbathe | activity daily @leisure
  mettere in ordine la camera | tidy OWN room | finished regular
  scrivere sul diario | write in OWN diary | activity regular
  fare la fila | queue | activity @errand
  piangere | cry | activity
  gridare | shout | activity
  scherzare | joke | activity with
  chiacchierare | chat | activity regular @town with
  viaggiare in treno | travel by train | activity with
  andare in bicicletta | cycle | activity regular
  cambiare idea | change OWN mind | mishap finished
  fare una pausa | take a break | sudden with
`);

/** Going and coming. */
export const motions = readVerbs(`
  andare <to outing> | go <outing> | regular sudden with
  andare <to errand> | go <errand> | sudden
  andare <to shop> | go <shop> | regular sudden with
  andare <to region> | go <region> | sudden with
  tornare <from outing> | come back <outing> | sudden
  tornare <from region> | come back <region> | sudden
  trasferirsi <to region> | move <region> | rare adult sudden
`);
