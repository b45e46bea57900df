import { readNouns } from './read-nouns.ts';

export const culture = [
  ...readNouns(
    'volume',
    `libro m = book
    biografia f = biography
    romanzo giallo m, romanzi gialli = detective novel
    raccolta di poesie f, raccolte di poesie = book of poems, books of poems`,
  ),
  ...readNouns(
    'press',
    `giornale m = newspaper
    rivista f = magazine
    fumetto m = comic
    manuale m = handbook
    libro di cucina m, libri di cucina = cookbook
    guida turistica f, guide turistiche = guidebook`,
  ),
  ...readNouns(
    'correspondence',
    `lettera f = letter
    cartolina f = postcard
    messaggio m = message
    email f, email = email`,
  ),
  ...readNouns(
    'parcel',
    `pacco m = parcel
    fotografia f = photograph
    invito m = invitation`,
  ),
  ...readNouns(
    'film',
    `film m = film
    documentario m = documentary
    spettacolo m = show
    cartone animato m, cartoni animati = cartoon`,
  ),
  ...readNouns(
    'event',
    `concerto m = concert
    lezione f = lesson
    partita f = match
    gara f = race
    esame m = exam
    conferenza f = lecture
    cerimonia f = ceremony
    corso m = course`,
  ),
  ...readNouns(
    'occasion',
    `festa f = party
    riunione f = meeting
    matrimonio m = wedding
    viaggio m = trip
    cena f = dinner party, dinner parties
    gita f = outing
    mostra f = exhibition
    torneo m = tournament`,
  ),
  ...readNouns(
    'writing',
    `romanzo m = novel
    racconto m = short story, short stories
    poesia f = poem
    articolo m = article
    discorso m = speech
    tema m, temi = essay`,
  ),
  ...readNouns(
    'song',
    `canzone f = song
    ninnananna f, ninnenanne = lullaby
    melodia f = melody`,
  ),
  ...readNouns(
    'picture',
    `quadro m = painting
    ritratto m = portrait
    paesaggio m = landscape`,
  ),
  ...readNouns(
    'instrument',
    `pianoforte m = piano
    chitarra f = guitar
    violino m = violin
    flauto m = flute
    tromba f = trumpet
    violoncello m = cello
    arpa f = harp
    fisarmonica f = accordion
    sassofono m = saxophone`,
  ),
  ...readNouns(
    'game',
    `calcio m = football
    tennis m = tennis
    pallavolo f = volleyball
    pallacanestro f = basketball
    nascondino m = hide-and-seek
    ping-pong m = table tennis
    carte fp = cards
    scacchi mp = chess
    golf m = golf`,
    'mass',
  ),
  ...readNouns(
    'subject',
    `storia f = history
    geografia f = geography
    matematica f = maths
    chimica f = chemistry
    fisica f = physics
    biologia f = biology
    filosofia f = philosophy
    letteratura f = literature
    medicina f = medicine
    economia f = economics`,
    'mass',
  ),
  ...readNouns(
    'language',
    `italiano m = Italian
    inglese m = English
    francese m = French
    tedesco m = German
    spagnolo m = Spanish
    russo m = Russian
    cinese m = Chinese
    giapponese m = Japanese
    arabo m = Arabic
    portoghese m = Portuguese
    greco m = Greek
    latino m = Latin`,
    'mass',
  ),
  ...readNouns(
    'topic',
    `politica f = politics
    musica f = music
    sport m = sport
    cinema m = cinema
    lavoro m = work
    moda f = fashion
    cucina f = cooking
    arte f = art
    danza f = dance
    scienza f = science
    teatro m = theatre
    natura f = nature`,
    'mass',
  ),
  ...readNouns(
    'lesson',
    `regola f = rule
    esercizio m = exercise
    teoria f = theory
    frase f = sentence
    domanda f = question`,
  ),
  ...readNouns(
    'puzzle',
    `problema m, problemi = problem
    mistero m = mystery
    indovinello m = riddle
    cruciverba m, cruciverba = crossword
    enigma m, enigmi = puzzle`,
  ),
  ...readNouns(
    'tale',
    `storia f = story
    favola f = fable
    leggenda f = legend
    fiaba f = fairy tale`,
  ),
  ...readNouns(
    'joke',
    `barzelletta f = joke
    segreto m = secret
    bugia f, bugie = lie`,
  ),
  ...readNouns(
    'money',
    `denaro m = money
    bellezza f = beauty
    fama f = fame
    fortuna f = luck
    potere m = power`,
    'mass',
  ),
  ...readNouns(
    'virtue',
    `pazienza f = patience
    libertà f = freedom
    amicizia f = friendship
    verità f = truth
    salute f = health
    pace f = peace
    felicità f = happiness
    onestà f = honesty
    gentilezza f = kindness`,
    'mass',
  ),
];
