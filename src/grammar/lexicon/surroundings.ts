import { readNouns } from './read-nouns.ts';

export const surroundings = [
  ...readNouns(
    'room',
    `cucina f = kitchen
    salotto m = living room
    camera f = bedroom
    bagno m = bathroom
    garage m = garage
    cantina f = cellar
    soffitta f = attic
    terrazza f = terrace
    ufficio m = office`,
  ),
  ...readNouns(
    'sight',
    `museo m = museum
    castello m = castle
    cattedrale f = cathedral
    torre f = tower
    chiesa f = church
    palazzo m = palace
    tempio m, templi = temple
    acquario m = aquarium
    zoo m = zoo`,
  ),
  ...readNouns(
    'building',
    `scuola f = school
    stazione f = station
    ospedale m = hospital
    albergo m = hotel
    ristorante m = restaurant
    biblioteca f = library
    fabbrica f = factory
    stadio m, stadi = stadium
    piscina f = swimming pool
    casa f = house
    villa f = villa`,
  ),
  ...readNouns(
    'built',
    `muro m = wall
    ponte m = bridge
    capanna f = hut
    strada f = road
    fontana f = fountain`,
  ),
  ...readNouns(
    'lodging',
    `camera d'albergo f, camere d'albergo = hotel room
    appartamento m = flat
    villetta f = cottage
    casa al mare f, case al mare = house by the sea, houses by the sea`,
  ),
  ...readNouns(
    'shop',
    `negozio m = shop
    supermercato m = supermarket
    mercato m = market
    panetteria f = bakery
    libreria f = bookshop
    pasticceria f = cake shop`,
  ),
  ...readNouns(
    'settlement',
    `città f = city
    paese m = village
    quartiere m = neighbourhood`,
  ),
  ...readNouns(
    'nature',
    `fiume m = river
    lago m = lake
    montagna f = mountain
    bosco m = wood
    collina f = hill
    spiaggia f = beach
    valle f = valley
    campo m = field
    sentiero m = path
    isola f = island`,
  ),
  ...readNouns(
    'view',
    `tramonto m = sunset
    luna f = moon
    cielo m = sky
    mare m = sea
    panorama m = view
    stelle fp = stars
    nuvole fp = clouds`,
  ),
  ...readNouns(
    'flower',
    `fiore m = flower
    rosa f = rose
    tulipano m = tulip
    orchidea f = orchid`,
  ),
  ...readNouns(
    'plant',
    `albero m = tree
    girasole m = sunflower
    margherita f = daisy
    olivo m = olive tree
    cespuglio m = bush`,
  ),
];
