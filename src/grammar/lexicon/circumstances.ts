import { readVerbs } from './read-verbs.ts';
import { readDeeds } from './reasons.ts';
import { readPairs } from './times.ts';

/** What goes on at home for a while. */
export const indoorActivities = readVerbs(`
  cucinare | cook
  preparare la cena | make dinner
  preparare <a dish> | make <dish>
  fare la doccia | have a shower
  leggere <a reading> | read <reading>
  guardare <a film> | watch <film>
  guardare la televisione | watch television
  studiare <bare subject> | study <subject>
  lavare i piatti | wash the dishes
  dormire | sleep
  dormire sul divano | sleep on the sofa
  suonare <the instrument> | play <instrument>
  scrivere <a letter> | write <letter>
  scrivere una relazione | write a report
  pulire <the room> | clean <room>
  stirare <the ironed> | iron <ironed>
  ascoltare la radio | listen to the radio
  apparecchiare la tavola | set the table
  lavorare al computer | work on the computer
  mangiare un panino | eat a sandwich
  bere una tazza di tè | drink a cup of tea
  parlare al telefono | talk on the phone
  disegnare <a farmAnimal> | draw <farmAnimal>
  giocare a carte | play cards
  cercare <the belonging> | look for <belonging>
  riparare <the device> | repair <device>
`);

/** What breaks in on it. */
export const indoorInterruptions = readPairs(`
  ha squillato il telefono = the phone rang
  è arrivato il postino = the postman arrived
  è andata via la luce = the lights went out
  qualcuno ha bussato alla porta = someone knocked on the door
  qualcuno ha suonato il campanello = someone rang the doorbell
  ha cominciato a nevicare = it started to snow
  è scoppiato un temporale = a storm broke out
  il gatto ha rotto un bicchiere = the cat broke a glass
  il bambino si è svegliato = the child woke up`);

/** What somebody else does meanwhile. */
export const arrivals = readVerbs(`
  arrivare | arrive
  tornare a casa | come home
  entrare in cucina | come into the kitchen
  entrare in salotto | come into the living room
  telefonare | call
  addormentarsi | fall asleep
  uscire di casa | leave the house
`);

/** What goes on out of doors. */
export const outdoorActivities = readVerbs(`
  camminare <at leisure> | walk <leisure>
  passeggiare con <companion> | go for a walk with <companion>
  aspettare <the transport> | wait for <transport>
  andare al lavoro | go to work
  tornare a casa | go home
  fare la spesa | do the shopping
  attraversare la piazza | cross the square
  correre nel bosco | run in the wood
  andare in bicicletta | cycle
  guidare <the drivable> | drive <drivable>
  viaggiare in treno | travel by train
`);

/** What happens on the way. */
export const encountersOutdoors = readVerbs(`
  incontrare <someone> | meet <someone>
  vedere <someone> | see <someone>
  vedere <a glimpsed> | see <glimpsed>
  trovare <a belonging> | find <belonging>
  perdere <own belonging> | lose <belonging>
  cadere | fall
  farsi male | get hurt
  avere un'idea | have an idea
  sentire una canzone | hear a song
`);

/** What children used to do. */
export const childhood = readDeeds(`
  abitare <at region> | live <region> | state
  abitare con <own family> | live with <family> | state
  giocare a <bare game> | play <game>
  giocare con <own relative> | play with <relative>
  suonare <the instrument> | play <instrument>
  leggere <bare tale> | read <tale>
  mangiare molti gelati | eat a lot of ice cream
  andare a scuola in bicicletta | cycle to school
  andare al mare ogni estate | go to the seaside every summer
  avere paura del buio | be afraid of the dark | state
  avere paura di <generic feared> | be afraid of <feared> | state
  sognare di fare il pilota | dream of becoming a pilot
  dormire con la luce accesa | sleep with the light on
  cantare in un coro | sing in a choir
  amare <generic animal> | love <animal> | state
  odiare <generic vegetable> | hate <vegetable> | state
  avere <a pet> | have <pet> | state
  passare l'estate dai nonni | spend the summer at OWN grandparents'
`);
