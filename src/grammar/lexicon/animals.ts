import { readNouns } from './read-nouns.ts';

export const animals = [
  ...readNouns(
    'tame',
    `gatto m = cat
    cane m = dog
    coniglio m = rabbit
    pappagallo m = parrot
    criceto m = hamster
    tartaruga f = tortoise`,
  ),
  ...readNouns(
    'cub',
    `cagnolino m = puppy
    gattino m = kitten
    coniglietto m = baby rabbit`,
  ),
  ...readNouns(
    'farmAnimal',
    `cavallo m = horse
    mucca f = cow
    pecora f = sheep, sheep
    gallina f = hen
    maiale m = pig
    capra f = goat
    asino m = donkey
    anatra f = duck
    oca f = goose, geese
    agnello m = lamb`,
  ),
  ...readNouns(
    'wildAnimal',
    `lupo m = wolf, wolves
    volpe f = fox
    orso m = bear
    leone m = lion
    tigre f = tiger
    elefante m = elephant
    scimmia f = monkey
    cervo m = deer, deer
    aquila f = eagle
    delfino m = dolphin
    balena f = whale
    giraffa f = giraffe
    zebra f = zebra
    coccodrillo m = crocodile
    scoiattolo m = squirrel
    squalo m = shark
    gufo m = owl`,
  ),
  ...readNouns(
    'smallAnimal',
    `topo m = mouse, mice
    ragno m = spider
    ape f = bee
    vespa f = wasp
    serpente m = snake
    pipistrello m = bat
    rana f = frog
    formica f = ant
    zanzara f = mosquito, mosquitoes`,
  ),
];
