import { readNouns } from './read-nouns.ts';

export const people = [
  ...readNouns(
    'human',
    `ragazzo m = boy
    ragazza f = girl
    uomo m, uomini = man, men
    donna f = woman, women
    signora f = lady
    turista m = tourist
    straniero m = foreigner
    studente m = student
    studentessa f = student
    cliente m = customer`,
  ),
  ...readNouns(
    'child',
    `bambino m = child, children
    bambina f = little girl
    scolaro m = schoolboy`,
  ),
  ...readNouns(
    'acquaintance',
    `amico m, amici = friend
    amica f = friend
    vicino m = neighbour
    vicina f = neighbour
    collega m, colleghi = colleague
    collega f = colleague
    compagno di classe m, compagni di classe = classmate
    compagna di classe f, compagne di classe = classmate
    coinquilino m = flatmate
    ospite m = guest`,
  ),
  ...readNouns(
    'profession',
    `medico m, medici = doctor
    maestro m = teacher
    maestra f = teacher
    professore m = professor
    professoressa f = professor
    avvocato m = lawyer
    cuoco m = cook
    cuoca f = cook
    cameriere m = waiter
    cameriera f = waitress
    poliziotto m = policeman, policemen
    contadino m = farmer
    attore m = actor
    attrice f = actress
    scrittore m = writer
    scrittrice f = writer
    pittore m = painter
    pittrice f = painter
    giornalista m = journalist
    giornalista f = journalist
    infermiere m = nurse
    infermiera f = nurse
    ingegnere m = engineer
    autista m = driver
    barista m = barman, barmen
    fornaio m = baker
    macellaio m = butcher
    farmacista f = pharmacist
    pescatore m = fisherman, fishermen
    postino m = postman, postmen
    giardiniere m = gardener
    idraulico m, idraulici = plumber
    falegname m = carpenter
    dentista m = dentist
    dentista f = dentist
    architetto m = architect
    scienziato m = scientist
    scienziata f = scientist
    musicista m = musician
    ballerina f = dancer
    sarta f = seamstress
    pilota m = pilot
    calciatore m = footballer
    parrucchiera f = hairdresser
    commessa f = shop assistant
    operaio m = factory worker
    bibliotecaria f = librarian
    traduttrice f = translator
    psicologo m, psicologi = psychologist
    psicologa f = psychologist
    veterinario m = vet
    pompiere m = firefighter
    segretaria f = secretary
    fotografo m = photographer
    fotografa f = photographer
    meccanico m, meccanici = mechanic`,
  ),
  ...readNouns(
    'relative',
    `fratello m = brother
    sorella f = sister
    zia f = aunt
    cugino m = cousin
    cugina f = cousin
    figlia f = daughter`,
  ),
  // singular only: *i nonni* are the grandparents, *i figli* the children
  ...readNouns(
    'parent',
    `padre m = father
    madre f = mother
    nonno m = grandfather
    nonna f = grandmother
    zio m = uncle
    figlio m = son`,
  ),
  ...readNouns(
    'family',
    `genitori mp = parents
    nonni mp = grandparents
    figli mp = children`,
  ),
  // diminutives keep the article: *il mio fratellino*
  ...readNouns(
    'littleRelative',
    `fratellino m = little brother
    sorellina f = little sister`,
  ),
];

export const menNames =
  `Marco Luca Paolo Giovanni Francesco Matteo Stefano Alessandro Davide Roberto Giorgio Antonio Mario
  Pietro Simone Fabio Enrico Carlo Bruno Ugo Sergio Vincenzo Claudio Federico`.split(/\s+/);

export const womenNames = `Maria Anna Giulia Sara Laura Elena Chiara Francesca Paola Lucia Martina Silvia Elisa Roberta
  Valentina Marta Teresa Caterina Irene Bianca Emma Sofia Alice Monica`.split(/\s+/);
