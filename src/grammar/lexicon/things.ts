import { readNouns } from './read-nouns.ts';

export const things = [
  // what one carries, loses, looks for, lends
  ...readNouns(
    'belonging',
    `chiave f = key
    borsa f = bag
    ombrello m = umbrella
    telefono m = phone
    orologio m = watch
    zaino m = backpack
    penna f = pen
    matita f = pencil
    quaderno m = exercise book
    portafoglio m = wallet
    macchina fotografica f, macchine fotografiche = camera
    occhiali da sole mp = sunglasses
    agenda f = diary
    spazzolino m = toothbrush
    dizionario m = dictionary
    pallone m = ball
    racchetta f = racket
    forbici fp = scissors
    portachiavi m, portachiavi = key ring
    occhiali mp = glasses
    calcolatrice f = calculator
    torcia f, torce = torch, torches`,
  ),
  ...readNouns(
    'tool',
    `martello m = hammer
    scala f = ladder
    tenda f = tent
    sega f = saw
    scopa f = broom
    secchio m = bucket
    canna da pesca f, canne da pesca = fishing rod
    cacciavite m = screwdriver
    pala f = shovel`,
  ),
  ...readNouns(
    'linen',
    `asciugamano m = towel
    cuscino m = cushion
    coperta f = blanket
    tovaglia f = tablecloth
    lenzuolo m, lenzuola f = sheet`,
  ),
  ...readNouns(
    'papers',
    `passaporto m = passport
    biglietto m = ticket
    patente f = driving licence
    carta d'identità f, carte d'identità = identity card
    ricevuta f = receipt
    tessera della biblioteca f, tessere della biblioteca = library card`,
  ),
  ...readNouns(
    'luggage',
    `valigia f, valigie = suitcase
    borsone m = holdall
    baule m = trunk`,
  ),
  ...readNouns(
    'tableware',
    `bicchiere m = glass
    tazza f = cup
    piatto m = plate
    bottiglia f = bottle
    vaso m = vase
    specchio m = mirror
    lampada f = lamp
    teiera f = teapot`,
  ),
  ...readNouns(
    'cutlery',
    `coltello m = knife, knives
    forchetta f = fork
    cucchiaio m = spoon
    pentola f = saucepan
    scodella f = bowl
    scatola f = box
    cestino m = basket`,
  ),
  ...readNouns(
    'clothing',
    `camicia f, camicie = shirt
    cappotto m = coat
    gonna f = skirt
    vestito m = dress
    maglione m = jumper
    giacca f = jacket
    maglietta f = T-shirt
    impermeabile m = raincoat
    camicetta f = blouse
    grembiule m = apron
    pantaloni mp = trousers
    jeans mp = jeans`,
  ),
  ...readNouns(
    'accessory',
    `cappello m = hat
    sciarpa f = scarf, scarves
    cravatta f = tie
    cintura f = belt
    scarpe fp = shoes
    stivali mp = boots
    guanti mp = gloves
    calze fp = socks
    sandali mp = sandals`,
  ),
  ...readNouns(
    'present',
    `anello m = ring
    collana f = necklace
    braccialetto m = bracelet
    orecchini mp = earrings
    giocattolo m = toy
    bambola f = doll
    pianta f = plant
    mazzo di fiori m, mazzi di fiori = bunch of flowers, bunches of flowers`,
  ),
  ...readNouns(
    'vehicle',
    `macchina f = car
    bicicletta f = bicycle
    moto f, moto = motorbike
    camion m = lorry
    furgone m = van
    trattore m = tractor
    barca f = boat`,
  ),
  ...readNouns(
    'transport',
    `treno m = train
    autobus m = bus
    tram m = tram
    aereo m = plane
    traghetto m = ferry
    pullman m = coach`,
  ),
  ...readNouns(
    'seat',
    `sedia f = chair
    letto m = bed
    divano m = sofa
    poltrona f = armchair
    sgabello m = stool`,
  ),
  ...readNouns(
    'cabinet',
    `tavolo m = table
    armadio m = wardrobe
    scrivania f = desk
    tappeto m = carpet
    scaffale m = bookcase
    cassapanca f = chest`,
  ),
  ...readNouns(
    'opening',
    `porta f = door
    finestra f = window
    cancello m = gate
    cassetto m = drawer`,
  ),
  ...readNouns(
    'device',
    `televisione f = television
    radio f, radio = radio
    computer m = computer
    luce f = light
    forno m = oven
    lavatrice f = washing machine
    riscaldamento m = heating
    ventilatore m = fan
    stampante f = printer`,
  ),
];
