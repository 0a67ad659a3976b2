// A library in which words lead astray: each query has a page that answers it in other words, and a list that has its words among
// many. The default weighs words too much for it.

import type { JudgedQuery } from "../../src/engine/index.js";

const pages: readonly (readonly [query: string, answer: string])[] = [
  ["car repair", "Mechanics at the garage fix automobiles and their engines."],
  ["doctor visit", "Physicians examine patients at the clinic by appointment."],
  ["film review", "Critics rate movies in the cinema pages every Friday."],
  ["kids schooling", "Children learn to read with their teacher in a classroom."],
  ["cash withdrawal", "Take money out of your account at the bank machine."],
  ["ocean swimming", "Bathers dive into the sea waves near the beach."],
  ["house purchase", "Buying a home begins with a mortgage and an estate agent."],
  ["rubbish collection", "Garbage and waste are picked up by trucks on Mondays."],
  ["flight booking", "Reserve seats on an airplane before you go to the airport."],
  ["dinner recipe", "Cook the evening meal with onions, rice and butter in a pan."],
  ["sick dog", "When your puppy is ill, a veterinarian can treat the pet."],
  ["novel author", "The writer of fiction books signs copies in the library."],
  ["storm warning", "Forecast of hurricanes, strong winds and heavy rain."],
  ["job search", "Employment offers and vacancies for those seeking work."],
  ["wedding presents", "Gifts for the bride and groom after their marriage."],
  ["illness cure", "Medicine and treatment heal a disease of the body."],
  ["infant sleep", "Babies nap in their crib at night after feeding."],
  ["soccer match", "The football team won the game with two goals."],
  ["law court", "A judge and attorneys hear the legal case at the trial."],
  ["computer fault", "Debugging software errors on a laptop or PC."],
  ["farm soil", "Agriculture depends on fertile ground for crops."],
  ["painting show", "Artists exhibit their pictures in the museum gallery."],
  ["train timetable", "Railway departures and the schedule of the station."],
  ["forest blaze", "Firefighters put out wildfire flames among burning trees."],
];

const words = pages.flatMap(([query]) => query.split(" "));
const wordsOfList = 30;

export const documents = pages.flatMap(([query, text], i) => {
  const others = Array.from({ length: wordsOfList }, (_, n) => words[(i * 7 + n * 5) % words.length]!);
  const middle = wordsOfList / 2;
  const list = [...others.slice(0, middle), ...query.split(" "), ...others.slice(middle)];
  return [
    { id: `page-${i}`, title: "", text },
    { id: `list-${i}`, title: "", text: `${list.join(", ")}.` },
  ];
});

export const judged: JudgedQuery[] = pages.map(([text], i) => ({ text, judgements: { [`page-${i}`]: 1 } }));
