import { readNouns } from './read-nouns.ts';

export const food = [
  ...readNouns(
    'fruit',
    `mela f = apple
    pera f = pear
    arancia f = orange
    banana f = banana
    pesca f = peach
    fragola f = strawberry
    ciliegia f, ciliegie = cherry
    melone m = melon
    albicocca f = apricot
    prugna f = plum
    mandarino m = mandarin
    fico m = fig`,
  ),
  ...readNouns(
    'vegetable',
    `pomodoro m = tomato, tomatoes
    patata f = potato, potatoes
    carota f = carrot
    cipolla f = onion
    zucchina f = courgette
    melanzana f = aubergine
    peperone m = pepper
    cetriolo m = cucumber
    fungo m = mushroom
    limone m = lemon`,
  ),
  ...readNouns(
    'snack',
    `panino m = sandwich
    biscotto m = biscuit
    gelato m = ice cream
    uovo m, uova f = egg
    caramella f = sweet
    bistecca f = steak
    salsiccia f = sausage
    cornetto m = croissant`,
  ),
  ...readNouns(
    'dish',
    `torta f = cake
    pizza f = pizza
    frittata f = omelette
    crostata f = tart
    focaccia f, focacce = focaccia
    risotto m = risotto
    tiramisù m = tiramisu`,
  ),
  ...readNouns(
    'meal',
    `pane m = bread
    formaggio m = cheese
    riso m = rice
    pasta f = pasta
    carne f = meat
    pesce m = fish
    minestra f = soup
    insalata f = salad
    pollo m = chicken
    prosciutto m = ham
    frutta f = fruit
    verdura f = vegetables`,
    'mass',
  ),
  ...readNouns(
    'ingredient',
    `burro m = butter
    miele m = honey
    zucchero m = sugar
    sale m = salt
    olio m = oil
    farina f = flour
    marmellata f = jam
    cioccolato m = chocolate`,
    'mass',
  ),
  ...readNouns(
    'drink',
    `acqua f = water
    latte m = milk
    caffè m = coffee
    tè m = tea
    succo d'arancia m = orange juice
    limonata f = lemonade
    cioccolata calda f = hot chocolate
    succo di mela m = apple juice
    spremuta f = fresh juice`,
    'mass',
  ),
  ...readNouns(
    'alcohol',
    `vino m = wine
    birra f = beer
    vino rosso m = red wine
    vino bianco m = white wine`,
    'mass',
  ),
];
